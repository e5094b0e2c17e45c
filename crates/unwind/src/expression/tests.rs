use super::opcode as op;
use super::*;
use crate::Unreadable;
use proptest::prelude::*;
use spelunk_base::ByteOrder;

/// Registers hold 0x1000 times their number; memory at `a` holds the low byte of `a`.
struct Machine;

impl Environment for Machine {
    fn register(&self, register: DwarfRegister) -> Result<u128, ExpressionError> {
        match register.0 {
            0..=31 => Ok(u128::from(register.0) * 0x1000),
            _ => Err(ExpressionError::UnknownRegister(register)),
        }
    }

    fn memory(&self, address: u64, buffer: &mut [u8]) -> Result<(), ExpressionError> {
        if address >= 0xffff_0000 {
            return Err(Unreadable { address }.into());
        }
        for (offset, byte) in (0..).zip(buffer) {
            *byte = address.wrapping_add(offset) as u8;
        }
        Ok(())
    }

    fn relocate(&self, address: u64) -> u64 {
        address.wrapping_add(0x10_0000)
    }

    fn frame_base(&self) -> Result<u64, ExpressionError> {
        Ok(0x7000)
    }

    fn cfa(&self) -> Result<u64, ExpressionError> {
        Ok(0x8000)
    }

    fn address_at(&self, index: u64) -> Result<u64, ExpressionError> {
        Ok(index.wrapping_mul(0x100))
    }

    fn thread_local(&self, offset: u64) -> Result<u64, ExpressionError> {
        Ok(offset.wrapping_add(0x9000))
    }

    fn entry_value(&self, expression: &[u8]) -> Result<Value, ExpressionError> {
        assert_eq!(expression, [op::REG0 + 5]);
        Ok(Value::generic(0x55, 64))
    }

    /// The DIE at 1 is called and adds 1; the DIE at 2 calls itself; others have no location.
    fn call(&self, die: DieReference) -> Result<Option<std::sync::Arc<[u8]>>, ExpressionError> {
        Ok(match die {
            DieReference::Unit(1) => Some([op::LIT0 + 1, op::PLUS][..].into()),
            DieReference::Unit(2) => Some([op::CALL2, 2, 0][..].into()),
            _ => None,
        })
    }

    /// 1: int, 2: unsigned char, 3: float, 4: double, 5: unsigned __int128, 6: _Decimal64, 7: one bit.
    fn base_type(&self, offset: u64) -> Result<BaseType, ExpressionError> {
        let (kind, bit_size) = match offset {
            1 => (BaseKind::Signed, 32),
            2 => (BaseKind::Unsigned, 8),
            3 => (BaseKind::Float, 32),
            4 => (BaseKind::Float, 64),
            5 => (BaseKind::Unsigned, 128),
            6 => (BaseKind::Other, 64),
            7 => (BaseKind::Unsigned, 1),
            _ => return Err(ExpressionError::Missing("base type")),
        };
        Ok(BaseType { kind, bit_size })
    }

    fn object_address(&self) -> Result<u64, ExpressionError> {
        Ok(0xa000)
    }

    /// Space 7 starts at 1, there is no space 8.
    fn flat_address(&self, space: u64, address: u64) -> Result<u64, ExpressionError> {
        match space {
            8 => Err(ExpressionError::Missing("address space")),
            _ => Ok(address + space / 7),
        }
    }
}

fn encoding(address_size: u8) -> Encoding {
    Encoding {
        byte_order: ByteOrder::Little,
        address_size,
        offset_size: 4,
        version: 5,
    }
}

fn locate(bytes: &[u8]) -> Result<Location, ExpressionError> {
    evaluate(bytes, encoding(8), &Machine)
}

/// What is on top of the stack in the end.
fn number(bytes: &[u8]) -> Result<u64, ExpressionError> {
    evaluate_value(bytes, encoding(8), None, &Machine)
}

fn lit(value: u8) -> u8 {
    assert!(value < 32);
    op::LIT0 + value
}

