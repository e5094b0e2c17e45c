//! Python's enumerations, which stand in `spelunk/_enums.py`, and the engine's.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;
use spelunk_base::{Architecture, Language};
use spelunk_object::{AbsenceReason, Primitive};
use spelunk_types::{Qualifiers, TypeKind};

/// An enumeration of Python's by its name.
pub(crate) struct Enum {
    name: &'static str,
    class: PyOnceLock<Py<PyType>>,
}

impl Enum {
    const fn new(name: &'static str) -> Self {
        Self {
            name,
            class: PyOnceLock::new(),
        }
    }

    fn class<'py>(&self, py: Python<'py>) -> PyResult<&Bound<'py, PyType>> {
        self.class.import(py, "spelunk._enums", self.name)
    }

    /// The member with this value.
    pub(crate) fn member<'py>(&self, py: Python<'py>, value: u32) -> PyResult<Bound<'py, PyAny>> {
        self.class(py)?.call1((value,))
    }

    /// The value of `member`.
    ///
    /// # Errors
    ///
    /// `TypeError` if it is no member of this enumeration.
    pub(crate) fn value(&self, member: &Bound<'_, PyAny>) -> PyResult<u32> {
        self.value_of(member, "")
    }

    /// As [`value`](Self::value), where `None` was possible, too.
    pub(crate) fn value_or_none(&self, member: &Bound<'_, PyAny>) -> PyResult<u32> {
        self.value_of(member, " or None")
    }

    fn value_of(&self, member: &Bound<'_, PyAny>, or: &str) -> PyResult<u32> {
        if !member.is_instance(self.class(member.py())?)? {
            return Err(pyo3::exceptions::PyTypeError::new_err(format!(
                "expected {}{or}, not {}",
                self.name,
                member.get_type().name()?
            )));
        }
        member.getattr("value")?.extract()
    }
}

pub(crate) static ABSENCE_REASON: Enum = Enum::new("AbsenceReason");
pub(crate) static ARCHITECTURE: Enum = Enum::new("Architecture");
pub(crate) static FIND_OBJECT_FLAGS: Enum = Enum::new("FindObjectFlags");
pub(crate) static KMOD_SEARCH_METHOD: Enum = Enum::new("KmodSearchMethod");
pub(crate) static MODULE_FILE_STATUS: Enum = Enum::new("ModuleFileStatus");
pub(crate) static PLATFORM_FLAGS: Enum = Enum::new("PlatformFlags");
pub(crate) static PRIMITIVE_TYPE: Enum = Enum::new("PrimitiveType");
pub(crate) static PROGRAM_FLAGS: Enum = Enum::new("ProgramFlags");
pub(crate) static QUALIFIERS: Enum = Enum::new("Qualifiers");
pub(crate) static SUPPLEMENTARY_FILE_KIND: Enum = Enum::new("SupplementaryFileKind");
pub(crate) static SYMBOL_BINDING: Enum = Enum::new("SymbolBinding");
pub(crate) static SYMBOL_KIND: Enum = Enum::new("SymbolKind");
pub(crate) static TYPE_KIND: Enum = Enum::new("TypeKind");

/// `Qualifiers` of Python, by their bits: the same in both.
pub(crate) fn qualifiers_from(value: Option<&Bound<'_, PyAny>>) -> PyResult<Qualifiers> {
    let Some(value) = value else {
        return Ok(Qualifiers::NONE);
    };
    let bits = QUALIFIERS.value(value)?;
    u8::try_from(bits)
        .map(Qualifiers::from_bits)
        .map_err(|_| PyValueError::new_err("unknown qualifiers"))
}

pub(crate) fn type_kind_value(kind: TypeKind) -> u32 {
    match kind {
        TypeKind::Void => 1,
        TypeKind::Int => 2,
        TypeKind::Bool => 3,
        TypeKind::Float => 4,
        TypeKind::Struct => 5,
        TypeKind::Union => 6,
        TypeKind::Class => 7,
        TypeKind::Enum => 8,
        TypeKind::Typedef => 9,
        TypeKind::Pointer => 10,
        TypeKind::Array => 11,
        TypeKind::Function => 12,
    }
}

pub(crate) fn absence_reason_value(reason: AbsenceReason) -> u32 {
    match reason {
        AbsenceReason::Other => 0,
        AbsenceReason::OptimizedOut => 1,
        AbsenceReason::NotImplemented => 2,
    }
}

pub(crate) fn absence_reason_from(value: &Bound<'_, PyAny>) -> PyResult<AbsenceReason> {
    Ok(match ABSENCE_REASON.value(value)? {
        1 => AbsenceReason::OptimizedOut,
        2 => AbsenceReason::NotImplemented,
        _ => AbsenceReason::Other,
    })
}

const ARCHITECTURES: [Architecture; 11] = [
    Architecture::Unknown,
    Architecture::X86_64,
    Architecture::I386,
    Architecture::Aarch64,
    Architecture::Arm,
    Architecture::Ppc64,
    Architecture::Riscv64,
    Architecture::Riscv32,
    Architecture::S390x,
    Architecture::S390,
    Architecture::LoongArch64,
];

pub(crate) fn architecture_value(architecture: Architecture) -> u32 {
    ARCHITECTURES
        .iter()
        .zip(0..)
        .find(|(known, _)| **known == architecture)
        .map_or(0, |(_, value)| value)
}

pub(crate) fn architecture_from(value: &Bound<'_, PyAny>) -> PyResult<Architecture> {
    let value = ARCHITECTURE.value(value)?;
    Ok(usize::try_from(value)
        .ok()
        .and_then(|index| ARCHITECTURES.get(index))
        .copied()
        .unwrap_or(Architecture::Unknown))
}

/// All basic types, at the index that is their value in Python.
pub(crate) const PRIMITIVES: [Primitive; 18] = [
    Primitive::Void,
    Primitive::Char,
    Primitive::SignedChar,
    Primitive::UnsignedChar,
    Primitive::Short,
    Primitive::UnsignedShort,
    Primitive::Int,
    Primitive::UnsignedInt,
    Primitive::Long,
    Primitive::UnsignedLong,
    Primitive::LongLong,
    Primitive::UnsignedLongLong,
    Primitive::Bool,
    Primitive::Float,
    Primitive::Double,
    Primitive::LongDouble,
    Primitive::SizeT,
    Primitive::PtrdiffT,
];

/// A language, as `drgn.Language`.
#[pyclass(
    frozen,
    eq,
    hash,
    name = "Language",
    module = "spelunk",
    from_py_object
)]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct PyLanguage(pub(crate) Language);

#[pymethods]
impl PyLanguage {
    /// C, any version.
    #[classattr]
    const C: Self = Self(Language::C);
    /// C++, any version.
    #[classattr]
    const CPP: Self = Self(Language::Cpp);

    /// The language's name: ``C``, ``C++``.
    #[getter]
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn __repr__(&self) -> String {
        format!(
            "Language.{}",
            match self.0 {
                Language::C => "C",
                Language::Cpp => "CPP",
                Language::Rust => "RUST",
            }
        )
    }
}
