//! Many programs as they are in the world: running, and as cores of the kernel's, of gdb's and compressed.
//! `SPELUNK_TEST_FULL=1` takes every program in every form, a hundred and more; else a dozen are taken.

use super::build::{KINDS, Kind};
use super::gdb;
use super::kinds::compare;
use super::run::Running;
use super::truth;
use spelunk::{LoadRequest, ModuleKind, Program};
use spelunk_synth::Workshop;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Programs that are installed, by a line for the shell; those that are not are left out. They wait in
/// what goes on when gdb has stopped them for a core: not in poll(2).
const INSTALLED: &[(&str, &str)] = &[
    (
        "python3",
        "python3 -c 'import threading, time\nfor i in range(3):\n \
         threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()\n\
         print(\"ready\", flush=True)\ntime.sleep(1000)'",
    ),
    ("bash", "bash -c 'exec 3<>fifo; echo ready; read line <&3'"),
    ("perl", "perl -e '$| = 1; print \"ready\\n\"; sleep 1000'"),
    (
        "awk",
        "awk 'BEGIN { print \"ready\"; fflush(); getline < \"-\" }' <>fifo",
    ),
    ("sleep", "sh -c 'echo ready; exec sleep 1000'"),
    ("sort", "sh -c 'echo ready; exec sort <>fifo'"),
    (
        "sqlite3",
        "sh -c 'echo ready; exec sqlite3 :memory: <>fifo'",
    ),
];

/// A server as they are written in Rust.
const SERVER: &str = r#"
use std::net::{TcpListener, TcpStream};
static SERVED: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
fn serve(stream: TcpStream) {
    use std::io::Read;
    SERVED.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let mut byte = [0];
    let _ = { stream }.read(&mut byte);
}
fn main() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let clients: Vec<_> = (0..3).map(|_| TcpStream::connect(address).unwrap()).collect();
    for stream in listener.incoming().take(3) {
        let stream = stream.unwrap();
        std::thread::spawn(move || serve(stream));
    }
    while SERVED.load(std::sync::atomic::Ordering::Relaxed) < 3 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    println!("ready");
    drop(listener.accept());
    drop(clients);
}
"#;

const THREADS: &str = r#"
#include <condition_variable>
#include <iostream>
#include <map>
#include <mutex>
#include <thread>
#include <vector>
namespace shop {
std::map<std::string, int> prices = {{"bread", 3}, {"salt", 1}};
std::mutex mutex;
std::condition_variable changed;
int waiting;
void clerk(int number) {
    std::unique_lock<std::mutex> lock(mutex);
    waiting++;
    changed.wait(lock, [number] { return number < 0; });
}
}
int main() {
    std::vector<std::thread> clerks;
    for (int i = 0; i < 8; i++)
        clerks.emplace_back(shop::clerk, i);
    for (int there = 0; there < 8; std::this_thread::yield()) {
        std::lock_guard<std::mutex> lock(shop::mutex);
        there = shop::waiting;
    }
    std::cout << "ready" << std::endl;
    for (auto &clerk : clerks)
        clerk.join();
}
"#;

fn is_full() -> bool {
    std::env::var_os("SPELUNK_TEST_FULL").is_some()
}

fn workshop(name: &str) -> Workshop {
    Workshop::new(env!("CARGO_TARGET_TMPDIR"), &format!("process-many-{name}"))
}

/// A workshop whose program is `line`, which the shell runs.
fn scripted(name: &str, line: &str) -> Workshop {
    let workshop = workshop(name);
    workshop.run("mkfifo", [workshop.path("fifo")]);
    workshop.write("program", format!("#!/bin/sh\nexec {line}\n"));
    make_executable(&workshop.path("program"));
    workshop
}

fn make_executable(path: &Path) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

fn is_installed(program: &str) -> bool {
    let found = std::process::Command::new("sh")
        .args(["-c", &format!("command -v {program}")])
        .output();
    found.is_ok_and(|output| output.status.success())
}

/// What `/proc` says of a process.
struct Facts {
    tids: Vec<u64>,
    executable: PathBuf,
    /// Where the files of which code is mapped are.
    files: BTreeMap<String, Range<u64>>,
    names: Vec<String>,
}

