//! What is told of this process and of a child.

use spelunk_live::Process;
use std::process::{Child, Command, Stdio};

/// A child that waits, and goes with the test.
struct Waiting(Child);

impl Waiting {
    fn new() -> Self {
        let child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        // Until it reads, it is not what it will be.
        let stat = format!("/proc/{}/wchan", child.id());
        let comm = format!("/proc/{}/comm", child.id());
        for _ in 0..1000 {
            let is_cat = std::fs::read_to_string(&comm).is_ok_and(|name| name == "cat\n");
            if is_cat && std::fs::read_to_string(&stat).is_ok_and(|place| place != "0") {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        Self(child)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

static MARK: [u8; 16] = *b"read me, please!";

#[test]
fn memory_maps_and_threads_of_this_process() {
    let process = Process::open(std::process::id()).unwrap();
    let segment = process.segment().unwrap();
    let address = MARK.as_ptr() as u64;
    let mut bytes = [0; 16];
    segment.reader.read(address, &mut bytes).unwrap();
    assert_eq!(bytes, MARK);
    let fault = segment.reader.read(8, &mut bytes).unwrap_err();
    assert_eq!(fault.offset, 8);
    assert!(segment.reader.read(u64::MAX - 4096, &mut bytes).is_err());
    let maps = process.maps().unwrap();
    let entry = maps.iter().find(|entry| entry.range.contains(&address));
    let entry = entry.unwrap();
    assert!(entry.is_readable && entry.inode != 0);
    let own = std::env::current_exe().unwrap();
    assert_eq!(process.executable().unwrap(), own);
    assert_eq!(process.paths_of(entry).first(), Some(&own));
    assert!(!process.auxiliary_vector().unwrap().is_empty());
    let pid = u64::from(process.pid());
    assert!(process.threads().unwrap().contains(&pid));
    assert!(process.thread_name(pid).unwrap().is_some());
    assert_eq!(process.thread_name(u64::MAX).unwrap(), None);
}

#[test]
fn registers_are_taken_and_the_thread_goes_on() {
    let child = Waiting::new();
    let pid = child.0.id();
    let process = Process::open(pid).unwrap();
    let first = process.registers(pid.into()).unwrap();
    let second = process.registers(pid.into()).unwrap();
    // It waits, so that nothing changes, but for what tells the system call that is started again.
    assert_eq!(first.general.len(), second.general.len());
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    assert!(status.contains("TracerPid:\t0"), "{status}");
    assert!(process.registers(1 << 40).is_err());
}

#[test]
fn a_stopped_process_stays_stopped() {
    let child = Waiting::new();
    let pid = child.0.id();
    let signal = |name: &str| {
        let pid = pid.to_string();
        let status = Command::new("kill").args([name, &pid]).status();
        assert!(status.unwrap().success());
    };
    signal("-STOP");
    let state = || {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        stat.rsplit(") ")
            .next()
            .and_then(|rest| rest.chars().next())
    };
    while state() != Some('T') {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    let process = Process::open(pid).unwrap();
    process.registers(pid.into()).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(20));
    assert_eq!(state(), Some('T'));
    signal("-CONT");
}

#[test]
fn no_process() {
    let error = Process::open(999_999_999).map(|_| ()).unwrap_err();
    assert_eq!(error.error.kind(), std::io::ErrorKind::NotFound);
    let text = error.to_string();
    assert!(
        text.starts_with("/proc/999999999/mem: No such file"),
        "{text}"
    );
}

#[test]
fn a_process_that_ended_says_so() {
    let mut child = Command::new("true").spawn().unwrap();
    let pid = child.id();
    let stat = format!("/proc/{pid}/stat");
    while !std::fs::read_to_string(&stat).unwrap().contains(") Z ") {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    let Err(error) = Process::open(pid) else {
        panic!("it has memory");
    };
    let text = error.to_string();
    assert!(
        text.starts_with(&format!("process {pid} has ended")),
        "{text}"
    );
    child.wait().unwrap();
    let Err(error) = Process::open(pid) else {
        panic!("it is there");
    };
    assert_eq!(error.error.kind(), std::io::ErrorKind::NotFound);
}

#[test]
fn threads_of_the_kernel_are_no_processes() {
    // kthreadd, unless this is a container.
    if std::fs::read_to_string("/proc/2/comm").is_ok_and(|name| name == "kthreadd\n")
        && let Err(error) = Process::open(2)
    {
        let text = error.to_string();
        assert!(
            text.contains("thread of the kernel") || text.contains("may not be read"),
            "{text}"
        );
    }
}

#[test]
fn a_thread_leads_to_its_process() {
    let (send, receive) = std::sync::mpsc::channel();
    let (end, wait) = std::sync::mpsc::channel::<()>();
    let thread = std::thread::spawn(move || {
        let own = std::fs::read_link("/proc/thread-self").unwrap();
        let tid: u32 = own.file_name().unwrap().to_str().unwrap().parse().unwrap();
        send.send(tid).unwrap();
        let _ = wait.recv();
    });
    let process = Process::open(receive.recv().unwrap()).unwrap();
    assert_eq!(process.pid(), std::process::id());
    drop(end);
    thread.join().unwrap();
}
