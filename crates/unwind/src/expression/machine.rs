use super::opcode as op;
use super::value::{Binary, Shift, Unary};
use super::{
    BaseType, DieReference, DwarfRegister, Encoding, Environment, ExpressionError, Location, Piece,
    PieceKind, Value,
};
use spelunk_base::{Cursor, Truncated};
use std::cmp::Ordering;

/// No compiler comes near any of these; damaged expressions must stop.
const MAX_STACK: usize = 1024;
const MAX_STEPS: u32 = 100_000;
const MAX_PIECES: usize = 4096;
const MAX_CALLS: u32 = 32;

/// The state of an evaluation, which may run over several expressions that call each other.
pub(super) struct Machine<'e> {
    encoding: Encoding,
    environment: &'e dyn Environment,
    stack: Vec<Value>,
    pieces: Vec<Piece>,
    /// A complete location that no piece operation has taken yet.
    place: Option<PieceKind>,
    steps: u32,
    calls: u32,
}

/// One expression being run.
struct Code<'c> {
    cursor: Cursor<'c>,
    len: usize,
    /// Where the current operation stands.
    start: usize,
}

impl From<Truncated> for ExpressionError {
    fn from(error: Truncated) -> Self {
        Self::Truncated(error.offset)
    }
}

impl<'e> Machine<'e> {
    pub(super) fn new(encoding: Encoding, environment: &'e dyn Environment) -> Self {
        Self {
            encoding,
            environment,
            stack: Vec::new(),
            pieces: Vec::new(),
            place: None,
            steps: 0,
            calls: 0,
        }
    }

    /// The location that the expressions run so far describe.
    pub(super) fn into_location(mut self) -> Result<Location, ExpressionError> {
        if !self.pieces.is_empty() {
            return Ok(Location {
                pieces: self.pieces,
            });
        }
        let place = self.take_place()?;
        Ok(Location::whole(place))
    }

    /// What the expressions run so far computed.
    pub(super) fn into_computed(mut self) -> Result<PieceKind, ExpressionError> {
        if !self.pieces.is_empty() {
            return Err(ExpressionError::NotAValue);
        }
        if let Some(place) = self.place.take() {
            return Ok(place);
        }
        let value = self.stack.pop().ok_or(ExpressionError::NotAValue)?;
        Ok(PieceKind::Value(if value.is_integral() {
            Value::generic(value.to_u64(), self.encoding.generic_bits())
        } else {
            value
        }))
    }

    pub(super) fn run(&mut self, expression: &[u8]) -> Result<(), ExpressionError> {
        let mut code = Code {
            cursor: Cursor::new(expression, self.encoding.byte_order),
            len: expression.len(),
            start: 0,
        };
        while !code.cursor.is_empty() {
            self.steps += 1;
            if self.steps > MAX_STEPS {
                return Err(ExpressionError::TooLong);
            }
            code.start = code.cursor.position();
            let opcode = code.cursor.u8()?;
            let ends_place = matches!(opcode, op::PIECE | op::BIT_PIECE | op::NOP | op::GNU_UNINIT);
            if self.place.is_some() && !ends_place {
                return Err(ExpressionError::AfterLocation(code.start));
            }
            self.execute(opcode, &mut code)?;
        }
        Ok(())
    }

    fn execute(&mut self, opcode: u8, code: &mut Code<'_>) -> Result<(), ExpressionError> {
        match opcode {
            op::ADDR..=op::CONSTS
            | op::LIT0..=op::LIT31
            | op::BREG0..=op::BREG31
            | op::FBREG
            | op::BREGX
            | op::PUSH_OBJECT_ADDRESS
            | op::FORM_TLS_ADDRESS
            | op::GNU_PUSH_TLS_ADDRESS
            | op::CALL_FRAME_CFA
            | op::ADDRX
            | op::CONSTX
            | op::GNU_ADDR_INDEX
            | op::GNU_CONST_INDEX
            | op::XDEREF
            | op::DEREF_SIZE
            | op::XDEREF_SIZE => self.push_number(opcode, code),
            op::DUP..=op::ROT => self.shuffle(opcode, code),
            op::ABS..=op::NE | op::SKIP => self.compute(opcode, code),
            op::REG0..=op::REG31
            | op::REGX
            | op::PIECE
            | op::BIT_PIECE
            | op::IMPLICIT_VALUE
            | op::STACK_VALUE
            | op::IMPLICIT_POINTER
            | op::GNU_IMPLICIT_POINTER => self.describe(opcode, code),
            op::CALL2 | op::CALL4 | op::CALL_REF => self.call(opcode, code),
            op::NOP | op::GNU_UNINIT => Ok(()),
            _ => self.push_typed(opcode, code),
        }
    }

