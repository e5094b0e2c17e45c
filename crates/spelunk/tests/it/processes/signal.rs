//! Programs in which a signal came up.

use super::run::Running;
use spelunk::LoadRequest;
use spelunk_synth::Workshop;

const SOURCE: &str = "#include <signal.h>\n#include <stdio.h>\n#include <unistd.h>\n\
    static void handler(int number) { puts(\"ready\"); fflush(stdout); for (;;) pause(); }\n\
    int *volatile nowhere = (int *)8;\n\
    int main(int count, char **arguments)\n\
    { signal(SIGSEGV, handler); *nowhere = 3; return 0; }\n";

#[test]
fn the_frame_of_a_signal_is_named() {
    for width in ["-m64", "-m32"] {
        let workshop = Workshop::new(
            env!("CARGO_TARGET_TMPDIR"),
            &format!("process-signal{width}"),
        );
        workshop.write("main.c", SOURCE);
        workshop.run("gcc", ["-g", width, "-o", "program", "main.c"]);
        let running = Running::start(&workshop);
        let program = spelunk::open_process(running.pid()).unwrap();
        let report = program.load_debug_info(&LoadRequest::everything()).unwrap();
        // The vdso never has debugging information, which is nothing to be told.
        let text = report.to_string();
        assert!(!text.contains("vdso"), "{text}");
        let trace = program
            .main_thread()
            .unwrap()
            .stack_trace(&program)
            .unwrap();
        let text = trace.format(&program);
        let lines: Vec<&str> = text.lines().collect();
        let at = lines
            .iter()
            .position(|line| line.contains(" handler "))
            .unwrap();
        assert!(
            lines[at + 1].ends_with(" <signal handler called>"),
            "{text}"
        );
        assert!(lines[at + 2].contains(" main "), "{text}");
        workshop.remove();
    }
}

#[test]
fn what_a_program_died_of() {
    let workshop = Workshop::new(env!("CARGO_TARGET_TMPDIR"), "process-died");
    workshop.write(
        "main.c",
        SOURCE.replace(
            "signal(SIGSEGV, handler);",
            "puts(\"ready\"); fflush(stdout); sleep(1);",
        ),
    );
    workshop.run("gcc", ["-g", "-o", "program", "main.c"]);
    let mut running = Running::start(&workshop);
    running.child.wait().unwrap();
    let Ok(core) = std::fs::read_dir(workshop.path(".")).map(|mut entries| {
        entries.find_map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name()?.to_str()?.to_owned();
            name.starts_with("core").then_some(path)
        })
    }) else {
        panic!("the folder is gone");
    };
    // Elsewhere, cores go to a program.
    if let Some(core) = core {
        let program = spelunk::open(&[core], None).unwrap();
        program.load_debug_info(&LoadRequest::everything()).unwrap();
        let os = program.os().unwrap();
        assert_eq!(os.crash_reason().as_deref(), Some("SIGSEGV at 0x8"));
        assert!(
            os.describe()
                .ends_with("(program), ended by SIGSEGV at 0x8"),
            "{}",
            os.describe()
        );
    }
    workshop.remove();
}
