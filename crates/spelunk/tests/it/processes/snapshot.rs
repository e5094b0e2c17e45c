//! Stacks of threads that run on while they are looked at.

use super::run::Running;
use spelunk::LoadRequest;

/// Calls other functions all the time, each with a frame of another size, so that what one left on the
/// stack is no frame of another.
const BUSY: &str = "#include <stdio.h>\n\
    #define FUNCTION(name, size, inner) __attribute__((noinline)) static long name(long value) \\\n\
    { volatile long room[size]; for (int i = 0; i < size; i++) room[i] = -1; \\\n\
      room[0] = inner; return room[0] + room[size - 1]; }\n\
    FUNCTION(a3, 2, value) FUNCTION(a2, 9, a3(value)) FUNCTION(a1, 4, a2(value))\n\
    FUNCTION(b3, 7, value) FUNCTION(b2, 3, b3(value)) FUNCTION(b1, 16, b2(value))\n\
    int main(void)\n\
    { puts(\"ready\"); fflush(stdout); volatile long sum = 0;\n\
      for (;;) { sum += a1(sum); sum += b1(sum); } }\n";

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
        let outwards = [["a3", "a2", "a1"], ["b3", "b2", "b1"]];
        let is_chain = outwards.iter().any(|chain| chain.ends_with(&own));
        assert!(is_chain, "{text}");
        assert!(text.contains(" main "), "{text}");
    }
    drop(running);
    workshop.remove();
}