impl Facts {
    fn of(running: &Running) -> Self {
        let folder = format!("/proc/{}", running.pid());
        let maps = std::fs::read_to_string(format!("{folder}/maps")).unwrap();
        let mut files = BTreeMap::new();
        for line in maps.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            let ["r-xp" | "r-xs", _, _, _, path] = words[1..] else {
                continue;
            };
            let number = |text: &str| u64::from_str_radix(text, 16).unwrap();
            let (start, end) = words[0].split_once('-').unwrap();
            if path.starts_with('/') {
                files.insert(path.to_owned(), number(start)..number(end));
            }
        }
        let tids = running.tids();
        let name = |tid| std::fs::read_to_string(format!("{folder}/task/{tid}/comm")).unwrap();
        let names = tids.iter().map(|tid| name(tid).trim_end().to_owned());
        Self {
            names: names.collect(),
            tids,
            executable: std::fs::read_link(format!("{folder}/exe")).unwrap(),
            files,
        }
    }

    fn check(&self, what: &str, program: &Program) {
        assert_eq!(truth::tids(program), self.tids, "{what}");
        let modules = program.modules();
        for (path, code) in &self.files {
            let module = program.module_by_address(code.start);
            let module = module.unwrap_or_else(|_| panic!("{what}: nothing at {code:x?}, {path}"));
            // Names are as they were loaded: relative, or through links.
            let shown = Path::new(module.name());
            let file = shown.canonicalize();
            let is_it = match shown.strip_prefix(".") {
                Ok(relative) => Path::new(path).ends_with(relative),
                Err(_) => file.is_ok_and(|file| file == Path::new(path)) || module.name() == path,
            };
            assert!(is_it, "{what}: {path} is {}", module.name());
            assert!(module.loaded_file().is_some(), "{what}: no file: {path}");
        }
        let is_vdso = |kind| matches!(kind, ModuleKind::Vdso { .. });
        let others = modules.iter().filter(|module| !is_vdso(module.kind()));
        let names: BTreeSet<&str> = others.map(|module| module.name()).collect();
        assert_eq!(names.len(), self.files.len(), "{what}: {names:?}");
        let first = program.thread(self.tids[0]).unwrap().name(program).unwrap();
        let first = first.map(|name| String::from_utf8_lossy(&name).into_owned());
        assert_eq!(first.as_ref(), self.names.first(), "{what}");
    }

    fn stacks(&self, program: &Program) -> Vec<Vec<String>> {
        let tids = self.tids.iter();
        tids.map(|tid| truth::stack(program, *tid)).collect()
    }
}

fn load(program: &Program) {
    program.load_debug_info(&LoadRequest::everything()).unwrap();
}

fn open(core: &Path) -> Arc<Program> {
    let program = spelunk::open(&[core.to_owned()], None).unwrap();
    load(&program);
    program
}

/// Looks at the program of a workshop in all forms. Returns how many these were.
fn look(name: &str, workshop: &Workshop) -> usize {
    let running = Running::start(workshop);
    std::thread::sleep(std::time::Duration::from_millis(200));
    let facts = Facts::of(&running);
    let lines = running.lines.clone();
    let live = spelunk::open_process(running.pid()).unwrap();
    load(&live);
    facts.check(name, &live);
    truth::check(name, &lines, &live);
    let stacks = facts.stacks(&live);
    let mut forms = 1;
    let mut check_core = |form: &str, core: &Path| {
        let what = format!("{name}, {form}");
        let dead = open(core);
        facts.check(&what, &dead);
        truth::check(&what, &lines, &dead);
        assert_eq!(facts.stacks(&dead), stacks, "{what}");
        forms += 1;
    };
    if is_full() {
        check_core("core by gdb", &running.core_by_gdb());
    }
    let core = running.into_core();
    check_core("core", &core);
    let theirs = gdb::stacks(&facts.executable, &core);
    let dead = open(&core);
    for (tid, stack) in facts.tids.iter().zip(&stacks) {
        let theirs = theirs.get(tid).map_or(&[][..], Vec::as_slice);
        // gdb puts frames back as well that tail calls lost, now and then.
        let whole = truth::whole_stack(&dead, *tid);
        let is_whole = stack.len() < theirs.len() && whole.len() <= theirs.len();
        compare(name, if is_whole { &whole } else { stack }, theirs);
    }
    if is_full() {
        let core = core.to_str().unwrap();
        workshop.run("zstd", ["-q", "-f", "-k", core, "-o", "core.zst"]);
        check_core("compressed core", &workshop.path("core.zst"));
    }
    forms
}

