//! Mounts and open files, as the guest showed them.

use crate::lab::{Dump, SERIES, all, call, objects};
use spelunk_linux::helper::Value;
use spelunk_object::Object;
use spelunk_program::Program;

fn bytes(program: &Program, helper: &str, object: &Object) -> String {
    let args = match helper {
        "d_path" => vec![object.clone().into(), Value::None],
        _ => vec![object.clone().into()],
    };
    match call(program, helper, args) {
        Value::Bytes(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn mounts_are_those_that_the_guest_listed() {
    for series in SERIES {
        let (dump, program) = Dump::open_panic(series);
        let filter = |kind: Value| vec![Value::None, Value::None, Value::None, kind];
        let mounts = objects(
            &program,
            call(&program, "for_each_mount", filter(Value::None)),
        );
        let found: Vec<[String; 3]> = mounts
            .iter()
            .map(|mount| {
                ["mount_src", "mount_dst", "mount_fstype"]
                    .map(|helper| bytes(&program, helper, mount))
            })
            .collect();
        // Since 7.1 the root is an empty filesystem below all others, which /proc does not show; and btrfs has a
        // function to tell its device.
        let found: Vec<[String; 3]> = found
            .into_iter()
            .filter(|[_, _, kind]| kind != "nullfs")
            .map(|[source, path, kind]| {
                let source = if kind == "btrfs" {
                    "/dev/vdc".into()
                } else {
                    source
                };
                [source, path, kind]
            })
            .collect();
        let truth = dump.truth("mounts");
        let listed: Vec<[String; 3]> = truth
            .lines()
            .map(|line| {
                let mut fields = line.split(' ').map(str::to_owned);
                [
                    fields.next().unwrap(),
                    fields.next().unwrap(),
                    fields.next().unwrap(),
                ]
            })
            // Where the guest wrote all this; unmounted before the crash.
            .filter(|[_, path, _]: &[String; 3]| path != "/out")
            .collect();
        assert_eq!(found, listed, "{series}");
        let wanted = objects(
            &program,
            call(&program, "for_each_mount", filter(b"ext4".to_vec().into())),
        );
        assert_eq!(
            wanted.len(),
            listed.iter().filter(|mount| mount[2] == "ext4").count()
        );
    }
}

#[test]
fn open_files_are_those_that_the_guest_listed() {
    for series in SERIES {
        let (dump, program) = Dump::open_panic(series);
        let mut checked = 0;
        // `files=159 threads=158`: what each is there to show.
        for word in dump.truth("pids").split_whitespace() {
            let (what, pid) = word.split_once('=').unwrap();
            if ["files", "threads"].contains(&what) {
                checked += check_task(&dump, &program, series, pid.parse().unwrap());
            }
        }
        assert!(checked > 10, "{series}: {checked}");
    }
}

fn check_task(dump: &Dump, program: &Program, series: &str, pid: u64) -> usize {
    let thread = program.thread(pid).unwrap();
    let task = thread.object.unwrap();
    let mut found = Vec::new();
    for value in all(program, call(program, "for_each_file", vec![task.into()])) {
        let Value::Tuple(pair) = value else { panic!() };
        let [Value::Int(descriptor), Value::Object(file)] = &pair[..] else {
            panic!()
        };
        let path = file.member(program, "f_path").unwrap();
        found.push((*descriptor, bytes(program, "d_path", &path)));
    }
    let mut checked = 0;
    for line in dump.truth(&format!("pid-{pid}/fd")).lines() {
        let Some((before, target)) = line.split_once(" -> ") else {
            continue;
        };
        let descriptor: i128 = before.rsplit(' ').next().unwrap().parse().unwrap();
        let Some((_, path)) = found.iter().find(|(found, _)| *found == descriptor) else {
            // The guest's own reading of the directory, and the shell's redirections, are over.
            continue;
        };
        let expected = match target.split_once(':') {
            Some(("pipe", _)) => "[pipefs]".to_owned(),
            Some(("socket", _)) => "[sockfs]".to_owned(),
            Some(("anon_inode", _)) => "[anon_inodefs]".to_owned(),
            _ if target.starts_with("/memfd:") => "[tmpfs]".to_owned(),
            _ => target.trim_end_matches(" (deleted)").to_owned(),
        };
        // Init opened another file for the crash itself.
        if expected != *path && path.ends_with("sysrq-trigger") {
            continue;
        }
        assert_eq!(*path, expected, "{series}: pid {pid}, {line}");
        checked += 1;
    }
    checked
}
