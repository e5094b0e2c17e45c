//! Debian's own server and client.

use crate::setup::Setup;
use spelunk_base::{BuildId, Cancel, NoProgress};
use spelunk_debuginfod::{Artifact, Outcome, Request};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// `debuginfod`, serving a folder.
struct Debuginfod {
    process: Child,
    url: String,
}

impl Debuginfod {
    fn new(folder: &Path) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let process = Command::new("debuginfod")
            .args(["-F", "-d", ":memory:", "-t", "1", "-p", &port.to_string()])
            .arg(folder)
            .env_remove("DEBUGINFOD_URLS")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("debuginfod is installed");
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(
                start.elapsed() < Duration::from_secs(30),
                "debuginfod is up"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        Self {
            process,
            url: format!("http://127.0.0.1:{port}"),
        }
    }
}

impl Drop for Debuginfod {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Compiles a program into `served/`, whole and as a debug file, and says its build ID.
fn compile(setup: &Setup) -> BuildId {
    let workshop = &setup.workshop;
    workshop.write(
        "program.c",
        "int variable; int main(void) { return variable; }",
    );
    let arguments = ["-g", "-Wl,--build-id", "program.c", "-o", "program"];
    workshop.run("gcc", arguments);
    workshop.run(
        "objcopy",
        ["--only-keep-debug", "program", "served/program.debug"],
    );
    workshop.run("strip", ["-o", "served/program", "program"]);
    let notes = workshop.run("readelf", ["-n", "program"]);
    let id = notes.split("Build ID: ").nth(1).unwrap();
    id.split_whitespace().next().unwrap().parse().unwrap()
}

#[test]
fn one_cache_serves_both_clients() {
    let setup = Setup::new("real", &[], &[]);
    std::fs::create_dir_all(setup.workshop.path("served")).unwrap();
    let build_id = compile(&setup);
    let server = Debuginfod::new(&setup.workshop.path("served"));
    let setup = setup.again(&[&server.url], &[]);
    let get = |setup: &Setup, artifact, build_id: &BuildId| {
        let request = Request {
            build_id: build_id.clone(),
            artifact,
            label: "program".into(),
        };
        let any = |_: &Request, _: &Path| Ok(());
        let fetched = setup
            .client
            .fetch(&[request], &any, &NoProgress, &Cancel::default());
        fetched.unwrap().remove(0)
    };
    let folder = setup.cache().join(build_id.to_string());
    // The server takes a moment to look at its folder.
    let start = Instant::now();
    while get(&setup, Artifact::DebugInfo, &build_id)
        == (Outcome::Missing {
            is_remembered: false,
        })
    {
        assert!(
            start.elapsed() < Duration::from_secs(30),
            "debuginfod looks"
        );
        let _ = std::fs::remove_dir_all(&folder);
        std::thread::sleep(Duration::from_millis(200));
    }
    let debug = folder.join("debuginfo");
    let found = get(&setup, Artifact::DebugInfo, &build_id);
    assert_eq!(found, Outcome::Found(debug.clone()));
    assert_eq!(
        std::fs::read(&debug).unwrap(),
        setup.workshop.read("served/program.debug")
    );

    // What we have, elfutils' client finds without its servers, and what it has, we do.
    let url = server.url.clone();
    let ask = |what: &str| {
        Command::new("debuginfod-find")
            .args([what, &build_id.to_string()])
            .env("DEBUGINFOD_CACHE_PATH", setup.cache())
            .env("DEBUGINFOD_URLS", &url)
            .env("no_proxy", "127.0.0.1")
            .output()
            .unwrap()
    };
    let executable = ask("executable");
    assert!(executable.status.success());
    let unknown = BuildId::new(&[7; 20]).unwrap();
    let miss = get(&setup, Artifact::Executable, &unknown);
    assert_eq!(
        miss,
        Outcome::Missing {
            is_remembered: false
        }
    );
    drop(server);
    let debuginfo = ask("debuginfo");
    assert_eq!(
        String::from_utf8(debuginfo.stdout).unwrap().trim(),
        debug.to_str().unwrap()
    );
    let nobody = setup.again(&["http://127.0.0.1:1"], &[]);
    let loaded = folder.join("executable");
    assert_eq!(
        get(&nobody, Artifact::Executable, &build_id),
        Outcome::Found(loaded)
    );
    let remembered = get(&nobody, Artifact::Executable, &unknown);
    assert_eq!(
        remembered,
        Outcome::Missing {
            is_remembered: true
        }
    );
}

#[test]
fn a_folder_may_be_a_server() {
    let setup = Setup::new("folder", &[], &[]);
    let id = crate::setup::request(1).build_id;
    let folder = setup.workshop.path("buildid").join(id.to_string());
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("debuginfo"), crate::setup::elf(100)).unwrap();
    let url = format!("file://{}", setup.workshop.path("").display());
    let setup = setup.again(&[&url], &[]);
    setup.found(&crate::setup::elf(100));
    assert_eq!(
        setup.get(2, &[]),
        Outcome::Missing {
            is_remembered: false
        }
    );
}
