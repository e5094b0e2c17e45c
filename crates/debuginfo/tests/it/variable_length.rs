//! Arrays of variable length, in the frame of a program that ran.

use crate::compiled::{Compiled, run};
use crate::describe;
use spelunk_base::arch::x86_64::{ARCH, RBP};
use spelunk_base::{Architecture, Platform};
use spelunk_debuginfo::{DebugInfo, FrameState};
use spelunk_types::TypeStore;
use spelunk_unwind::{Memory, Registers, Unreadable};
use std::sync::Arc;

/// Leaves the frame of `function` behind: its address, its code's, and the stack around it.
const SOURCE: &str = r#"
#include <stdio.h>
struct pair { int x, y; };
__attribute__((noinline)) int function(int n, int k, int m[n][k], FILE *out)
{
    int a[n]; struct pair s[n][k][3]; typedef int row[k]; row rows[2]; int (*to_a)[n] = &a;
    char none[n - 4]; char text[n + 3]; int fixed[4];
    unsigned long head[2] = { (unsigned long)__builtin_frame_address(0), (unsigned long)&&here };
    a[0] = s[0][0][0].x = rows[0][0] = text[0] = fixed[0] = 1;
here:
    fwrite(head, sizeof head, 1, out);
    fwrite((char *)head[0] - 2048, 2064, 1, out);
    return a[0] + s[0][0][0].x + rows[0][0] + (*to_a)[0] + m[0][0] + text[0] + (none != 0);
}
int main(int count, char **arguments)
{
    int m[5][4] = { { 1 } };
    FILE *out = fopen(arguments[1], "w");
    function(2 + count, 1 + count, m, out);
    return fclose(out);
}
"#;

struct Stack(u64, Vec<u8>);

impl Memory for Stack {
    fn read(&self, address: u64, buf: &mut [u8]) -> Result<(), Unreadable> {
        let start = address.wrapping_sub(self.0) as usize;
        let bytes = self.1.get(start..).and_then(|bytes| bytes.get(..buf.len()));
        buf.copy_from_slice(bytes.ok_or(Unreadable { address })?);
        Ok(())
    }
}

fn check(compiler: &str, options: &[&str]) {
    let name = format!("variable-length-{compiler}{}", options.concat());
    let options = [
        &["-g", "-O0", "-no-pie", "-w", "-Wl,--build-id=none"],
        options,
    ]
    .concat();
    let program = Compiled::with(compiler, &name, SOURCE, &options);
    let left = program.path.with_file_name("left");
    run(program.path.to_str().unwrap(), [&left]);
    let bytes = std::fs::read(&left).unwrap();
    let word = |place: usize| u64::from_le_bytes(bytes[place..place + 8].try_into().unwrap());
    let (frame, pc) = (word(0), word(8));
    let stack = Stack(frame - 2048, bytes[16..].to_vec());
    let mut registers = Registers::new(&ARCH);
    registers.set(RBP, frame);
    let row = program.file.find_row(pc).unwrap();
    let state = FrameState {
        pc,
        registers: &registers,
        row: row.as_ref().map(|(row, _)| row),
        platform: Platform::of(Architecture::X86_64),
        memory: &stack,
        around: None,
    };
    let store = Arc::new(TypeStore::new());
    let info = DebugInfo::new(Arc::clone(&store));
    info.add(Arc::clone(&program.file)).unwrap();
    let scopes = program.file.scopes(pc).unwrap();
    let scope = scopes.last().unwrap();
    let variables = program.file.variables(scope).unwrap();
    // Clang says the lengths of variables, but not those of other types.
    let is_gcc = compiler == "gcc";
    for (name, expected) in [
        ("a", "[4](int)"),
        ("s", "[4]([3]([3](struct pair)))"),
        ("rows", if is_gcc { "[2]([3](int))" } else { "[2](row)" }),
        ("to_a", if is_gcc { "*([4](int))" } else { "*([?](int))" }),
        ("text", "[7](char)"),
        ("none", "[0](char)"),
        ("fixed", "[4](int)"),
        ("m", if is_gcc { "*([3](int))" } else { "*([?](int))" }),
        ("n", "int"),
    ] {
        let variable = variables.iter().find(|variable| &*variable.name == name);
        let variable = variable.unwrap_or_else(|| panic!("{name} is missing"));
        let ty = program
            .file
            .variable_type_in(&store, variable, scope, state);
        let ty = describe::reference(&store, ty.unwrap()).unwrap();
        assert_eq!(ty, expected, "{name} by {compiler} {options:?}");
    }
    // Where the frame is not known the length is not.
    let lost = FrameState {
        registers: &Registers::new(&ARCH),
        ..state
    };
    let variable = variables
        .iter()
        .find(|variable| &*variable.name == "a")
        .unwrap();
    let ty = program.file.variable_type_in(&store, variable, scope, lost);
    assert_eq!(
        describe::reference(&store, ty.unwrap()).unwrap(),
        "[?](int)"
    );
}

#[test]
fn lengths_are_those_in_the_frame() {
    check("gcc", &["-gdwarf-5"]);
    check("gcc", &["-gdwarf-4"]);
    check("clang", &["-gdwarf-5"]);
    check("clang", &["-gdwarf-4"]);
}