    /// Operations that push a number of the generic type.
    fn push_number(&mut self, opcode: u8, code: &mut Code<'_>) -> Result<(), ExpressionError> {
        let cursor = &mut code.cursor;
        let address_size = usize::from(self.encoding.address_size);
        let value = match opcode {
            op::ADDR => self.environment.relocate(cursor.uint(address_size)?),
            op::DEREF | op::XDEREF => {
                let address = self.pop_place(opcode == op::XDEREF, code)?;
                return self.dereference(address, address_size, None);
            }
            op::DEREF_SIZE | op::XDEREF_SIZE => {
                let size = usize::from(cursor.u8()?);
                if size == 0 || size > address_size {
                    return Err(ExpressionError::UnsupportedType(size as u64));
                }
                let address = self.pop_place(opcode == op::XDEREF_SIZE, code)?;
                return self.dereference(address, size, None);
            }
            op::CONST1U => u64::from(cursor.u8()?),
            op::CONST1S => i64::from(cursor.u8()?.cast_signed()).cast_unsigned(),
            op::CONST2U => u64::from(cursor.u16()?),
            op::CONST2S => i64::from(cursor.u16()?.cast_signed()).cast_unsigned(),
            op::CONST4U => u64::from(cursor.u32()?),
            op::CONST4S => i64::from(cursor.u32()?.cast_signed()).cast_unsigned(),
            op::CONST8U | op::CONST8S => cursor.u64()?,
            op::CONSTU => cursor.uleb128()?,
            op::CONSTS => cursor.sleb128()?.cast_unsigned(),
            op::LIT0..=op::LIT31 => u64::from(opcode - op::LIT0),
            op::BREG0..=op::BREG31 => {
                let offset = cursor.sleb128()?;
                self.register_plus(u64::from(opcode - op::BREG0), offset)?
            }
            op::BREGX => {
                let register = cursor.uleb128()?;
                let offset = cursor.sleb128()?;
                self.register_plus(register, offset)?
            }
            op::FBREG => {
                let offset = cursor.sleb128()?;
                self.environment.frame_base()?.wrapping_add_signed(offset)
            }
            op::CALL_FRAME_CFA => self.environment.cfa()?,
            op::PUSH_OBJECT_ADDRESS => self.environment.object_address()?,
            op::FORM_TLS_ADDRESS | op::GNU_PUSH_TLS_ADDRESS => {
                let offset = self.pop_address(code)?;
                self.environment.thread_local(offset)?
            }
            op::ADDRX | op::GNU_ADDR_INDEX => {
                let address = self.environment.address_at(cursor.uleb128()?)?;
                self.environment.relocate(address)
            }
            op::CONSTX | op::GNU_CONST_INDEX => self.environment.address_at(cursor.uleb128()?)?,
            _ => return Err(code.unknown(opcode)),
        };
        self.push_generic(value)
    }

    /// Operations that move what is on the stack.
    fn shuffle(&mut self, opcode: u8, code: &mut Code<'_>) -> Result<(), ExpressionError> {
        match opcode {
            op::DUP => self.push(self.peek(0, code)?),
            op::DROP => self.pop(code).map(drop),
            op::OVER => self.push(self.peek(1, code)?),
            op::PICK => {
                let index = usize::from(code.cursor.u8()?);
                self.push(self.peek(index, code)?)
            }
            op::SWAP => {
                let (a, b) = (self.pop(code)?, self.pop(code)?);
                self.push(a)?;
                self.push(b)
            }
            op::ROT => {
                let (a, b, c) = (self.pop(code)?, self.pop(code)?, self.pop(code)?);
                self.push(a)?;
                self.push(c)?;
                self.push(b)
            }
            _ => Err(code.unknown(opcode)),
        }
    }