#[test]
fn literals() {
    let cases: &[(&[u8], u64)] = &[
        (&[op::LIT31], 31),
        (&[op::CONST1U, 0xff], 0xff),
        (&[op::CONST1S, 0xff], u64::MAX),
        (&[op::CONST2U, 0xfe, 0xff], 0xfffe),
        (&[op::CONST2S, 0xfe, 0xff], (-2i64) as u64),
        (&[op::CONST4U, 1, 0, 0, 0x80], 0x8000_0001),
        (&[op::CONST4S, 1, 0, 0, 0x80], 0xffff_ffff_8000_0001),
        (
            &[op::CONST8U, 1, 2, 3, 4, 5, 6, 7, 8],
            0x0807_0605_0403_0201,
        ),
        (&[op::CONSTU, 0xb9, 0x64], 12857),
        (&[op::CONSTS, 0x80, 0x7f], (-128i64) as u64),
        (&[op::ADDR, 1, 0, 0, 0, 0, 0, 0, 0], 0x10_0001),
        (&[op::ADDRX, 3], 0x10_0300),
        (&[op::CONSTX, 3], 0x300),
    ];
    for (bytes, value) in cases {
        assert_eq!(number(bytes), Ok(*value), "{bytes:x?}");
    }
}

#[test]
fn registers_memory_and_the_frame() {
    let cases: &[(&[u8], u64)] = &[
        (&[op::BREG0 + 7, 8], 0x7008),
        (&[op::BREG31, 0x7f], 0x1efff),
        (&[op::BREGX, 20, 16], 0x14010),
        // fbreg -50, the example of DWARF 5, section 2.6.1.1.1.
        (&[op::FBREG, 0x4e], 0x7000 - 50),
        (&[op::CALL_FRAME_CFA], 0x8000),
        (&[op::PUSH_OBJECT_ADDRESS], 0xa000),
        (&[op::LIT0 + 4, op::FORM_TLS_ADDRESS], 0x9004),
        (&[op::CONST1U, 0x40, op::DEREF], 0x4746_4544_4342_4140),
        (&[op::CONST1U, 0x40, op::DEREF_SIZE, 2], 0x4140),
        (
            &[lit(0), op::CONST1U, 0x40, op::XDEREF],
            0x4746_4544_4342_4140,
        ),
        (&[lit(7), op::CONST1U, 0x40, op::XDEREF_SIZE, 2], 0x4241),
        (&[lit(0), op::CONST1U, 0x40, op::XDEREF_TYPE, 1, 2], 0x40),
        (&[op::ENTRY_VALUE, 1, op::REG0 + 5], 0x55),
        (&[op::GNU_ENTRY_VALUE, 1, op::REG0 + 5], 0x55),
        (&[lit(3), op::CALL2, 1, 0], 4),
        (&[lit(3), op::CALL4, 7, 0, 0, 0], 3),
    ];
    for (bytes, value) in cases {
        assert_eq!(number(bytes), Ok(*value), "{bytes:x?}");
    }
}

// The stack examples of DWARF 5, appendix D.1.2, with 17 on top of 29 on top of 1000.
#[test]
fn the_stack_examples_of_the_standard() {
    let start = [op::CONST2U, 0xe8, 3, lit(29), lit(17)];
    let stack = |operation: &[u8], depth: u8| {
        let tail = [op::PICK, depth];
        number(&[&start[..], operation, &tail].concat())
    };
    let expect = |operation: &[u8], values: &[u64]| {
        for (depth, value) in (0..).zip(values) {
            assert_eq!(
                stack(operation, depth),
                Ok(*value),
                "{operation:x?} {depth}"
            );
        }
        let past_the_end = stack(operation, values.len() as u8);
        assert!(matches!(
            past_the_end,
            Err(ExpressionError::StackUnderflow(_))
        ));
    };
    expect(&[op::DUP], &[17, 17, 29, 1000]);
    expect(&[op::DROP], &[29, 1000]);
    expect(&[op::PICK, 2], &[1000, 17, 29, 1000]);
    expect(&[op::OVER], &[29, 17, 29, 1000]);
    expect(&[op::SWAP], &[29, 17, 1000]);
    expect(&[op::ROT], &[29, 1000, 17]);
}

