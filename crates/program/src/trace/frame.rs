use super::FoundBy;
use super::around::Ways;
use super::call::Call;
use super::provenance::{Provenance, Source};
use super::stack::{At, Stack};
use super::variable;
use crate::{Error, ErrorKind, Module, Program, Result, Symbol};
use spelunk_base::arch::Register;
use spelunk_debuginfo::{RowSource, Scope, SourceLine, Variable};
use spelunk_object::Object;
use spelunk_unwind::{Registers, Row};
use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// What stands in place of the name of a signal trampoline, as in gdb.
pub(crate) const SIGNAL_TRAMPOLINE: &str = "<signal handler called>";

/// A call, or a function inlined into one.
#[derive(Clone)]
pub struct Frame {
    index: usize,
    call: Arc<Call>,
    place: FramePlace,
    source: OnceLock<Option<SourceLocation>>,
}

/// Where a frame stands.
#[derive(Clone)]
pub(super) struct FramePlace {
    pub(super) stack: Arc<Stack>,
    /// Which of the calls.
    pub(super) at: At,
    /// Which of the call's functions.
    pub(super) scope: usize,
}

/// A place in source code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceLocation {
    /// The function, where it is known.
    pub function: Option<Arc<str>>,
    /// The file, as the line table names it; empty if it is not known.
    pub filename: Arc<str>,
    /// The line; 0 if it is none, or not known.
    pub line: u32,
    /// The column; 0 if it is not known.
    pub column: u32,
}

impl fmt::Display for SourceLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let function = self.function.as_deref().unwrap_or("???");
        write!(f, "{function} at {}", self.place())
    }
}

impl SourceLocation {
    pub(crate) fn new(function: Option<Arc<str>>, place: SourceLine) -> Self {
        Self {
            function,
            filename: place.file,
            line: place.line,
            column: place.column,
        }
    }

    /// `file:line:column`, `file:line` if the column is not known, `??:?` if nothing is.
    #[must_use]
    pub fn place(&self) -> String {
        match (&*self.filename, self.column) {
            ("", _) => "??:?".into(),
            (file, 0) => format!("{file}:{}", self.line),
            (file, column) => format!("{file}:{}:{column}", self.line),
        }
    }
}

impl Frame {
    pub(super) fn new(index: usize, call: Arc<Call>, place: FramePlace) -> Self {
        Self {
            index,
            call,
            place,
            source: OnceLock::new(),
        }
    }

    /// The frame, in a trace in which `count` others are before it and its own.
    pub(super) fn moved_by(mut self, count: usize) -> Self {
        self.index = self.index.saturating_add(count);
        self
    }

    /// Its index in the trace.
    #[must_use]
    pub fn index(&self) -> usize {
        self.index
    }

    fn scope(&self) -> Option<&Scope> {
        self.call.scopes.get(self.place.scope)
    }

    /// The function in the source code, if debugging information tells it.
    #[must_use]
    pub fn function_name(&self) -> Option<&str> {
        self.scope()?.name.as_deref()
    }