    /// Arithmetic, comparisons and branches.
    fn compute(&mut self, opcode: u8, code: &mut Code<'_>) -> Result<(), ExpressionError> {
        let binary = match opcode {
            op::AND => Binary::And,
            op::DIV => Binary::Divide,
            op::MINUS => Binary::Subtract,
            op::MOD => Binary::Modulo,
            op::MUL => Binary::Multiply,
            op::OR => Binary::Or,
            op::PLUS => Binary::Add,
            op::XOR => Binary::Xor,
            op::ABS => return self.unary(Unary::Absolute, code),
            op::NEG => return self.unary(Unary::Negate, code),
            op::NOT => return self.unary(Unary::Not, code),
            op::SHL => return self.shift(Shift::Left, code),
            op::SHR => return self.shift(Shift::Right, code),
            op::SHRA => return self.shift(Shift::ArithmeticRight, code),
            op::PLUS_UCONST => {
                let addend = u128::from(code.cursor.uleb128()?);
                let value = self.pop(code)?;
                let addend = value.of_same_type(addend);
                return self.push(value.binary(Binary::Add, addend)?);
            }
            op::EQ => return self.compare(code, Ordering::is_eq),
            op::GE => return self.compare(code, Ordering::is_ge),
            op::GT => return self.compare(code, Ordering::is_gt),
            op::LE => return self.compare(code, Ordering::is_le),
            op::LT => return self.compare(code, Ordering::is_lt),
            op::NE => return self.compare(code, Ordering::is_ne),
            op::SKIP => {
                let distance = code.cursor.u16()?.cast_signed();
                return code.branch(distance);
            }
            op::BRA => {
                let distance = code.cursor.u16()?.cast_signed();
                if self.pop(code)?.is_zero() {
                    return Ok(());
                }
                return code.branch(distance);
            }
            _ => return Err(code.unknown(opcode)),
        };
        let (right, left) = (self.pop(code)?, self.pop(code)?);
        self.push(left.binary(binary, right)?)
    }

    fn unary(&mut self, operation: Unary, code: &Code<'_>) -> Result<(), ExpressionError> {
        let value = self.pop(code)?;
        self.push(value.unary(operation)?)
    }

    fn shift(&mut self, shift: Shift, code: &Code<'_>) -> Result<(), ExpressionError> {
        let (count, value) = (self.pop(code)?, self.pop(code)?);
        self.push(value.shift(shift, count)?)
    }

    fn compare(
        &mut self,
        code: &Code<'_>,
        holds: impl Fn(Ordering) -> bool,
    ) -> Result<(), ExpressionError> {
        let (right, left) = (self.pop(code)?, self.pop(code)?);
        // What is not a number is not equal to anything, itself included.
        let result = match left.compare(right)? {
            Some(order) => holds(order),
            None => holds(Ordering::Less) && holds(Ordering::Greater),
        };
        self.push_generic(u64::from(result))
    }

    /// Operations that describe a place instead of computing.
    fn describe(&mut self, opcode: u8, code: &mut Code<'_>) -> Result<(), ExpressionError> {
        let cursor = &mut code.cursor;
        let place = match opcode {
            op::REG0..=op::REG31 => {
                PieceKind::Register(DwarfRegister(u64::from(opcode - op::REG0)))
            }
            op::REGX => PieceKind::Register(DwarfRegister(cursor.uleb128()?)),
            op::IMPLICIT_VALUE => PieceKind::Bytes(code.block()?.into()),
            op::STACK_VALUE => PieceKind::Value(self.pop(code)?),
            op::IMPLICIT_POINTER | op::GNU_IMPLICIT_POINTER => {
                let die = cursor.uint(self.encoding.reference_size())?;
                let offset = cursor.sleb128()?;
                PieceKind::ImplicitPointer(DieReference::Section(die), offset)
            }
            op::PIECE => {
                let bits = cursor.uleb128()?.saturating_mul(8);
                return self.push_piece(bits, 0);
            }
            op::BIT_PIECE => {
                let bits = cursor.uleb128()?;
                let offset = cursor.uleb128()?;
                return self.push_piece(bits, offset);
            }
            _ => return Err(code.unknown(opcode)),
        };
        self.place = Some(place);
        Ok(())
    }

