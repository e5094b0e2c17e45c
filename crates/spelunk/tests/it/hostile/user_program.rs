//! A small program for users, and its core.

use super::debug_file::Folder;
use std::path::PathBuf;
use std::process::Command;

const TEXT: &str = r#"
#include <stdlib.h>
struct node { struct node *next; int value : 5; unsigned long key; union { float f; char c[4]; }; };
enum color { RED, GREEN = 7 };
typedef struct node node_t;
node_t tail = { 0, 1, 41 }, head = { &tail, 3, 42 };
const char *words[] = { "one", "two" };
int matrix[3][4] = { { 1, 2, 3 } };
volatile int sink;
static inline int twice(int x) { int y = x + x; sink = y; return y; }
int __attribute__((noinline)) sum(struct node *n, enum color c)
{
    int total = c;
    for (node_t *i = n; i; i = i->next) {
        int weight = twice(i->value);
        total += weight * (int)i->key;
    }
    if (total > 100)
        abort();
    return total;
}
int main(void) { return sum(&head, GREEN); }
"#;

pub(crate) fn compile(folder: &Folder) -> PathBuf {
    let source = folder.0.join("program.c");
    std::fs::write(&source, TEXT).unwrap();
    let program = folder.0.join("program");
    let compiler = Command::new("gcc")
        .args(["-g", "-O2", "-o"])
        .args([&program, &source])
        .status();
    assert!(compiled_well(compiler));
    program
}

fn compiled_well(status: std::io::Result<std::process::ExitStatus>) -> bool {
    status.expect("install gcc").success()
}

/// The core that gdb writes of the program where it aborts.
pub(crate) fn core(folder: &Folder) -> Vec<u8> {
    let program = compile(folder);
    let core = folder.0.join("core");
    let output = Command::new("gdb")
        .args(["-nx", "-batch", "-ex", "set debuginfod enabled off"])
        .args(["-ex", "run", "-ex"])
        .arg(format!("generate-core-file {}", core.display()))
        .arg(program)
        .output()
        .expect("install gdb");
    std::fs::read(&core).unwrap_or_else(|error| panic!("no core: {error}: {output:?}"))
}
