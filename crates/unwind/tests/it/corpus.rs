//! The fuzz target's body over expressions that reach all operations.

#[path = "../../../../fuzz/bodies/expressions.rs"]
mod expressions;

/// Every opcode with operands behind it, on a stack that has enough for it.
fn seeds() -> Vec<Vec<u8>> {
    let stack = [0x31, 0x08, 0x40, 0x08, 0x7f, 0x35];
    let mut seeds: Vec<Vec<u8>> = (0..=u8::MAX)
        .map(|opcode| {
            let operands = [4, 1, 0, 0, 0, 0, 0, 0, 0x96, 0x96];
            [&stack[..], &[opcode], &operands].concat()
        })
        .collect();
    // Typed: const_type, const_type, each operation.
    let constants = [0xa4, 16, 4, 1, 2, 3, 4, 0xa4, 16, 4, 5, 6, 7, 8];
    let typed = (0x19..=0x2e).map(|operation| [&constants[..], &[operation, 0xa8, 0]].concat());
    seeds.extend(typed);
    // Pieces of all kinds, loops, calls of itself.
    seeds.push(vec![
        0x50, 0x93, 4, 0x93, 4, 0x35, 0x9f, 0x9d, 3, 1, 0x9e, 2, 7, 8, 0x93, 2,
    ]);
    seeds.push(vec![0x30, 0x31, 0x22, 0x12, 0x28, 0xfa, 0xff]);
    seeds.push(vec![0x31, 0x98, 1, 0, 0x12]);
    seeds
}

#[test]
fn expressions() {
    spelunk_synth::exercise(&seeds(), 20, expressions::run);
}