    /// That name with the namespaces and types around it, as C++ and Rust have them.
    #[must_use]
    pub fn qualified_name(&self) -> Option<Cow<'_, str>> {
        self.scope()?.qualified_name()
    }

    /// The best name there is: the function's, the symbol's, the program counter, or `???`.
    #[must_use]
    pub fn name(&self, program: &Program) -> String {
        if let Some(function) = self.qualified_name() {
            return function.into_owned();
        }
        if self.is_signal_trampoline(program) {
            return SIGNAL_TRAMPOLINE.into();
        }
        if let Ok(symbol) = self.symbol(program) {
            return symbol.demangled_name().into_owned();
        }
        self.pc().map_or("???".into(), |pc| format!("{pc:#x}"))
    }

    /// Whether this is the code of a process that a signal handler returns to, and the next frame what
    /// the signal interrupted.
    pub(crate) fn is_signal_trampoline(&self, program: &Program) -> bool {
        let is_signal = |(row, _): &(Row, RowSource)| row.is_signal_frame;
        self.call.row.as_ref().is_some_and(is_signal)
            && program.os().is_some_and(|os| !os.is_kernel())
    }

    /// Whether this is a function inlined into the next frame.
    #[must_use]
    pub fn is_inline(&self) -> bool {
        self.scope().is_some_and(Scope::is_inline)
    }

    /// Whether the frame itself is gone: its function ended in a jump to that of the frame before.
    /// Such frames are in traces that were asked for with
    /// [`TailCallFrames::PutBack`](super::TailCallFrames::PutBack).
    #[must_use]
    pub fn is_tail_call(&self) -> bool {
        self.place.at.gone > 0
    }

    /// Whether the frame was interrupted at exactly its program counter, and did not call.
    #[must_use]
    pub fn interrupted(&self) -> bool {
        self.call.interrupted
    }

    /// The program counter, if it is known.
    #[must_use]
    pub fn pc(&self) -> Option<u64> {
        self.call.pc
    }

    /// The stack pointer, if it is known.
    #[must_use]
    pub fn sp(&self) -> Option<u64> {
        self.call.registers.sp()
    }

    /// An address in the instruction that the frame is at: the program counter, or the byte before
    /// it where that is a return address.
    #[must_use]
    pub fn lookup_address(&self) -> Option<u64> {
        self.call.lookup_address()
    }

    /// The module that the program counter is in.
    #[must_use]
    pub fn module(&self) -> Option<&Arc<Module>> {
        self.call.module.as_ref()
    }

    /// How the frame was found.
    #[must_use]
    pub fn found_by(&self) -> FoundBy {
        self.call.found_by
    }

    /// What told the way to the caller; `None` where it was guessed, or there is none.
    #[must_use]
    pub fn unwound_by(&self) -> Option<RowSource> {
        self.call.row.as_ref().map(|(_, source)| *source)
    }

    /// The symbol that the frame is in.
    ///
    /// # Errors
    ///
    /// A lookup error if there is none.
    pub fn symbol(&self, program: &Program) -> Result<Symbol> {
        let address = self
            .lookup_address()
            .ok_or_else(|| Error::lookup("program counter is not known"))?;
        program.symbol_by_address(address)
    }

    /// The place in the source code.
    ///
    /// # Errors
    ///
    /// A lookup error if it is not known.
    pub fn source(&self) -> Result<&SourceLocation> {
        self.source
            .get_or_init(|| self.find_source())
            .as_ref()
            .ok_or_else(|| Error::lookup("source code location not available"))
    }

    fn find_source(&self) -> Option<SourceLocation> {
        let name = self.scope().and_then(|scope| scope.name.clone());
        let place = match self.place.scope.checked_sub(1) {
            // Where the function that is inlined here was called.
            Some(inner) => self.call.scopes.get(inner)?.call_site.clone()?,
            None => {
                let file = self.call.file()?.debug();
                file.find_line(self.lookup_address()?).ok()??
            }
        };
        place.is_known().then(|| SourceLocation::new(name, place))
    }

    /// The registers.
    #[must_use]
    pub fn registers(&self) -> &Registers {
        &self.call.registers
    }

    /// The known registers by their names, in the architecture's order.
    pub fn register_values(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let registers = self.registers();
        let arch = registers.arch();
        registers.iter().flat_map(|(register, value)| {
            let info = arch.registers.get(usize::from(register.0));
            let names = info.map_or(&[][..], |info| info.names);
            names.iter().map(move |name| (*name, value))
        })
    }

    /// The register called `name`.
    ///
    /// # Errors
    ///
    /// A value error if the architecture has no such register; a lookup error if it is not known
    /// in this frame.
    pub fn register(&self, name: &str) -> Result<u64> {
        let registers = self.registers().arch().registers;
        let index = registers
            .iter()
            .position(|info| info.names.contains(&name))
            .and_then(|index| u8::try_from(index).ok())
            .ok_or_else(|| Error::value(format!("unknown register '{name}'")))?;
        self.registers()
            .get(Register(index))
            .ok_or_else(|| Error::lookup("register value is not known"))
    }

    /// The names of the variables and parameters in scope, the innermost block's last. As in drgn without
    /// the static variables of functions that were inlined, though [`get`](Self::get) finds them.
    ///
    /// # Errors
    ///
    /// If debugging information is damaged.
    pub fn locals(&self) -> Result<Vec<Arc<str>>> {
        let variables = self.variables()?;
        let listed = variables.iter().filter(|variable| !variable.is_of_original);
        Ok(listed.map(|variable| Arc::clone(&variable.name)).collect())
    }

    /// The variables and parameters in scope with their values, the innermost block's last: those too
    /// that a variable of the same name in an inner block hides.
    ///
    /// # Errors
    ///
    /// As [`locals`](Self::locals).
    pub fn local_values(&self, program: &Program) -> Result<Vec<LocalValue>> {
        let Some(scope) = self.scope() else {
            return Ok(Vec::new());
        };
        let variables = self.variables()?;
        let values = variables.iter().map(|variable| LocalValue {
            name: Arc::clone(&variable.name),
            found: variable::find(program, &self.place, scope, variable),
        });
        Ok(values.collect())
    }

    fn variables(&self) -> Result<Arc<Vec<Variable>>> {
        match (self.scope(), self.call.file()) {
            (Some(scope), Some(file)) => Ok(file.debug().variables(scope)?),
            _ => Ok(Arc::default()),
        }
    }

    /// The object called `name` in the scope of this frame: a local variable or parameter, else
    /// what the unit defines under that name, else what the program has if the unit declares it.
    /// `None` where there is none.
    ///
    /// # Errors
    ///
    /// If debugging information is damaged where it is needed.
    pub fn find(&self, program: &Program, name: &str) -> Result<Option<Object>> {
        let found = self.find_explained(program, name)?;
        Ok(found.map(|(object, _)| object))
    }

    /// As [`find`](Self::find), with the way by which the value was found.
    ///
    /// # Errors
    ///
    /// As [`find`](Self::find).
    pub fn find_explained(
        &self,
        program: &Program,
        name: &str,
    ) -> Result<Option<(Object, Provenance)>> {
        let Some(scope) = self.scope() else {
            return Ok(None);
        };
        let variables = self.variables()?;
        // The innermost block's come last.
        let innermost = variables.iter().rfind(|variable| *variable.name == *name);
        if let Some(variable) = innermost {
            return variable::find(program, &self.place, scope, variable).map(Some);
        }
        let Some(file) = self.call.file() else {
            return Ok(None);
        };
        if !file.debug().is_in_unit(scope, name)? {
            return Ok(None);
        }
        // What the innermost call has in its registers is the thread's.
        let thread = self.place.stack.calls.first().map(|call| &call.registers);
        let in_unit = match self.unit_name(scope) {
            Some(unit) => program.object_in_thread(thread, name, Some(&unit))?,
            None => None,
        };
        let object = match in_unit {
            Some(object) => Some(object),
            None => program.object_in_thread(thread, name, None)?,
        };
        Ok(object.map(|object| (object, Provenance::new(Source::Global, Ways::default()))))
    }

    /// The source file that the frame's unit was compiled from.
    fn unit_name(&self, scope: &Scope) -> Option<String> {
        let file = self.call.file()?.debug();
        let name = file.with_units(|units| {
            let unit = units.unit(scope.unit)?;
            let name = unit.name.map(|name| name.to_string_lossy().into_owned());
            Ok(name)
        });
        name.ok()?
    }

    /// The object called `name` in the scope of this frame; see [`find`](Self::find).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`] if there is none; as [`find`](Self::find).
    pub fn get(&self, program: &Program, name: &str) -> Result<Object> {
        self.get_explained(program, name).map(|(object, _)| object)
    }

    /// As [`get`](Self::get), with the way by which the value was found.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn get_explained(&self, program: &Program, name: &str) -> Result<(Object, Provenance)> {
        self.find_explained(program, name)?
            .ok_or_else(|| Error::new(ErrorKind::Key, name))
    }

    /// Whether [`get`](Self::get) finds `name`.
    ///
    /// # Errors
    ///
    /// As [`find`](Self::find).
    pub fn contains(&self, program: &Program, name: &str) -> Result<bool> {
        Ok(self.find(program, name)?.is_some())
    }

    /// The frame as drgn's `str(frame)`: `#0 at 0x... (symbol+0x1/0x2) in f at a.c:1:2 (inlined)`.
    #[must_use]
    pub fn format(&self, program: &Program) -> String {
        crate::format::frame(self, program)
    }
}

/// A variable or parameter of a frame.
#[derive(Debug)]
pub struct LocalValue {
    /// Its name.
    pub name: Arc<str>,
    /// The object, and the way by which it was found.
    pub found: Result<(Object, Provenance)>,
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame")
            .field("index", &self.index)
            .field("function", &self.function_name())
            .field("registers", self.registers())
            .finish_non_exhaustive()
    }
}
