//! The seeds of the fuzz targets that search files for modules, and unwind stacks.

#[path = "../../../../fuzz/bodies/any_os.rs"]
mod any_os;
#[path = "../../../../fuzz/bodies/module_lists.rs"]
mod module_lists;
#[path = "../../../../fuzz/bodies/pack_sections.rs"]
mod pack_sections;
#[path = "../../../../fuzz/bodies/sections.rs"]
mod sections;
#[path = "../../../../fuzz/bodies/stacks.rs"]
mod stacks;

use spelunk_base::{Architecture, Platform};
use spelunk_elf::{ElfFile, FileData};
use spelunk_program::StackSource;
use spelunk_synth::{Workshop, exercise};
use std::sync::LazyLock;

const SOURCE: &str = "struct s { int a; long b; };
    typedef int (*function)(struct s *, long);
    int sink;
    __attribute__((noinline)) int leaf(struct s *x, long n) { volatile int v = n; sink = v; return v + x->a; }
    __attribute__((noinline)) int tail(struct s *x, long n) { return leaf(x, n + 1); }
    static inline int twice(struct s *y, function f) { int once = f(y, 3); return once + f(y, y->b); }
    __attribute__((noinline)) int middle(function f, struct s *x, long n) { struct s y = *x; y.b += n; return twice(&y, f) + tail(x, 5) + y.a; }
    __attribute__((noinline)) int outer(long n) { struct s x = { n, n }; return middle(tail, &x, n) + 1; }
    int most(long n) { return outer(n) + outer(n + 2); }";

/// Where the code is: see [`sections::NAMES`].
const CODE: u64 = 0x1000;

struct Code {
    number: u8,
    architecture: Architecture,
    /// The sections, packed.
    packed: Vec<u8>,
    /// Where calls return to.
    returns: Vec<u64>,
}

/// The source, compiled for each machine with several kinds of tables.
static CODES: LazyLock<Vec<Code>> = LazyLock::new(|| {
    // Other tests may compile it at the same time, in processes of their own.
    let name = format!("corpus-stacks-{}", std::process::id());
    let workshop = Workshop::new(env!("CARGO_TARGET_TMPDIR"), &name);
    workshop.write("a.c", SOURCE);
    let folder = workshop.path("").display().to_string();
    let map = format!("-fdebug-prefix-map={folder}=/nowhere");
    let frame = ["-O1", "-fno-omit-frame-pointer"].as_slice();
    let mut codes = Vec::new();
    for (number, target, flags) in [
        (0, "x86_64-linux-gnu", ["-O2", "-gdwarf-5"].as_slice()),
        (0, "x86_64-linux-gnu", frame),
        (1, "i386-linux-gnu", &["-O2", "-gdwarf-4"]),
        (1, "i386-linux-gnu", frame),
        (2, "aarch64-linux-gnu", &["-O2", "-gdwarf-5"]),
        (2, "aarch64-linux-gnu", frame),
    ] {
        let target = format!("--target={target}");
        let always = [
            &target, &map, "-c", "-fno-pic", "-w", "-g", "-o", "a.o", "a.c",
        ];
        workshop.run("clang", always.iter().chain(flags));
        codes.push(code(number, &workshop.read("a.o")));
    }
    workshop.remove();
    codes
});

fn code(number: u8, object: &[u8]) -> Code {
    let elf = ElfFile::parse(FileData::from_bytes("seed", object.to_vec())).unwrap();
    let text = elf.section_data(".text").unwrap().unwrap();
    let (architecture, _) = stacks::MACHINES[usize::from(number)];
    let is_aarch64 = architecture == Architecture::Aarch64;
    let returns = (0..text.len() - 4).filter_map(|offset| {
        // BL, or `call` with an offset of 32 bits.
        let size = match is_aarch64 {
            true if offset % 4 == 0 && text[offset + 3] >> 2 == 0x25 => 4,
            false if text[offset] == 0xe8 => 5,
            _ => return None,
        };
        Some(CODE + (offset + size) as u64)
    });
    let mut packed = pack_sections::EMPTY.to_vec();
    pack_sections::add(object, false, &mut packed);
    Code {
        number,
        architecture,
        packed,
        returns: returns.collect(),
    }
}