#[test]
fn arithmetic_of_the_generic_type() {
    let minus = |value: i8| [op::CONST1S, value as u8];
    let binary = |left: i8, right: i8, operation: u8| {
        number(&[&minus(left)[..], &minus(right), &[operation]].concat()).map(|value| value as i64)
    };
    assert_eq!(binary(7, -2, op::PLUS), Ok(5));
    assert_eq!(binary(7, -2, op::MINUS), Ok(9));
    assert_eq!(binary(7, -2, op::MUL), Ok(-14));
    assert_eq!(binary(-7, 2, op::DIV), Ok(-3), "division is signed");
    assert_eq!(
        binary(-1, 10, op::MOD),
        Ok((u64::MAX % 10) as i64),
        "modulo is not"
    );
    assert_eq!(binary(12, 10, op::AND), Ok(8));
    assert_eq!(binary(12, 10, op::OR), Ok(14));
    assert_eq!(binary(12, 10, op::XOR), Ok(6));
    assert_eq!(binary(-1, 60, op::SHR), Ok(15));
    assert_eq!(binary(-16, 2, op::SHRA), Ok(-4));
    assert_eq!(binary(1, 4, op::SHL), Ok(16));
    assert_eq!(binary(-16, 100, op::SHRA), Ok(-1));
    assert_eq!(binary(1, 100, op::SHL), Ok(0));
    assert_eq!(binary(1, 0, op::DIV), Err(ExpressionError::DivisionByZero));
    assert_eq!(binary(1, 0, op::MOD), Err(ExpressionError::DivisionByZero));
    for (operation, holds) in [
        (op::LT, 1),
        (op::LE, 1),
        (op::GT, 0),
        (op::GE, 0),
        (op::EQ, 0),
        (op::NE, 1),
    ] {
        assert_eq!(
            binary(-1, 1, operation),
            Ok(holds),
            "comparisons are signed"
        );
    }
    assert_eq!(number(&[op::CONST1S, 0xfe, op::ABS]), Ok(2));
    assert_eq!(number(&[lit(2), op::NEG]), Ok((-2i64) as u64));
    assert_eq!(number(&[lit(0), op::NOT]), Ok(u64::MAX));
    assert_eq!(number(&[lit(1), op::PLUS_UCONST, 0x80, 1]), Ok(129));
}

#[test]
fn the_generic_type_is_as_wide_as_an_address() {
    let number = |bytes: &[u8]| evaluate_value(bytes, encoding(4), None, &Machine);
    assert_eq!(number(&[lit(0), op::NOT]), Ok(0xffff_ffff));
    assert_eq!(
        number(&[op::CONST1S, 0xff, lit(1), op::SHR]),
        Ok(0x7fff_ffff)
    );
    assert_eq!(
        number(&[op::CONST1S, 0x80, lit(1), op::SHRA, op::ABS]),
        Ok(0x40)
    );
    assert_eq!(number(&[op::ADDR, 1, 0, 0, 0]), Ok(0x10_0001));
    assert!(number(&[lit(0), op::DEREF_SIZE, 8]).is_err());
}

#[test]
fn branches() {
    // bra over "lit1" if the top is not 0; skip likewise.
    assert_eq!(number(&[lit(9), lit(1), op::BRA, 1, 0, op::DROP]), Ok(9));
    assert_eq!(
        number(&[lit(9), lit(8), lit(0), op::BRA, 1, 0, op::DROP]),
        Ok(9)
    );
    assert_eq!(number(&[lit(9), op::SKIP, 1, 0, op::DROP]), Ok(9));
    // To the end is fine, past it or before the start is not.
    assert_eq!(number(&[lit(9), op::SKIP, 0, 0]), Ok(9));
    assert_eq!(
        number(&[lit(9), op::SKIP, 1, 0]),
        Err(ExpressionError::BadBranch(1))
    );
    assert_eq!(
        number(&[op::SKIP, 0xfc, 0xff]),
        Err(ExpressionError::BadBranch(0))
    );
    // A loop that counts 5 down to 0 ends; one that does not is ended.
    let count_down = [lit(5), lit(1), op::MINUS, op::DUP, op::BRA, 0xfa, 0xff];
    assert_eq!(number(&count_down), Ok(0));
    assert_eq!(
        number(&[op::SKIP, 0xfd, 0xff]),
        Err(ExpressionError::TooLong)
    );
    assert_eq!(number(&[op::CALL2, 2, 0]), Err(ExpressionError::TooLong));
    assert_eq!(
        number(&[lit(0), op::SKIP, 0xfc, 0xff]),
        Err(ExpressionError::StackOverflow)
    );
}

