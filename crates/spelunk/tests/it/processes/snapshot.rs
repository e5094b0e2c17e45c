//! Stacks of threads that run on while they are looked at.

use super::run::Running;
use spelunk::LoadRequest;

/// Goes up and down all the time.
const BUSY: &str = "#include <stdio.h>\n\
    __attribute__((noinline)) static long down(volatile long left)\n\
    { volatile long more = left ? down(left - 1) : 0; return more + 1; }\n\
    int main(void)\n\
    { puts(\"ready\"); fflush(stdout); volatile long sum = 0;\n\
      for (long depth = 0;; depth = (depth + 7) % 60) sum += down(depth); }\n";

#[test]
fn stacks_of_busy_threads_are_whole() {
    let workshop = spelunk_synth::Workshop::new(env!("CARGO_TARGET_TMPDIR"), "process-busy");
    workshop.write("busy.c", BUSY);
    workshop.run("gcc", ["-g", "-O1", "-o", "program", "busy.c"]);
    let running = Running::start(&workshop);
    let program = spelunk::open_process(running.pid()).unwrap();
    program.load_debug_info(&LoadRequest::everything()).unwrap();
    let thread = program.main_thread().unwrap();
    for _ in 0..100 {
        let trace = thread.stack_trace(&program).unwrap();
        let text = trace.format(&program);
        let names = text.lines().map(|line| line.split_whitespace().nth(1));
        let own: Vec<&str> = names.flatten().take_while(|name| *name != "main").collect();
        assert!(own.iter().all(|name| *name == "down"), "{text}");
        assert!(text.contains(" main "), "{text}");
    }
    drop(running);
    workshop.remove();
}
