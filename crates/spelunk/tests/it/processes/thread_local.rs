//! Thread-local variables of functions: each thread's own.

use super::run::Running;
use super::truth;
use spelunk::{LoadRequest, Program};
use spelunk_synth::Workshop;

const LIBRARY: &str = r#"
#include <unistd.h>
long library_wait(long number)
{
    static __thread char pad[3];
    static __thread long in_library = 5;
    in_library += number;
    pad[0] = 1;
    for (;;)
        pause();
    return in_library + pad[0];
}
"#;

const MAIN: &str = r#"
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
long library_wait(long);
static void *work(void *argument)
{
    static __thread char pad = 1;
    static __thread struct { long number; int half; } own __attribute__((aligned(32))) = { 100, 1 };
    own.number += (long)argument;
    own.half = pad;
    return (void *)(library_wait((long)argument) + own.number);
}
int main(void)
{
    pthread_t thread;
    for (long i = 1; i < 4; i++)
        pthread_create(&thread, 0, work, (void *)i);
    usleep(50000);
    puts("ready");
    fflush(stdout);
    work((void *)9);
}
"#;

fn values(program: &Program) -> Vec<(u64, u64)> {
    program.load_debug_info(&LoadRequest::everything()).unwrap();
    let mut values = Vec::new();
    for tid in truth::tids(program) {
        let trace = program.thread(tid).unwrap().stack_trace(program).unwrap();
        let value = |function: &str, name: &str, member: Option<&str>| {
            let mut frames = trace.frames().iter();
            let frame = frames
                .find(|frame| frame.function_name() == Some(function))
                .unwrap();
            let object = frame.get(program, name).unwrap();
            let object = match member {
                Some(member) => object.member(program, member).unwrap(),
                None => object,
            };
            object.to_u64(program).unwrap()
        };
        values.push((
            value("work", "own", Some("number")),
            value("library_wait", "in_library", None),
        ));
    }
    values.sort_unstable();
    values
}

#[test]
fn each_thread_has_its_own() {
    for (name, options) in [
        ("pie", "-pie"),
        ("static", "-static"),
        ("loaded", "-no-pie"),
    ] {
        let folder = format!("process-tls-{name}");
        let workshop = Workshop::new(env!("CARGO_TARGET_TMPDIR"), &folder);
        workshop.write("library.c", LIBRARY);
        workshop.write("main.c", MAIN);
        let library = if name == "static" {
            "library.c"
        } else {
            workshop.run(
                "gcc",
                [
                    "-g",
                    "-O1",
                    "-fPIC",
                    "-shared",
                    "-o",
                    "libwait.so",
                    "library.c",
                ],
            );
            "./libwait.so"
        };
        workshop.run(
            "gcc",
            [
                "-g",
                "-O1",
                "-o",
                "program",
                "main.c",
                library,
                options,
                "-lpthread",
            ],
        );
        let expected = [(101, 6), (102, 7), (103, 8), (109, 14)];
        let running = Running::start(&workshop);
        let live = spelunk::open_process(running.pid()).unwrap();
        assert_eq!(values(&live), expected, "{name}");
        let core = running.into_core();
        let dead = spelunk::open(&[core], None).unwrap();
        assert_eq!(values(&dead), expected, "{name}, core");
        workshop.remove();
    }
}
