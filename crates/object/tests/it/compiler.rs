//! C compilers as oracles; bit fields as they lay them out.

use crate::fake::Fake;
use spelunk_base::Architecture;
use spelunk_object::{Object, Target, lookup_type};
use spelunk_synth::{Random, Workshop};
use std::fmt::Write;

/// The bytes of the read-only data that a compiler makes of `source`; the first of `command` is the
/// compiler.
pub(crate) fn compile(name: &str, source: &str, command: &[&str]) -> Vec<u8> {
    let workshop = Workshop::new(env!("CARGO_TARGET_TMPDIR"), name);
    workshop.write("source.c", source);
    let (compiler, flags) = command.split_first().unwrap();
    workshop.run(compiler, [flags, &["-o", "object", "source.c"]].concat());
    workshop.run(
        "objcopy",
        ["-O", "binary", "-j", ".rodata", "object", "bytes"],
    );
    workshop.read("bytes")
}

/// Structures of bit fields: where each is shows in the bytes of a structure that has only it set.
#[test]
fn bit_fields_are_where_the_compiler_puts_them() {
    let f = Fake::new(Architecture::X86_64);
    let mut random = Random::new(11);
    let mut source = String::new();
    let mut fields = Vec::new();
    for number in 0..200 {
        let packed = ["", "__attribute__((packed))"][random.below(2)];
        let mut declarations = String::new();
        let mut own = Vec::new();
        for index in 0..=random.below(6) {
            let ty = [
                "int",
                "unsigned int",
                "unsigned char",
                "short",
                "long",
                "unsigned long",
            ][random.below(6)];
            let widest = spelunk_object::sizeof(f.types(), f.ty(ty)).unwrap() * 8;
            let size = 1 + random.below(widest as usize) as u64;
            write!(declarations, "{ty} m{index} : {size}; ").unwrap();
            own.push((ty, size, random.next_u64()));
        }
        writeln!(
            source,
            "struct s{number} {{ {declarations} char pad[16]; }} {packed};"
        )
        .unwrap();
        for (index, (_, _, value)) in own.iter().enumerate() {
            for value in [u64::MAX, *value] {
                let name = format!("x{number}_{index}_{}", value != u64::MAX);
                let body = format!("{{ .m{index} = {value:#x}ul }}");
                writeln!(
                    source,
                    "const union {{ struct s{number} s; char bytes[64]; }} \
                     __attribute__((aligned(64))) {name} = {{ .s = {body} }};"
                )
                .unwrap();
            }
        }
        fields.extend(own);
    }
    let bytes = compile(
        "bitfields",
        &source,
        &[
            "gcc",
            "-c",
            "-w",
            "-fno-pic",
            "-m64",
            "-fno-toplevel-reorder",
        ],
    );
    assert_eq!(bytes.len(), fields.len() * 128);
    for ((ty, size, value), bytes) in fields.into_iter().zip(bytes.chunks_exact(128)) {
        let (mask, bytes) = bytes.split_at(64);
        let first = mask.iter().position(|byte| *byte != 0).unwrap();
        let offset = first as u64 * 8 + u64::from(mask[first].trailing_zeros());
        let ty = lookup_type(&f, ty, None).unwrap();
        let object = Object::from_bytes(&f, ty, bytes, offset, Some(size)).unwrap();
        let expected = Object::from_value(&f, ty, &value.into(), Some(size)).unwrap();
        assert_eq!(object.value(&f).unwrap(), expected.value(&f).unwrap());
        let ones = Object::from_bytes(&f, ty, mask, offset, Some(size)).unwrap();
        let minus_one = Object::from_value(&f, ty, &(-1).into(), Some(size)).unwrap();
        assert_eq!(ones.value(&f).unwrap(), minus_one.value(&f).unwrap());
    }
}
