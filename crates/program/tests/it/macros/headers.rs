use super::open;
use spelunk_synth::Workshop;

const HEADERS: &[&str] = &[
    "linux/elf.h",
    "linux/fs.h",
    "linux/if_ether.h",
    "linux/input.h",
    "linux/ioctl.h",
    "linux/kvm.h",
    "linux/netlink.h",
    "linux/perf_event.h",
    "linux/videodev2.h",
    "sys/socket.h",
    "sys/stat.h",
    "sys/ioctl.h",
    "sys/mman.h",
    "sys/epoll.h",
    "errno.h",
    "fcntl.h",
    "float.h",
    "limits.h",
    "math.h",
    "signal.h",
    "stddef.h",
    "stdint.h",
    "stdio.h",
    "string.h",
    "unistd.h",
];

/// What the preprocessor says of every macro at the end of a file with thousands of them.
#[test]
fn all_macros_of_headers_are_what_the_preprocessor_says() {
    let workshop = Workshop::new(env!("CARGO_TARGET_TMPDIR"), "macros-headers");
    let includes: String = HEADERS
        .iter()
        .map(|name| format!("#include <{name}>\n"))
        .collect();
    workshop.write("a.c", format!("{includes}int main(void) {{ return 0; }}\n"));
    workshop.run("gcc", ["-g3", "-o", "a", "a.c"]);
    let expected = workshop.run("gcc", ["-dM", "-E", "-g3", "a.c"]);
    let program = open(&workshop.path("a"));
    let mut count = 0;
    for line in expected.lines() {
        let text = line.strip_prefix("#define ").unwrap();
        let end = text
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(text.len());
        let (name, behind) = text.split_at(end);
        let found = program.lookup_macro(name, None).unwrap();
        let parameters = found
            .parameters
            .map_or(String::new(), |names| format!("({})", names.join(",")));
        let ours = format!("{parameters} {}", found.body);
        assert_eq!(ours.trim(), behind.trim(), "{name}");
        count += 1;
    }
    assert!(count > 5000, "{count}");
    workshop.remove();
}