#[test]
fn typed_values() {
    // const_type float 1.5, converted to int: 1.
    let float = 1.5f32.to_le_bytes();
    let constant = [&[op::CONST_TYPE, 3, 4][..], &float].concat();
    let convert = |to: u8| number(&[&constant[..], &[op::CONVERT, to, op::STACK_VALUE]].concat());
    assert_eq!(convert(1), Ok(1));
    assert_eq!(convert(4), Ok(1.5f64.to_bits()));
    assert_eq!(convert(0), Ok(1));
    let reinterpreted = [&constant[..], &[op::REINTERPRET, 1, op::STACK_VALUE]].concat();
    assert_eq!(number(&reinterpreted), Ok(u64::from(1.5f32.to_bits())));
    let sum = [&constant[..], &constant, &[op::PLUS, op::STACK_VALUE]].concat();
    assert_eq!(number(&sum), Ok(u64::from(3f32.to_bits())));
    // unsigned char 200 + 100 wraps; int -1 is extended.
    let chars = [
        op::CONST_TYPE,
        2,
        1,
        200,
        op::CONST_TYPE,
        2,
        1,
        100,
        op::PLUS,
    ];
    assert_eq!(number(&chars), Ok(44));
    let int = [op::CONST_TYPE, 1, 4, 0xff, 0xff, 0xff, 0xff];
    assert_eq!(number(&int), Ok(u64::MAX));
    assert_eq!(number(&[&int[..], &int[..], &[op::DIV]].concat()), Ok(1));
    // regval_type and deref_type.
    assert_eq!(number(&[op::REGVAL_TYPE, 3, 2, op::CONVERT, 0]), Ok(0));
    assert_eq!(number(&[op::REGVAL_TYPE, 3, 1]), Ok(0x3000));
    assert_eq!(number(&[op::CONST1U, 0x40, op::DEREF_TYPE, 1, 2]), Ok(0x40));
    // 128 bits.
    let wide = [op::CONST1U, 0x40, op::DEREF_TYPE, 16, 5, op::STACK_VALUE];
    let Some(PieceKind::Value(value)) = locate(&wide).unwrap().as_whole().cloned() else {
        panic!("no value");
    };
    assert_eq!(value.bits(), 0x4f4e_4d4c_4b4a_4948_4746_4544_4342_4140);
    assert_eq!(value.size(), 16);
    // A bit of all that are set, as LLVM converts its `i1`.
    assert_eq!(
        number(&[
            lit(0),
            op::NOT,
            op::CONVERT,
            7,
            op::CONVERT,
            0,
            lit(1),
            op::PLUS
        ]),
        Ok(2)
    );
    // LLVM mixes integers of base types with the generic type.
    let mixed = |operation| number(&[&int[..], &[lit(1), operation]].concat());
    assert_eq!(mixed(op::PLUS), Ok(0));
    assert_eq!(mixed(op::LT), Ok(1), "int, and so signed");
    let unsigned = [op::CONST_TYPE, 2, 1, 200, lit(2)];
    let unsigned = |operation| number(&[&unsigned[..], &[operation]].concat());
    assert_eq!(unsigned(op::MUL), Ok(144), "wraps as unsigned char");
    assert_eq!(unsigned(op::LT), Ok(0));
    // What does not fit.
    let other = [&int[..], &chars[..4], &[op::PLUS]].concat();
    assert_eq!(number(&other), Err(ExpressionError::TypeMismatch));
    let float = [&constant[..], &[lit(1), op::PLUS]].concat();
    assert_eq!(number(&float), Err(ExpressionError::TypeMismatch));
    let wide = [op::CONST1U, 0x40, op::DEREF_TYPE, 16, 5, lit(1), op::PLUS];
    assert_eq!(number(&wide), Err(ExpressionError::TypeMismatch));
    assert_eq!(
        number(&[lit(1), op::REINTERPRET, 1]),
        Err(ExpressionError::TypeMismatch)
    );
    assert_eq!(
        number(&[lit(1), op::CONVERT, 6]),
        Err(ExpressionError::UnsupportedType(8))
    );
}