    fn call(&mut self, opcode: u8, code: &mut Code<'_>) -> Result<(), ExpressionError> {
        let die = match opcode {
            op::CALL2 => DieReference::Unit(u64::from(code.cursor.u16()?)),
            op::CALL4 => DieReference::Unit(u64::from(code.cursor.u32()?)),
            _ => DieReference::Section(code.cursor.uint(self.encoding.reference_size())?),
        };
        let Some(expression) = self.environment.call(die)? else {
            return Ok(());
        };
        self.calls += 1;
        if self.calls > MAX_CALLS {
            return Err(ExpressionError::TooLong);
        }
        self.run(&expression)?;
        self.calls -= 1;
        Ok(())
    }

    /// Operations of typed values, and those that ask for a value elsewhere.
    fn push_typed(&mut self, opcode: u8, code: &mut Code<'_>) -> Result<(), ExpressionError> {
        let value = match opcode {
            op::CONST_TYPE | op::GNU_CONST_TYPE => {
                let ty = code.cursor.uleb128()?;
                let size = usize::from(code.cursor.u8()?);
                let bytes = code.cursor.bytes(size)?;
                Value::typed(self.environment.base_type(ty)?, self.bits_of(bytes)?)?
            }
            op::REGVAL_TYPE | op::GNU_REGVAL_TYPE => {
                let register = DwarfRegister(code.cursor.uleb128()?);
                let ty = self.environment.base_type(code.cursor.uleb128()?)?;
                Value::typed(ty, self.environment.register(register)?)?
            }
            op::DEREF_TYPE | op::XDEREF_TYPE | op::GNU_DEREF_TYPE => {
                let size = usize::from(code.cursor.u8()?);
                let ty = self.environment.base_type(code.cursor.uleb128()?)?;
                let address = self.pop_place(opcode == op::XDEREF_TYPE, code)?;
                return self.dereference(address, size, Some(ty));
            }
            op::CONVERT | op::GNU_CONVERT => {
                let ty = self.type_operand(code)?;
                self.pop(code)?.convert(ty, self.encoding.generic_bits())?
            }
            op::REINTERPRET | op::GNU_REINTERPRET => {
                let ty = self.type_operand(code)?;
                self.pop(code)?
                    .reinterpret(ty, self.encoding.generic_bits())?
            }
            op::ENTRY_VALUE | op::GNU_ENTRY_VALUE => self.environment.entry_value(code.block()?)?,
            op::GNU_PARAMETER_REF => {
                let die = DieReference::Unit(u64::from(code.cursor.u32()?));
                self.environment.parameter(die)?
            }
            op::GNU_VARIABLE_VALUE => {
                let offset = code.cursor.uint(self.encoding.reference_size())?;
                self.environment.variable(DieReference::Section(offset))?
            }
            _ => return Err(code.unknown(opcode)),
        };
        self.push(value)
    }

    /// The type that a conversion names; offset 0 stands for the generic type.
    fn type_operand(&self, code: &mut Code<'_>) -> Result<Option<BaseType>, ExpressionError> {
        match code.cursor.uleb128()? {
            0 => Ok(None),
            offset => self.environment.base_type(offset).map(Some),
        }
    }

    fn dereference(
        &mut self,
        address: u64,
        size: usize,
        ty: Option<BaseType>,
    ) -> Result<(), ExpressionError> {
        let mut bytes = [0; 16];
        let buffer = bytes
            .get_mut(..size)
            .ok_or(ExpressionError::UnsupportedType(size as u64))?;
        self.environment.memory(address, buffer)?;
        let bits = self.bits_of(buffer)?;
        self.push(match ty {
            Some(ty) => Value::typed(ty, bits)?,
            #[expect(clippy::cast_possible_truncation, reason = "an address is no wider")]
            None => Value::generic(bits as u64, self.encoding.generic_bits()),
        })
    }