impl Code {
    /// A stack full of return addresses, and registers that lead there.
    fn input(&self, sections: &[u8]) -> Vec<u8> {
        let platform = Platform::of(self.architecture);
        let arch = platform.arch().unwrap();
        let mut input = vec![self.number];
        for number in 0..arch.registers.len() {
            let value = match number {
                _ if number == usize::from(arch.program_counter.0) => self.returns[0],
                _ if Some(number) == arch.link_register.map(|link| link.0.into()) => {
                    self.returns[1]
                }
                _ => stacks::STACK,
            };
            input.extend(u16::try_from(value).unwrap().to_le_bytes());
        }
        let word = usize::from(platform.address_size());
        let mut stack: Vec<u8> = Vec::new();
        for (step, address) in (1u64..).zip(self.returns.iter().cycle().take(60)) {
            // A frame pointer, and an address behind it.
            for value in [stacks::STACK + step * 2 * word as u64, *address] {
                stack.extend(&value.to_le_bytes()[..word]);
            }
        }
        input.extend(u16::try_from(stack.len()).unwrap().to_le_bytes());
        [&input, &stack[..], sections].concat()
    }

    /// The same code with ORC entries alone, of all types.
    fn with_orc(&self) -> Vec<u8> {
        let mut sections = pack_sections::EMPTY.to_vec();
        let (mut ips, mut entries) = (Vec::new(), Vec::new());
        for number in 0..32i16 {
            let address = 0x1000 + i32::from(number) * 16;
            let place = 0x4000 + i32::from(number) * 4;
            ips.extend((address - place).to_le_bytes());
            entries.extend((16 + number % 2 * 8).to_le_bytes());
            entries.extend((-16i16).to_le_bytes());
            // Of the stack pointer.
            entries.extend((5 | (number % 8) << 8).to_le_bytes());
        }
        pack_sections::add_section(".orc_unwind", &entries, &mut sections);
        pack_sections::add_section(".orc_unwind_ip", &ips, &mut sections);
        let mut plain = &self.packed[1..];
        while let [number, low, high, rest @ ..] = plain {
            let (data, behind) = rest.split_at(u16::from_le_bytes([*low, *high]).into());
            plain = behind;
            let (name, _) = sections::NAMES[usize::from(*number)];
            if [".text", ".symtab", ".strtab"].contains(&name) {
                pack_sections::add_section(name, data, &mut sections);
            }
        }
        sections
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<_> = CODES.iter().map(|code| code.input(&code.packed)).collect();
    seeds.push(CODES[0].input(&CODES[0].with_orc()));
    seeds
}

#[test]
fn stacks() {
    exercise(&seeds(), 50, stacks::run);
}

#[test]
fn seeds_have_frames_and_variables() {
    for (index, seed) in seeds().iter().enumerate() {
        let (program, registers) = stacks::open(seed).unwrap();
        let trace = program.stack_trace(&StackSource::Registers(registers));
        let trace = trace.unwrap();
        let frames = trace.frames();
        assert!(frames.len() > 3, "seed {index}: {}", trace.format(&program));
        let locals = frames.iter().map(|frame| frame.locals().unwrap().len());
        let has_locals = locals.sum::<usize>() > 0;
        assert_eq!(has_locals, index < CODES.len(), "seed {index}");
    }
}

#[test]
fn module_lists() {
    let list = "kernel/a-b.ko.xz: kernel/c.ko\nkernel/c.ko:\nupdates/d.ko.zst:\n/abs/e.ko.gz:\n../f.ko: x\n";
    exercise(&[list.as_bytes().to_vec()], 200, module_lists::run);
}
