//! Thread-local variables of functions and files: each thread's own.

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

const LOADED: &str = r#"
#include <unistd.h>
__thread char in_loaded_padding[3000];
__thread long in_loaded __attribute__((aligned(64))) = 500;
void loaded_use(long number) { in_loaded += number; in_loaded_padding[0] = 1; }
"#;

const LINKED: &str = r#"
#include <unistd.h>
__thread long in_linked = 300;
void linked_use(long number) { in_linked += number; }
"#;

/// Threads 1 and 2 use all, the main thread (9) not what is in the library that is loaded last.
const GLOBALS: &str = r#"
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
#ifdef __cplusplus
#define LOCAL thread_local
extern "C" {
#else
#define LOCAL __thread
#endif
extern LOCAL long in_other_unit;
void linked_use(long);
#ifdef __cplusplus
}
namespace space { struct holder { static thread_local long member; }; thread_local long holder::member = 700; }
#endif
LOCAL char padding = 1;
LOCAL long in_program __attribute__((aligned(32))) = 100;
static LOCAL long in_file = 200;
static void (*loaded_use)(long);
static pthread_barrier_t barrier;
static void *work(void *argument)
{
    long number = (long)argument;
    in_program += number;
    in_file += number;
    in_other_unit += number;
#ifdef __cplusplus
    space::holder::member += number;
#endif
    linked_use(number);
    if (number < 9)
        loaded_use(number);
    pthread_barrier_wait(&barrier);
    if (number == 9)
        puts("ready"), fflush(stdout);
    for (;;)
        pause();
    return (void *)(in_program + padding);
}
int main(void)
{
    pthread_t thread;
    pthread_barrier_init(&barrier, 0, 3);
    void *library = dlopen("./libloaded.so", RTLD_NOW);
    loaded_use = (void (*)(long))dlsym(library, "loaded_use");
    for (long i = 1; i < 3; i++)
        pthread_create(&thread, 0, work, (void *)i);
    work((void *)9);
}
"#;

/// What the variables of all threads are: by the thread itself, and by its frame.
fn globals(program: &Program, names: &[&str]) -> Vec<Vec<Option<u64>>> {
    program.load_debug_info(&LoadRequest::everything()).unwrap();
    let mut all: Vec<Vec<Option<u64>>> = Vec::new();
    for tid in truth::tids(program) {
        let thread = program.thread(tid).unwrap();
        let trace = thread.stack_trace(program).unwrap();
        let mut frames = trace.frames().iter();
        let frame = frames
            .find(|frame| frame.function_name() == Some("work"))
            .unwrap();
        let value = |name: &&str| -> Option<u64> {
            let own = thread.variable(program, name, None);
            let own = own.and_then(|object| Ok(object.to_u64(program)?));
            if let Ok(in_frame) = frame.get(program, name) {
                assert_eq!(in_frame.to_u64(program).unwrap(), *own.as_ref().unwrap());
            }
            if let Err(error) = &own {
                let text = error.to_string();
                let reason = format!("'{name}' of thread {tid}: ");
                assert!(
                    text.starts_with(&reason) && text.contains("not used"),
                    "{text}"
                );
            }
            own.ok()
        };
        all.push(names.iter().map(value).collect());
    }
    // The main thread comes first: its ID is the lowest.
    let main = program.object(names[0], spelunk::ObjectKinds::ANY, None);
    assert_eq!(main.unwrap().to_u64(program).ok(), all[0][0]);
    all.sort();
    all
}

#[test]
fn globals_of_each_thread() {
    for (name, compiler, options) in [
        ("c", "gcc", &["-x", "c"][..]),
        ("c++", "g++", &["-x", "c++"]),
        ("32-bit", "gcc", &["-m32"]),
        ("no-pie", "clang", &["-no-pie"]),
    ] {
        let workshop = Workshop::new(env!("CARGO_TARGET_TMPDIR"), &format!("process-tls-{name}"));
        workshop.write("loaded.c", LOADED);
        workshop.write("linked.c", LINKED);
        workshop.write("other.c", "__thread long in_other_unit = 600;");
        workshop.write("main.c", GLOBALS);
        let width = if options == ["-m32"] { "-m32" } else { "-m64" };
        for (source, output) in [("loaded.c", "libloaded.so"), ("linked.c", "liblinked.so")] {
            workshop.run(
                "gcc",
                ["-g", "-fPIC", "-shared", "-o", output, source, width],
            );
        }
        workshop.run("gcc", ["-g", "-c", "-o", "other.o", "other.c", width]);
        let own = ["main.c", "-x", "none", "other.o", "./liblinked.so"];
        let output = ["-g", "-O1", "-o", "program"];
        let libraries = ["-lpthread", "-ldl"];
        let parts = [&output[..], options, &own, &libraries];
        workshop.run(compiler, parts.concat());
        let mut names = vec![
            "in_program",
            "in_file",
            "in_linked",
            "in_other_unit",
            "in_loaded",
        ];
        if compiler == "g++" {
            names.push("space::holder::member");
        }
        let expected = |number: u64| {
            let value = |name: &&str| match *name {
                "in_loaded" if number == 9 => None,
                "in_loaded" => Some(500 + number),
                "in_program" => Some(100 + number),
                "in_file" => Some(200 + number),
                "in_linked" => Some(300 + number),
                "in_other_unit" => Some(600 + number),
                _ => Some(700 + number),
            };
            names.iter().map(value).collect::<Vec<_>>()
        };
        let expected = [1, 2, 9].map(expected);
        let running = Running::start(&workshop);
        let live = spelunk::open_process(running.pid()).unwrap();
        assert_eq!(globals(&live, &names), expected, "{name}");
        let core = running.into_core();
        let dead = spelunk::open(&[core], None).unwrap();
        assert_eq!(globals(&dead, &names), expected, "{name}, core");
        workshop.remove();
    }
}