/// Separates the debugging information of a program that was built.
fn strip(workshop: &Workshop) {
    workshop.run("objcopy", ["--only-keep-debug", "program", "program.debug"]);
    workshop.run("strip", ["program"]);
    workshop.run("objcopy", ["--add-gnu-debuglink=program.debug", "program"]);
}

#[test]
fn programs_that_are_installed() {
    let mut forms = 0;
    for (name, line) in INSTALLED {
        if is_installed(name) {
            let workshop = scripted(name, line);
            forms += look(name, &workshop);
            workshop.remove();
        }
    }
    assert!(forms >= 6, "only {forms} programs and cores");
}

#[test]
fn servers_and_threads() {
    let server = workshop("server");
    server.write("main.rs", SERVER);
    server.run("rustc", ["-g", "-o", "program", "main.rs"]);
    look("server", &server);
    server.remove();
    let threads = workshop("threads");
    threads.write("main.cpp", THREADS);
    threads.run(
        "g++",
        ["-g", "-O1", "-pthread", "-o", "program", "main.cpp"],
    );
    look("threads", &threads);
    strip(&threads);
    look("threads, stripped", &threads);
    threads.remove();
}

#[test]
fn kinds_with_their_debugging_information_apart() {
    let few = |kind: &&Kind| is_full() || ["pie", "32-bit", "static"].contains(&kind.name);
    let mut forms = 0;
    for kind in KINDS.iter().filter(few) {
        // Nothing else proves that split files belong to it.
        if ["no-build-id", "opener"].contains(&kind.name) {
            continue;
        }
        let workshop = kind.build("many");
        strip(&workshop);
        forms += look(kind.name, &workshop);
        workshop.remove();
    }
    assert!(forms >= 6, "only {forms} programs and cores");
}

#[test]
fn a_program_in_a_container() {
    let inner = KINDS[0].build("container");
    std::fs::rename(inner.path("program"), inner.path("inner")).unwrap();
    let line = "unshare -m sh -c 'mount -t tmpfs none /mnt && cp inner /mnt/app && exec /mnt/app'";
    inner.write(
        "program",
        format!("#!/bin/sh\n{line} 2>/dev/null || echo ready\n"),
    );
    make_executable(&inner.path("program"));
    let running = Running::start(&inner);
    if running.lines.is_empty() {
        // Nobody may make containers here.
        return;
    }
    // The shell waits for it.
    let children = format!("/proc/{0}/task/{0}/children", running.pid());
    let children = std::fs::read_to_string(children).unwrap();
    let pid: u32 = children.split_whitespace().next().unwrap().parse().unwrap();
    let live = spelunk::open_process(pid).unwrap();
    load(&live);
    truth::check("container", &running.lines, &live);
    assert_eq!(live.main_module().unwrap().name(), "/mnt/app");
    let killed = std::process::Command::new("kill")
        .arg(pid.to_string())
        .status();
    assert!(killed.unwrap().success());
    inner.remove();
}

#[test]
fn a_program_without_a_file() {
    if !is_installed("python3") {
        return;
    }
    let inner = KINDS[0].build("memfd");
    std::fs::rename(inner.path("program"), inner.path("inner")).unwrap();
    let line = "python3 -c 'import os\nfd = os.memfd_create(\"app\")\n\
                os.write(fd, open(\"inner\", \"rb\").read())\nos.execve(fd, [\"app\"], os.environ)'";
    inner.write("program", format!("#!/bin/sh\nexec {line}\n"));
    make_executable(&inner.path("program"));
    let running = Running::start(&inner);
    let live = spelunk::open_process(running.pid()).unwrap();
    load(&live);
    truth::check("memfd", &running.lines, &live);
    assert_eq!(live.main_module().unwrap().name(), "/memfd:app (deleted)");
    drop(running);
    inner.remove();
}
