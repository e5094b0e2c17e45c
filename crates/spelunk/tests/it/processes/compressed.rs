//! Cores as `systemd-coredump` keeps them: compressed as a whole.

use super::build::KINDS;
use super::run::Running;
use super::truth;
use spelunk::LoadRequest;

#[test]
fn compressed_cores() {
    let workshop = KINDS[0].build("compressed");
    let running = Running::start(&workshop);
    let (tids, lines) = (running.tids(), running.lines.clone());
    let core = running.into_core();
    let core = core.to_str().unwrap();
    workshop.run("zstd", ["-q", "-k", core, "-o", "core.zst"]);
    workshop.run("lz4", ["-q", "-k", core, "core.lz4"]);
    let xz = workshop.run("sh", ["-c", "xz -0 -k -c \"$0\" > core.xz", core]);
    assert_eq!(xz, "");
    for name in ["core.zst", "core.lz4", "core.xz"] {
        let path = workshop.path(name);
        let program = spelunk::open(std::slice::from_ref(&path), None).unwrap();
        program.load_debug_info(&LoadRequest::everything()).unwrap();
        assert_eq!(truth::tids(&program), tids, "{name}");
        truth::check(name, &lines, &program);
        // Cut off, what is there is there.
        let bytes = workshop.read(name);
        workshop.write("cut", &bytes[..bytes.len() / 2]);
        let program = spelunk::open(&[workshop.path("cut")], None).unwrap();
        assert_eq!(truth::tids(&program), tids, "{name}, cut off");
        assert!(
            !program.image().unwrap().damage().is_empty(),
            "{name}, cut off"
        );
    }
    workshop.remove();
}
