//! Functions of a few instructions, each at address 0, with what calls lead to behind them.

use super::super::function::decode;
use super::*;
use spelunk_base::arch::x86_64::{RAX, RBP, RBX, RDI, RSI};
use spelunk_unwind::Unreadable;

struct Bytes(Vec<u8>);

impl Memory for Bytes {
    fn read(&self, address: u64, buffer: &mut [u8]) -> Result<(), Unreadable> {
        let start = usize::try_from(address).unwrap();
        let found = self.0.get(start..start + buffer.len());
        buffer.copy_from_slice(found.ok_or(Unreadable { address })?);
        Ok(())
    }
}

/// What is known before the call that returns to `pc`.
fn known(code: &[&str], data: &[u8], pc: u64) -> Option<Known> {
    let digits: String = code.concat().split_whitespace().collect();
    let digits: Vec<_> = digits.chars().collect();
    let byte = |pair: &[char]| u8::from_str_radix(&String::from_iter(pair), 16).unwrap();
    let mut bytes: Vec<_> = digits.chunks(2).map(byte).collect();
    let size = bytes.len();
    bytes.extend(data);
    let memory = Bytes(bytes);
    let flow = Flow {
        code: decode(0, &memory.0[..size]).unwrap(),
        entry: 0,
        is_kernel: false,
        kernel: KernelJumps::default(),
    };
    flow.known_at(&memory, pc, false)
}

/// The registers and places in the frame that hold `size` bytes of what a register held at entry.
fn copies(known: &Known, of: Register, size: usize) -> (Vec<Register>, Vec<i64>) {
    let is_copy = |held: Held| held.origin == Origin::Entry(of) && held.size >= size;
    let registers = known.state.registers().filter(|(_, held)| is_copy(*held));
    let is_kept = |at: &i64| known.kept.get(at).is_some_and(|kept| *kept >= size);
    let slots = known
        .state
        .slots()
        .filter(|(at, held)| is_copy(*held) && is_kept(at));
    (
        registers.map(|(register, _)| register).collect(),
        slots.map(|(at, _)| at).collect(),
    )
}

#[test]
fn half_of_an_argument_is_in_a_register() {
    let code = [
        "53",             //  0 push %rbx
        "89 f3",          //  1 mov %esi, %ebx
        "85 ff",          //  3 test %edi, %edi
        "74 05",          //  5 je c
        "e8 07 00 00 00", //  7 call 13
        "e8 02 00 00 00", //  c call 13
        "5b",             // 11 pop %rbx
        "c3",             // 12 ret
    ];
    let at_first = known(&code, &[], 0xc).unwrap();
    assert_eq!(copies(&at_first, RSI, 4).0, [RBX, RSI]);
    assert_eq!(copies(&at_first, RSI, 8).0, [RSI]);
    // Which the first call may have changed.
    let at_second = known(&code, &[], 0x11).unwrap();
    assert_eq!(copies(&at_second, RSI, 4).0, [RBX]);
    assert!(copies(&at_second, RSI, 8).0.is_empty());
    assert_eq!(at_second.state.depth(), Some(-16));
}

#[test]
fn what_one_way_changes_is_not_known() {
    let code = [
        "53",             //  0 push %rbx
        "48 89 f3",       //  1 mov %rsi, %rbx
        "85 ff",          //  4 test %edi, %edi
        "74 03",          //  6 je b
        "48 ff c3",       //  8 inc %rbx
        "e8 02 00 00 00", //  b call 12
        "5b",             // 10 pop %rbx
        "c3",             // 11 ret
    ];
    assert_eq!(copies(&known(&code, &[], 0x10).unwrap(), RSI, 8).0, [RSI]);
}

#[test]
fn what_is_copied_again_and_again_is_not_what_was_passed() {
    let code = [
        "55",             //  0 push %rbp
        "53",             //  1 push %rbx
        "50",             //  2 push %rax
        "48 89 fb",       //  3 mov %rdi, %rbx
        "48 89 fd",       //  6 mov %rdi, %rbp
        "e8 0b 00 00 00", //  9 call 19
        "48 89 c7",       //  e mov %rax, %rdi
        "85 c0",          // 11 test %eax, %eax
        "75 f1",          // 13 jne 6
        "5a",             // 15 pop %rdx
        "5b",             // 16 pop %rbx
        "5d",             // 17 pop %rbp
        "c3",             // 18 ret
    ];
    let known = known(&code, &[], 0xe).unwrap();
    assert_eq!(copies(&known, RDI, 8).0, [RBX]);
    // But it is the same as what is passed on.
    let passed = known.state.register(RDI).unwrap();
    assert_eq!(known.state.register(RBP), Some(passed));
    assert_eq!(passed.origin, Origin::Seen(4));
}

