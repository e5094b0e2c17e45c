use crate::{Error, Program, Result, Symbol};
use spelunk_base::arch::Register;
use spelunk_object::Object;
use spelunk_unwind::Registers;
use std::fmt;
use std::sync::Arc;

/// A call, or a function inlined into one.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Its index in the trace.
    pub index: usize,
    pub(super) registers: Arc<Registers>,
    pub(super) function: Option<Box<str>>,
    pub(super) is_inline: bool,
    pub(super) interrupted: bool,
    pub(super) source: Option<SourceLocation>,
}

/// A place in source code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceLocation {
    /// The function, where it is known.
    pub function: Option<Box<str>>,
    /// The file, relative to where the compiler ran.
    pub filename: Box<str>,
    /// The line; 0 if it is not known.
    pub line: u64,
    /// The column; 0 if it is not known.
    pub column: u64,
}

impl fmt::Display for SourceLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(function) = &self.function {
            write!(f, "{function} at ")?;
        }
        f.write_str(&self.place())
    }
}

impl SourceLocation {
    /// `file:line:column`, without what is not known.
    #[must_use]
    pub fn place(&self) -> String {
        match (self.line, self.column) {
            (0, _) => self.filename.to_string(),
            (line, 0) => format!("{}:{line}", self.filename),
            (line, column) => format!("{}:{line}:{column}", self.filename),
        }
    }
}

impl Frame {
    /// The function in the source code, if debugging information tells it.
    #[must_use]
    pub fn function_name(&self) -> Option<&str> {
        self.function.as_deref()
    }

    /// The best name there is: the function's, the symbol's, the program counter, or `???`.
    #[must_use]
    pub fn name(&self, program: &Program) -> String {
        if let Some(function) = &self.function {
            return function.to_string();
        }
        if let Ok(symbol) = self.symbol(program) {
            return symbol.name.to_string();
        }
        self.pc().map_or("???".into(), |pc| format!("{pc:#x}"))
    }

    /// Whether this is a function inlined into the next frame.
    #[must_use]
    pub fn is_inline(&self) -> bool {
        self.is_inline
    }

    /// Whether the frame was interrupted at exactly its program counter, and did not call.
    #[must_use]
    pub fn interrupted(&self) -> bool {
        self.interrupted
    }

    /// The program counter, if it is known.
    #[must_use]
    pub fn pc(&self) -> Option<u64> {
        self.registers.pc()
    }

    /// The stack pointer, if it is known.
    #[must_use]
    pub fn sp(&self) -> Option<u64> {
        self.registers.sp()
    }

    /// An address in the instruction that the frame is at: the program counter, or the byte before
    /// it where that is a return address.
    #[must_use]
    pub fn lookup_address(&self) -> Option<u64> {
        let pc = self.pc()?;
        Some(if self.interrupted {
            pc
        } else {
            pc.wrapping_sub(1)
        })
    }

    /// The symbol that the frame is in.
    ///
    /// # Errors
    ///
    /// A lookup error if there is none.
    pub fn symbol(&self, program: &Program) -> Result<Symbol> {
        let address = self
            .lookup_address()
            .ok_or_else(|| Error::lookup("program counter is not known at stack frame"))?;
        program.symbol_by_address(address)
    }

    /// The place in the source code.
    ///
    /// # Errors
    ///
    /// A lookup error if it is not known.
    pub fn source(&self) -> Result<&SourceLocation> {
        self.source
            .as_ref()
            .ok_or_else(|| Error::lookup("source code location not available"))
    }

    /// The registers.
    #[must_use]
    pub fn registers(&self) -> &Registers {
        &self.registers
    }

    /// The known registers by their names, in the architecture's order.
    pub fn register_values(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let arch = self.registers.arch();
        self.registers.iter().filter_map(|(register, value)| {
            let info = arch.registers.get(usize::from(register.0))?;
            Some((*info.names.first()?, value))
        })
    }

    /// The register called `name`.
    ///
    /// # Errors
    ///
    /// A value error if the architecture has no such register; a lookup error if it is not known
    /// in this frame.
    pub fn register(&self, name: &str) -> Result<u64> {
        let registers = self.registers.arch().registers;
        let index = registers
            .iter()
            .position(|info| info.names.contains(&name))
            .and_then(|index| u8::try_from(index).ok())
            .ok_or_else(|| Error::value(format!("unknown register '{name}'")))?;
        self.registers
            .get(Register(index))
            .ok_or_else(|| Error::lookup("register value is not known"))
    }

    /// The names of the variables and parameters in scope, the innermost block's first.
    ///
    /// # Errors
    ///
    /// If debugging information is damaged.
    pub fn locals(&self, program: &Program) -> Result<Vec<String>> {
        let _ = program;
        Err(Error::not_implemented("variables are not there yet"))
    }

    /// The object called `name` in the scope of this frame: a local variable or parameter, else
    /// whatever the program has under that name.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::ObjectNotFound`](crate::ErrorKind::ObjectNotFound) if there is none.
    pub fn get(&self, program: &Program, name: &str) -> Result<Object> {
        let _ = (program, name);
        Err(Error::not_implemented("variables are not there yet"))
    }

    /// Whether [`get`](Self::get) finds `name`.
    ///
    /// # Errors
    ///
    /// If debugging information is damaged.
    pub fn contains(&self, program: &Program, name: &str) -> Result<bool> {
        let _ = (program, name);
        Err(Error::not_implemented("variables are not there yet"))
    }

    /// The frame as drgn's `str(frame)`: `#0 at 0x... (symbol+0x1/0x2) in f at a.c:1:2 (inlined)`.
    #[must_use]
    pub fn format(&self, program: &Program) -> String {
        crate::format::frame(self, program)
    }

    pub(super) fn format_in_trace(&self, program: &Program) -> String {
        crate::format::frame_in_trace(self, program)
    }
}