    /// The integer in up to 16 bytes.
    fn bits_of(&self, bytes: &[u8]) -> Result<u128, ExpressionError> {
        if bytes.len() > 16 {
            return Err(ExpressionError::UnsupportedType(bytes.len() as u64));
        }
        let fold = |bits: u128, byte: &u8| bits << 8 | u128::from(*byte);
        Ok(match self.encoding.byte_order {
            spelunk_base::ByteOrder::Little => bytes.iter().rev().fold(0, fold),
            spelunk_base::ByteOrder::Big => bytes.iter().fold(0, fold),
        })
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "an address has no more bits"
    )]
    fn register_plus(&self, register: u64, offset: i64) -> Result<u64, ExpressionError> {
        let value = self.environment.register(DwarfRegister(register))?;
        Ok((value as u64).wrapping_add_signed(offset))
    }

    fn push_piece(&mut self, bit_size: u64, bit_offset: u64) -> Result<(), ExpressionError> {
        if self.pieces.len() >= MAX_PIECES {
            return Err(ExpressionError::TooManyPieces);
        }
        let kind = self.take_place()?;
        self.pieces.push(Piece {
            bit_size: Some(bit_size),
            bit_offset,
            kind,
        });
        Ok(())
    }

    /// The place that was described last: what stands on the stack is an address, and nothing is
    /// an object that was optimized out.
    fn take_place(&mut self) -> Result<PieceKind, ExpressionError> {
        if let Some(place) = self.place.take() {
            return Ok(place);
        }
        match self.stack.pop() {
            Some(value) if value.is_integral() => Ok(PieceKind::Memory(value.to_u64())),
            Some(_) => Err(ExpressionError::TypeMismatch),
            None => Ok(PieceKind::OptimizedOut),
        }
    }

    pub(super) fn push_generic(&mut self, value: u64) -> Result<(), ExpressionError> {
        self.push(Value::generic(value, self.encoding.generic_bits()))
    }

    fn push(&mut self, value: Value) -> Result<(), ExpressionError> {
        if self.stack.len() >= MAX_STACK {
            return Err(ExpressionError::StackOverflow);
        }
        self.stack.push(value);
        Ok(())
    }

    fn pop(&mut self, code: &Code<'_>) -> Result<Value, ExpressionError> {
        self.stack
            .pop()
            .ok_or(ExpressionError::StackUnderflow(code.start))
    }

    fn pop_address(&mut self, code: &Code<'_>) -> Result<u64, ExpressionError> {
        let value = self.pop(code)?;
        if value.is_integral() {
            Ok(value.to_u64())
        } else {
            Err(ExpressionError::TypeMismatch)
        }
    }

    /// The address on top of the stack; below it is its address space if it `has_space`.
    fn pop_place(&mut self, has_space: bool, code: &Code<'_>) -> Result<u64, ExpressionError> {
        let address = self.pop_address(code)?;
        if !has_space {
            return Ok(address);
        }
        let space = self.pop_address(code)?;
        self.environment.flat_address(space, address)
    }

    /// The value `depth` below the top of the stack.
    fn peek(&self, depth: usize, code: &Code<'_>) -> Result<Value, ExpressionError> {
        let mut values = self.stack.iter().rev();
        let value = values.nth(depth);
        value
            .copied()
            .ok_or(ExpressionError::StackUnderflow(code.start))
    }
}

impl<'c> Code<'c> {
    /// A block of bytes with its length before it.
    fn block(&mut self) -> Result<&'c [u8], ExpressionError> {
        let len = self.cursor.uleb128()?;
        let len = usize::try_from(len).map_err(|_| ExpressionError::Truncated(self.start))?;
        Ok(self.cursor.bytes(len)?)
    }

    fn branch(&mut self, distance: i16) -> Result<(), ExpressionError> {
        let position = self.cursor.position();
        let target = position.checked_add_signed(isize::from(distance));
        match target {
            Some(target) if target <= self.len => {
                self.cursor.seek(target);
                Ok(())
            }
            _ => Err(ExpressionError::BadBranch(self.start)),
        }
    }

    fn unknown(&self, opcode: u8) -> ExpressionError {
        ExpressionError::UnknownOperation {
            opcode,
            offset: self.start,
        }
    }
}
