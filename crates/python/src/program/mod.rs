//! `spelunk.Program`.

mod default;
mod finders;
mod lookup;
mod memory;
mod module_files;
mod modules;
mod open;
mod printers;
mod processes;
mod search;
mod snapshot;
mod threads;
mod type_constructors;

use crate::enums::{PROGRAM_FLAGS, PyLanguage};
use crate::error::raise;
use crate::platform::PyPlatform;
use crate::types::MadeTypes;
use crate::work::LookupAttendant;
use finders::Registered;
use memory::Readers;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use spelunk_object::Target;
use spelunk_program::Program;
use spelunk_types::{QualifiedType, TypeData};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub(crate) use default::{get_default_prog, lookup_default, set_default_prog};
pub(crate) use lookup::filename;
pub(crate) use memory::take_reader_exception;
use open::{bytes_or_text, path_text};
pub(crate) use open::{one_path, progress_bar};
use printers::RegisteredPrinters;
use processes::KnownProcesses;
pub(crate) use threads::stack_options;

/// A program being debugged: its memory, types, variables, symbols, threads.
///
///     >>> prog = Program()
///     >>> prog.set_core_dump("vmcore")
///     >>> prog.load_default_debug_info()
///     >>> prog["init_task"].comm
///     (char [16])"swapper/0"
///
/// ``prog[name]`` is the variable, function or constant of that name, and ``name in prog`` says
/// whether there is one.
#[pyclass(frozen, mapping, weakref, name = "Program", module = "spelunk")]
pub(crate) struct PyProgram {
    pub(crate) program: Arc<Program>,
    /// A number that no other program has or will have.
    pub(crate) serial: u64,
    /// For whatever scripts want to remember.
    cache: Py<PyDict>,
    config: Py<PyDict>,
    readers: Readers,
    finders: Registered,
    printers: RegisteredPrinters,
    processes: KnownProcesses,
    pub(crate) made: Arc<MadeTypes>,
}

impl PyProgram {
    pub(crate) fn target(&self) -> &dyn Target {
        &*self.program
    }

    /// What Python knows as `program`.
    fn of(py: Python<'_>, program: Arc<Program>) -> PyResult<Self> {
        static SERIAL: AtomicU64 = AtomicU64::new(0);
        let made = Arc::<MadeTypes>::default();
        made.register(program.types()).map_err(raise)?;
        Ok(Self {
            program,
            serial: SERIAL.fetch_add(1, Ordering::Relaxed),
            cache: PyDict::new(py).unbind(),
            config: PyDict::new(py).unbind(),
            readers: Readers::default(),
            finders: Registered::default(),
            printers: RegisteredPrinters::default(),
            processes: KnownProcesses::default(),
            made,
        })
    }

    /// What a type is, behind typedefs.
    pub(crate) fn unaliased_data(&self, ty: QualifiedType) -> PyResult<&TypeData> {
        let types = self.target().types();
        let ty = spelunk_object::unaliased(types, ty).map_err(raise)?;
        Ok(&types.get(ty.id).map_err(raise)?.data)
    }
}

#[pymethods]
impl PyProgram {
    /// A program of which nothing is known yet but perhaps its platform.
    ///
    /// :param platform: The machine; that of the core dump, if it is left out.
    /// :param vmcoreinfo: What the kernel tells of itself (``makedumpfile -g``, or
    ///     ``/sys/kernel/vmcoreinfo``), in place of what the core dump says.
    /// :raises BadDataError: if that lacks what it takes to find a kernel
    #[new]
    #[pyo3(signature = (platform=None, *, vmcoreinfo=None))]
    fn new(
        py: Python<'_>,
        platform: Option<&Bound<'_, PyAny>>,
        vmcoreinfo: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let platform = platform
            .map(|platform| {
                platform
                    .cast::<PyPlatform>()
                    .map(|platform| platform.get().0)
            })
            .transpose()
            .map_err(|_| PyTypeError::new_err("platform must be Platform or None"))?;
        let program = Program::new(platform);
        if let Some(text) = vmcoreinfo {
            program
                .set_vmcoreinfo(&bytes_or_text(text)?)
                .map_err(raise)?;
        }
        program.set_attendant(Arc::new(LookupAttendant(Arc::downgrade(&program))));
        Self::of(py, program)
    }

    /// What the program is.
    #[getter]
    fn flags<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let flags = self.program.flags();
        let bits = u32::from(flags.is_linux_kernel)
            | u32::from(flags.is_live) << 1
            | u32::from(flags.is_local) << 2;
        PROGRAM_FLAGS.member(py, bits)
    }

    /// The platform, or ``None`` if it is not known yet.
    #[getter]
    fn platform(&self) -> Option<PyPlatform> {
        self.program.platform().map(PyPlatform)
    }

    /// The language that names of types are read in.
    #[getter]
    fn language(&self) -> PyLanguage {
        PyLanguage(self.program.language())
    }

    #[setter]
    fn set_language(&self, language: &Bound<'_, PyAny>) -> PyResult<()> {
        let language = language
            .cast::<PyLanguage>()
            .map_err(|_| PyTypeError::new_err("language must be Language"))?;
        self.program.set_language(language.get().0);
        Ok(())
    }

    /// The path of the core dump, or ``None``.
    #[getter]
    fn core_dump_path(&self) -> Option<String> {
        let path = self.program.core_dump_paths().first()?;
        Some(path.to_string_lossy().into_owned())
    }

    /// A dictionary for whatever scripts want to remember of the program.
    #[getter]
    fn cache(&self, py: Python<'_>) -> Py<PyDict> {
        self.cache.clone_ref(py)
    }

    /// A dictionary for options of helpers and plugins.
    #[getter]
    fn config(&self, py: Python<'_>) -> Py<PyDict> {
        self.config.clone_ref(py)
    }

    /// The size of an address in bytes.
    ///
    ///     >>> prog.address_size()
    ///     8
    fn address_size(&self) -> PyResult<u8> {
        match self.program.platform() {
            Some(platform) => Ok(platform.address_size()),
            None => Err(PyValueError::new_err("program address size is not known")),
        }
    }

    /// What is missing from the dump or broken in it: for the banner and warnings.
    fn _damage(&self) -> Vec<String> {
        let image = self.program.image();
        let damage = image.iter().flat_map(|image| image.damage());
        damage.map(ToString::to_string).collect()
    }

    /// What was opened, in lines: for the banner.
    fn _describe(&self) -> String {
        let mut lines = Vec::new();
        if let Some(image) = self.program.image() {
            let flattened = if image.is_flattened() {
                ", flattened"
            } else {
                ""
            };
            let paths: Vec<String> = self
                .program
                .core_dump_paths()
                .iter()
                .map(|path| path.display().to_string())
                .collect();
            lines.push(format!(
                "{} ({}{flattened})",
                paths.join(", "),
                image.format()
            ));
            lines.extend(
                self._damage()
                    .iter()
                    .map(|damage| format!("Damaged: {damage}.")),
            );
        }
        if let Some(os) = self.program.os() {
            lines.push(os.describe());
        }
        lines.join("\n")
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.cache)?;
        visit.call(&self.config)?;
        self.readers.traverse(&visit)?;
        self.finders.traverse(&visit)?;
        self.printers.traverse(&visit)?;
        self.processes.traverse(&visit)?;
        self.made.traverse(&visit)
    }

    fn __clear__(&self) {
        self.made.clear();
    }
}