// DWARF 5, appendix D.1.3 and section 2.6.1.2.
#[test]
fn places_and_pieces() {
    let whole = |bytes: &[u8]| locate(bytes).unwrap().as_whole().cloned();
    assert_eq!(
        whole(&[op::REG0 + 3]),
        Some(PieceKind::Register(DwarfRegister(3)))
    );
    assert_eq!(
        whole(&[op::REGX, 54]),
        Some(PieceKind::Register(DwarfRegister(54)))
    );
    assert_eq!(whole(&[lit(9)]), Some(PieceKind::Memory(9)));
    assert_eq!(whole(&[]), Some(PieceKind::OptimizedOut));
    assert_eq!(
        whole(&[op::IMPLICIT_VALUE, 2, 7, 8]),
        Some(PieceKind::Bytes([7, 8][..].into()))
    );
    assert_eq!(
        whole(&[op::IMPLICIT_POINTER, 4, 0, 0, 0, 0x7f]),
        Some(PieceKind::ImplicitPointer(DieReference::Section(4), -1))
    );
    // reg3, 4 bytes; reg10, 2 bytes: a variable in two registers.
    let two = locate(&[op::REG0 + 3, op::PIECE, 4, op::REG0 + 10, op::PIECE, 2]).unwrap();
    assert_eq!(two.as_whole(), None);
    let sizes = two.pieces.iter().map(|piece| piece.bit_size);
    assert!(sizes.eq([Some(32), Some(16)]));
    // reg0, 4 bytes; 4 bytes lost; fbreg -12, 4 bytes; the lowest 3 bits of lit5.
    let mixed = [
        &[
            op::REG0,
            op::PIECE,
            4,
            op::PIECE,
            4,
            op::FBREG,
            0x74,
            op::PIECE,
            4,
        ][..],
        &[lit(5), op::STACK_VALUE, op::BIT_PIECE, 3, 1],
    ]
    .concat();
    let kinds: Vec<_> = locate(&mixed).unwrap().pieces;
    assert_eq!(kinds[1].kind, PieceKind::OptimizedOut);
    assert_eq!(kinds[2].kind, PieceKind::Memory(0x7000 - 12));
    assert_eq!((kinds[3].bit_size, kinds[3].bit_offset), (Some(3), 1));
    assert_eq!(kinds[3].kind, PieceKind::Value(Value::generic(5, 64)));
    assert_eq!(number(&mixed), Err(ExpressionError::NotAValue));
    assert_eq!(
        locate(&[op::REG0, lit(1)]),
        Err(ExpressionError::AfterLocation(1))
    );
}

#[test]
fn what_is_not_known_is_said() {
    assert_eq!(
        number(&[op::BREGX, 40, 0]),
        Err(ExpressionError::UnknownRegister(DwarfRegister(40)))
    );
    let unreadable = [op::CONST4U, 0, 0, 0xff, 0xff, op::DEREF];
    let error = Unreadable {
        address: 0xffff_0000,
    };
    assert_eq!(number(&unreadable), Err(ExpressionError::Memory(error)));
    assert_eq!(
        number(&[op::DEREF]),
        Err(ExpressionError::StackUnderflow(0))
    );
    assert_eq!(
        number(&[op::CONST2U, 1]),
        Err(ExpressionError::Truncated(1))
    );
    assert_eq!(
        number(&[lit(8), lit(0), op::XDEREF]),
        Err(ExpressionError::Missing("address space"))
    );
    let unknown = ExpressionError::UnknownOperation {
        opcode: 0x04,
        offset: 1,
    };
    assert_eq!(number(&[lit(1), 0x04]), Err(unknown));
    assert_eq!(
        number(&[op::GNU_PARAMETER_REF, 0, 0, 0, 0]),
        Err(ExpressionError::Missing("value of the caller's parameter"))
    );
}

#[test]
fn rules_of_rows_start_with_the_cfa() {
    let bytes = [op::PLUS_UCONST, 8];
    assert_eq!(
        evaluate_value(&bytes, encoding(8), Some(0x100), &Machine),
        Ok(0x108)
    );
}

proptest! {
    #[test]
    fn any_bytes_end(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        // Entry values assert what they are asked for; other bytes are of interest here.
        let bytes: Vec<u8> = bytes
            .into_iter()
            .filter(|byte| !matches!(*byte, op::ENTRY_VALUE | op::GNU_ENTRY_VALUE))
            .collect();
        for address_size in [1, 4, 8] {
            let _ = evaluate(&bytes, encoding(address_size), &Machine);
        }
    }

    #[test]
    fn arithmetic_is_that_of_64_bits(a: u64, b: u64) {
        let binary = |operation: u8| {
            let left = [&[op::CONST8U][..], &a.to_le_bytes()].concat();
            let right = [&[op::CONST8U][..], &b.to_le_bytes()].concat();
            number(&[&left[..], &right, &[operation]].concat())
        };
        prop_assert_eq!(binary(op::PLUS), Ok(a.wrapping_add(b)));
        prop_assert_eq!(binary(op::MINUS), Ok(a.wrapping_sub(b)));
        prop_assert_eq!(binary(op::MUL), Ok(a.wrapping_mul(b)));
        prop_assert_eq!(binary(op::LT), Ok(u64::from((a as i64) < (b as i64))));
        if b != 0 {
            prop_assert_eq!(binary(op::DIV), Ok((a as i64).wrapping_div(b as i64) as u64));
            prop_assert_eq!(binary(op::MOD), Ok(a % b));
        }
    }
}
