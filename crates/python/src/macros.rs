//! `spelunk.Macro`.

use crate::text::quote;
use pyo3::prelude::*;
use spelunk_program::Macro;

/// The definition of a macro, as the preprocessor saw it. Debugging information has macros if it
/// was made with ``-g3`` (GCC) or ``-g -fdebug-macro`` (Clang).
///
///     >>> print(prog.macro("min_t"))
///     #define min_t(type, x, y) __careful_cmp((type)(x), (type)(y), <)
#[pyclass(frozen, eq, hash, name = "Macro", module = "spelunk")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct PyMacro(pub(crate) Macro);

#[pymethods]
impl PyMacro {
    /// The name.
    ///
    ///     >>> prog.macro("PAGE_SHIFT").name
    ///     'PAGE_SHIFT'
    #[getter]
    fn name(&self) -> &str {
        &self.0.name
    }

    /// The names of its parameters, the last one of a variadic macro ``...`` or ``name...``; ``None``
    /// if it takes no arguments.
    ///
    ///     >>> prog.macro("min_t").parameters
    ///     ['type', 'x', 'y']
    #[getter]
    fn parameters(&self) -> Option<Vec<&str>> {
        let names = self.0.parameters.as_deref()?;
        Some(names.iter().map(|name| &**name).collect())
    }

    /// What stands for it.
    ///
    ///     >>> prog.macro("PAGE_SIZE").body
    ///     '(_AC(1,UL) << PAGE_SHIFT)'
    #[getter]
    fn body(&self) -> &str {
        &self.0.body
    }

    /// The source file that defines it; ``None`` if the compiler or its command line does.
    ///
    ///     >>> prog.macro("PAGE_SHIFT").filename
    ///     './arch/x86/include/asm/page_types.h'
    #[getter]
    fn filename(&self) -> Option<&str> {
        self.0.filename.as_deref()
    }

    /// The line that defines it; 0 if the compiler or its command line does.
    ///
    ///     >>> prog.macro("PAGE_SHIFT").line
    ///     10
    #[getter]
    fn line(&self) -> u32 {
        self.0.line
    }

    fn __str__(&self) -> String {
        let name = &self.0.name;
        let parameters = match self.parameters() {
            Some(names) => format!("({})", names.join(", ")),
            None => String::new(),
        };
        let space = if self.0.body.is_empty() { "" } else { " " };
        format!("#define {name}{parameters}{space}{}", self.0.body)
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let py = slf.py();
        let this = slf.get();
        Ok(format!(
            "Macro(name={}, parameters={}, body={}, filename={}, line={})",
            quote(py, this.name())?,
            this.parameters().into_pyobject(py)?.repr()?,
            quote(py, this.body())?,
            this.filename().into_pyobject(py)?.repr()?,
            this.line()
        ))
    }
}