#[test]
fn an_argument_is_in_the_frame() {
    let code = [
        "48 83 ec 18",    //  0 sub $0x18, %rsp
        "89 74 24 0c",    //  4 mov %esi, 0xc(%rsp)
        "e8 09 00 00 00", //  8 call 16
        "8b 44 24 0c",    //  d mov 0xc(%rsp), %eax
        "48 83 c4 18",    // 11 add $0x18, %rsp
        "c3",             // 15 ret
    ];
    let known = known(&code, &[], 0xd).unwrap();
    assert_eq!(copies(&known, RSI, 4).1, [-0x14]);
    assert!(copies(&known, RSI, 8).1.is_empty());
}

#[test]
fn what_is_called_may_write_to_its_arguments() {
    let code = [
        "48 83 ec 18",    //  0 sub $0x18, %rsp
        "48 89 34 24",    //  4 mov %rsi, (%rsp)
        "e8 05 00 00 00", //  8 call 12
        "48 83 c4 18",    //  d add $0x18, %rsp
        "c3",             // 11 ret
    ];
    assert!(
        copies(&known(&code, &[], 0xd).unwrap(), RSI, 8)
            .1
            .is_empty()
    );
}

#[test]
fn what_is_called_may_write_where_an_address_leads() {
    let code = [
        "48 83 ec 18",    //  0 sub $0x18, %rsp
        "89 74 24 0c",    //  4 mov %esi, 0xc(%rsp)
        "48 8d 7c 24 08", //  8 lea 0x8(%rsp), %rdi
        "e8 09 00 00 00", //  d call 1b
        "8b 44 24 0c",    // 12 mov 0xc(%rsp), %eax
        "48 83 c4 18",    // 16 add $0x18, %rsp
        "c3",             // 1a ret
    ];
    let known = known(&code, &[], 0x12).unwrap();
    assert_eq!(copies(&known, RSI, 4), (vec![RSI], vec![]));
}

#[test]
fn a_table_says_where_jumps_lead() {
    let code = [
        "53",                   //  0 push %rbx
        "48 89 f3",             //  1 mov %rsi, %rbx
        "83 ff 01",             //  4 cmp $1, %edi
        "77 18",                //  7 ja 21
        "48 8d 15 14 00 00 00", //  9 lea 0x24(%rip), %rdx
        "48 63 04 ba",          // 10 movslq (%rdx, %rdi, 4), %rax
        "48 01 d0",             // 14 add %rdx, %rax
        "ff e0",                // 17 jmp *%rax
        "48 ff c3",             // 19 inc %rbx
        "e8 0b 00 00 00",       // 1c call 2c
        "5b",                   // 21 pop %rbx
        "c3",                   // 22 ret
        "90",                   // 23 nop
    ];
    let entry = |target: i32| (target - 0x24).to_le_bytes();
    let both = [entry(0x19), entry(0x1c), [0x7f; 4]].concat();
    assert_eq!(copies(&known(&code, &both, 0x21).unwrap(), RSI, 8).0, [RSI]);
    // If nothing leads to a part of the function, not all is known that does.
    let one = [entry(0x1c), [0x7f; 4]].concat();
    assert!(known(&code, &one, 0x21).is_none());
    let without_change = code.map(|line| if line == "48 ff c3" { "0f 1f 00" } else { line });
    let known = known(&without_change, &both, 0x21).unwrap();
    assert_eq!(copies(&known, RSI, 8).0, [RBX, RSI]);
}

#[test]
fn a_jump_to_anywhere_ends_the_search() {
    let code = [
        "53",             //  0 push %rbx
        "48 89 f3",       //  1 mov %rsi, %rbx
        "ff e7",          //  4 jmp *%rdi
        "e8 02 00 00 00", //  6 call d
        "5b",             //  b pop %rbx
        "c3",             //  c ret
    ];
    assert!(known(&code, &[], 0xb).is_none());
}

#[test]
fn what_is_passed_is_in_the_frame() {
    let code = [
        "48 83 ec 18",    //  0 sub $0x18, %rsp
        "89 44 24 0c",    //  4 mov %eax, 0xc(%rsp)
        "e8 0d 00 00 00", //  8 call 1a
        "8b 7c 24 0c",    //  d mov 0xc(%rsp), %edi
        "e8 04 00 00 00", // 11 call 1a
        "48 83 c4 18",    // 16 add $0x18, %rsp
        "c3",             // 19 ret
    ];
    let known = known(&code, &[], 0x16).unwrap();
    // It returned in RAX, and is not what was there at entry for all that the code tells.
    assert_eq!(known.state.register(RAX), None);
    let passed = known.state.register(RDI).unwrap();
    assert_eq!((passed.origin, passed.size), (Origin::Entry(RAX), 4));
    assert!(
        known
            .state
            .slots()
            .any(|(at, held)| at == -0x14 && held == passed)
    );
}
