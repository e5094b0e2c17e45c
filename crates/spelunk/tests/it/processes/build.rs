//! The programs, built in the ways in which programs are built.

use spelunk_synth::Workshop;

/// What all of them do, in C and C++: start threads, say what is where, and wait.
const MAIN: &str = r#"
#define _GNU_SOURCE
#include <link.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
struct point { int x, y; const char *name; };
struct point global = { 3, -4, "here" };
static int hidden = 77;
const char constant[] = "constant";
#ifdef LIBRARY
#ifdef __cplusplus
extern "C"
#endif
int library_counter, library_wait(int);
#endif
static int tell(struct dl_phdr_info *info, size_t size, void *data)
{
    printf("module %lx %s\n", (unsigned long)info->dlpi_addr, info->dlpi_name);
    return 0;
}
static void *work(void *argument)
{
    volatile long number = (long)argument;
    while (number)
        pause();
    return 0;
}
static int __attribute__((noinline)) inner(int depth)
{
    volatile int local = depth + hidden;
    if (depth)
        return inner(depth - 1) + local;
    pthread_t thread;
    for (long i = 0; i < 2; i++)
        pthread_create(&thread, 0, work, (void *)(i + 1));
    dl_iterate_phdr(tell, 0);
    printf("variable global %p\nvariable hidden %p\nvariable constant %p\n",
           (void *)&global, (void *)&hidden, (void *)constant);
    printf("function inner %p\n", (void *)inner);
#ifdef LIBRARY
    printf("variable library_counter %p\nfunction library_wait %p\n",
           (void *)&library_counter, (void *)library_wait);
#endif
    puts("ready");
    fflush(stdout);
    while (1)
#ifdef LIBRARY
        library_wait(depth);
#else
        pause();
#endif
    return local;
}
int main(void) { return inner(3); }
"#;

const LIBRARY: &str = r#"
#include <unistd.h>
int library_counter = 5;
int library_wait(int depth) { volatile int before = depth; pause(); return before; }
"#;

const OPENER: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <link.h>
#include <unistd.h>
static int tell(struct dl_phdr_info *info, size_t size, void *data)
{
    printf("module %lx %s\n", (unsigned long)info->dlpi_addr, info->dlpi_name);
    return 0;
}
int main(int count, char **arguments)
{
    void *library = dlopen("./libwait.so", RTLD_NOW);
    if (!library) { puts(dlerror()); return 1; }
    int (*wait)(int) = (int (*)(int))dlsym(library, "library_wait");
    dl_iterate_phdr(tell, 0);
    printf("variable library_counter %p\nfunction library_wait %p\n",
           dlsym(library, "library_counter"), (void *)wait);
    puts("ready");
    fflush(stdout);
    while (1)
        wait(1);
}
"#;

const RUST: &str = r#"
use std::io::Write;
pub static GLOBAL: i32 = 12;
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn inner(depth: i32) -> i32 {
    if depth > 0 {
        return inner(std::hint::black_box(depth - 1)) + 1;
    }
    let worker = std::thread::Builder::new().name("worker".into());
    worker.spawn(|| std::thread::sleep(std::time::Duration::from_secs(1000))).unwrap();
    println!("variable main::GLOBAL {:p}", &GLOBAL);
    println!("function main::inner {:p}", inner as *const ());
    println!("ready");
    std::io::stdout().flush().unwrap();
    loop {
        std::thread::park();
    }
}
fn main() {
    inner(3);
}
"#;

/// A way of building a program.
pub(super) struct Kind {
    pub(super) name: &'static str,
    compiler: &'static str,
    arguments: &'static str,
    source: (&'static str, &'static str),
    has_library: bool,
}

const fn c(name: &'static str, arguments: &'static str) -> Kind {
    Kind {
        name,
        compiler: "gcc",
        arguments,
        source: ("main.c", MAIN),
        has_library: false,
    }
}

pub(super) const KINDS: &[Kind] = &[
    c("pie", "-O1 -pie -fPIE"),
    c("no-pie", "-O1 -no-pie"),
    c("static", "-O1 -static"),
    c("static-pie", "-O1 -static-pie"),
    c("unoptimized", "-O0"),
    c("split-dwarf", "-O1 -gsplit-dwarf"),
    c("dwarf-4", "-O1 -gdwarf-4"),
    c("no-build-id", "-O1 -Wl,--build-id=none"),
    c("separate-code", "-O1 -Wl,-z,noseparate-code"),
    c("full-relro", "-O1 -Wl,-z,relro,-z,now"),
    c("high", "-O1 -no-pie -Wl,-Ttext-segment=0x10000000"),
    c("32-bit", "-O1 -m32"),
    c("32-bit-static", "-O1 -m32 -static"),
    c("32-bit-no-pie", "-O1 -m32 -no-pie"),
    Kind {
        compiler: "clang",
        ..c("clang", "-O1")
    },
    Kind {
        compiler: "clang",
        ..c("lld", "-O1 -fuse-ld=lld")
    },
    Kind {
        compiler: "g++",
        ..c("c++", "-O1 -x c++ -fpermissive -w")
    },
    Kind {
        has_library: true,
        ..c("library", "-O1 -DLIBRARY")
    },
    Kind {
        has_library: true,
        ..c("library-32-bit", "-O1 -DLIBRARY -m32")
    },
    Kind {
        source: ("opener.c", OPENER),
        has_library: true,
        ..c("opener", "-O1")
    },
    Kind {
        compiler: "rustc",
        source: ("main.rs", RUST),
        ..c("rust", "")
    },
    Kind {
        compiler: "rustc",
        source: ("main.rs", RUST),
        ..c("rust-static", "-C target-feature=+crt-static")
    },
];

impl Kind {
    /// The program `program` in a folder of its own.
    pub(super) fn build(&self, purpose: &str) -> Workshop {
        let folder = format!("process-{purpose}-{}", self.name);
        let workshop = Workshop::new(env!("CARGO_TARGET_TMPDIR"), &folder);
        let (file, text) = self.source;
        workshop.write(file, text);
        let mut arguments: Vec<&str> = self.arguments.split_whitespace().collect();
        arguments.extend(["-g", "-o", "program", file]);
        if self.has_library {
            workshop.write("library.c", LIBRARY);
            let width = arguments.iter().find(|argument| **argument == "-m32");
            let own = [
                "-g",
                "-O1",
                "-fPIC",
                "-shared",
                "-o",
                "libwait.so",
                "library.c",
            ];
            workshop.run("gcc", own.iter().chain(width));
            arguments.push(if file == "opener.c" {
                "-ldl"
            } else {
                "./libwait.so"
            });
        }
        if self.compiler != "rustc" {
            arguments.push("-lpthread");
        }
        workshop.run(self.compiler, arguments);
        workshop
    }
}
