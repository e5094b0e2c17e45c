//! Types made by scripts.

use super::PyProgram;
use crate::convert::Integer;
use crate::enums::{PyLanguage, qualifiers_from};
use crate::error::raise;
use crate::types::{
    Argument, MadeType, PyType, PyTypeEnumerator, PyTypeMember, PyTypeParameter,
    PyTypeTemplateParameter, expect_type, own_type,
};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use spelunk_base::{Architecture, ByteOrder, Language};
use spelunk_types::{CompoundKind, Enumerator, FloatFormat, QualifiedType, Type, TypeData, TypeId};

type Any<'py> = Bound<'py, PyAny>;

fn size(size: &Integer) -> PyResult<u64> {
    u64::try_from(size.0).map_err(|_| PyValueError::new_err("size must not be negative"))
}

impl PyProgram {
    fn byte_order(&self, order: Option<&str>) -> PyResult<ByteOrder> {
        match order {
            Some("little") => Ok(ByteOrder::Little),
            Some("big") => Ok(ByteOrder::Big),
            Some(_) => Err(PyValueError::new_err(
                "byteorder must be either 'little' or 'big'",
            )),
            None => Ok(self.program.lookup_platform().map_err(raise)?.byte_order),
        }
    }

    /// A type of `data` as the constructors' last arguments say.
    fn make(
        slf: &Bound<'_, Self>,
        data: TypeData,
        qualifiers: Option<&Any<'_>>,
        language: Option<&Any<'_>>,
    ) -> PyResult<PyType> {
        let language = slf.get().language_of(language)?;
        let types = slf.get().program.types();
        let ty = Type::new(language, data);
        let id = match ty.data {
            TypeData::Enum { .. } => types.add(ty),
            _ => types.share(ty),
        };
        Self::qualify(slf, id, qualifiers)
    }

    fn qualify(
        slf: &Bound<'_, Self>,
        id: Result<TypeId, spelunk_types::TypeError>,
        qualifiers: Option<&Any<'_>>,
    ) -> PyResult<PyType> {
        let ty = QualifiedType {
            id: id.map_err(raise)?,
            qualifiers: qualifiers_from(qualifiers)?,
        };
        Ok(PyType::new(slf.clone().unbind(), ty))
    }

    fn language_of(&self, language: Option<&Any<'_>>) -> PyResult<Language> {
        let Some(given) = language else {
            return Ok(self.program.language());
        };
        let Ok(language) = given.cast::<PyLanguage>() else {
            return Err(PyTypeError::new_err(format!(
                "expected Language, not {}",
                given.get_type().name()?
            )));
        };
        Ok(language.get().0)
    }

    #[expect(clippy::too_many_arguments, reason = "the constructors' own")]
    fn compound(
        slf: &Bound<'_, Self>,
        kind: CompoundKind,
        tag: Option<String>,
        size: Option<Integer>,
        members: Option<&Any<'_>>,
        template_parameters: Option<&Any<'_>>,
        qualifiers: Option<&Any<'_>>,
        language: Option<&Any<'_>>,
    ) -> PyResult<PyType> {
        let this = slf.get();
        let size = size.as_ref().map(self::size).transpose()?;
        let members = match (size, members) {
            (None, Some(_)) => {
                return Err(PyValueError::new_err(
                    "incomplete type must not have members",
                ));
            }
            (_, None) => None,
            (_, Some(members)) => {
                let members = tuple(members, "members")?;
                for member in &members {
                    let Ok(member) = member.cast::<PyTypeMember>() else {
                        return Err(PyTypeError::new_err("member must be TypeMember"));
                    };
                    own_argument(slf, member.get().peek())?;
                }
                Some(members)
            }
        };
        let parts = match (size, members) {
            (Some(_), None) => {
                return Err(PyValueError::new_err("complete type must have members"));
            }
            (_, members) => members,
        };
        let data = TypeData::Compound {
            kind,
            tag: tag.map(Into::into),
            size,
        };
        let made = MadeType {
            ty: Type::new(this.language_of(language)?, data),
            parts: parts.map(Bound::unbind),
            template_parameters: self::template_parameters(slf, template_parameters)?,
        };
        let id = this.made.add(this.program.types(), made);
        Self::qualify(slf, id, qualifiers)
    }
}

/// A sequence that an argument is.
fn tuple<'py>(sequence: &Any<'py>, name: &str) -> PyResult<Bound<'py, PyTuple>> {
    let list = sequence
        .try_iter()
        .map_err(|_| PyTypeError::new_err(format!("{name} must be sequence or None")))?;
    let list: PyResult<Vec<_>> = list.collect();
    PyTuple::new(sequence.py(), list?)
}

/// Checks that a type or object that is known already is one of the program.
fn own_argument(slf: &Bound<'_, PyProgram>, argument: Option<&Argument>) -> PyResult<()> {
    match argument {
        Some(argument) if argument.prog.get().serial != slf.get().serial => {
            Err(PyValueError::new_err("object is from different program"))
        }
        _ => Ok(()),
    }
}

fn template_parameters(
    slf: &Bound<'_, PyProgram>,
    parameters: Option<&Any<'_>>,
) -> PyResult<Py<PyTuple>> {
    let Some(parameters) = parameters else {
        return Ok(PyTuple::empty(slf.py()).unbind());
    };
    let parameters = tuple(parameters, "template_parameters")?;
    for parameter in &parameters {
        let Ok(parameter) = parameter.cast::<PyTypeTemplateParameter>() else {
            return Err(PyTypeError::new_err(
                "template parameter must be TypeTemplateParameter",
            ));
        };
        own_argument(slf, parameter.get().argument.peek())?;
    }
    Ok(parameters.unbind())
}

#[pymethods]
impl PyProgram {
    /// The type ``void``.
    #[pyo3(signature = (*, qualifiers=None, language=None),
           text_signature = "($self, *, qualifiers=..., language=None)")]
    fn void_type(
        slf: &Bound<'_, Self>,
        qualifiers: Option<&Any<'_>>,
        language: Option<&Any<'_>>,
    ) -> PyResult<PyType> {
        let language = slf.get().language_of(language)?;
        let id = slf.get().program.types().void(language);
        Self::qualify(slf, id, qualifiers)
    }

    /// An integer type.
    ///
    ///     >>> prog.int_type("u128", 16, False)
    ///     u128
    #[pyo3(signature = (name, size, is_signed, byteorder=None, *, qualifiers=None, language=None),
           text_signature = "($self, name, size, is_signed, byteorder=None, *, qualifiers=..., language=None)")]
    fn int_type(
        slf: &Bound<'_, Self>,
        name: String,
        size: Integer,
        is_signed: bool,
        byteorder: Option<&str>,
        qualifiers: Option<&Any<'_>>,
        language: Option<&Any<'_>>,
    ) -> PyResult<PyType> {
        let data = TypeData::Int {
            name: name.into(),
            size: self::size(&size)?,
            precision: None,
            is_signed,
            byte_order: slf.get().byte_order(byteorder)?,
        };
        Self::make(slf, data, qualifiers, language)
    }

    /// A Boolean type.
    #[pyo3(signature = (name, size, byteorder=None, *, qualifiers=None, language=None),
           text_signature = "($self, name, size, byteorder=None, *, qualifiers=..., language=None)")]
    fn bool_type(
        slf: &Bound<'_, Self>,
        name: String,
        size: Integer,
        byteorder: Option<&str>,
        qualifiers: Option<&Any<'_>>,
        language: Option<&Any<'_>>,
    ) -> PyResult<PyType> {
        let data = TypeData::Bool {
            name: name.into(),
            size: self::size(&size)?,
            byte_order: slf.get().byte_order(byteorder)?,
        };
        Self::make(slf, data, qualifiers, language)
    }

    /// A floating-point type.
    #[pyo3(signature = (name, size, byteorder=None, *, qualifiers=None, language=None),
           text_signature = "($self, name, size, byteorder=None, *, qualifiers=..., language=None)")]
    fn float_type(
        slf: &Bound<'_, Self>,
        name: String,
        size: Integer,
        byteorder: Option<&str>,
        qualifiers: Option<&Any<'_>>,
        language: Option<&Any<'_>>,
    ) -> PyResult<PyType> {
        let size = self::size(&size)?;
        let architecture = slf
            .get()
            .program
            .platform()
            .map_or(Architecture::Unknown, |platform| platform.architecture);
        let data = TypeData::Float {
            format: FloatFormat::of(&name, size, architecture),
            name: name.into(),
            size,
            is_complex: false,
            byte_order: slf.get().byte_order(byteorder)?,
        };
        Self::make(slf, data, qualifiers, language)
    }

    /// A structure type; an incomplete one without size and members.
    ///
    ///     >>> prog.struct_type("point", 8, (TypeMember(prog.type("int"), "x"),
    ///     ...                               TypeMember(prog.type("int"), "y", 32)))
    #[pyo3(signature = (tag, size=None, members=None, *, template_parameters=None,
                        qualifiers=None, language=None),
           text_signature = "($self, tag, size=None, members=None, *, template_parameters=(), qualifiers=..., language=None)")]
    fn struct_type(
        slf: &Bound<'_, Self>,
        tag: Option<String>,
        size: Option<Integer>,
        members: Option<&Any<'_>>,
        template_parameters: Option<&Any<'_>>,
        qualifiers: Option<&Any<'_>>,
        language: Option<&Any<'_>>,
    ) -> PyResult<PyType> {
        let kind = CompoundKind::Struct;
        Self::compound(
            slf,
            kind,
            tag,
            size,
            members,
            template_parameters,
            qualifiers,
            language,
        )
    }

    /// A union type; as ``struct_type()``.
    #[pyo3(signature = (tag, size=None, members=None, *, template_parameters=None,
                        qualifiers=None, language=None),
           text_signature = "($self, tag, size=None, members=None, *, template_parameters=(), qualifiers=..., language=None)")]
    fn union_type(
        slf: &Bound<'_, Self>,
        tag: Option<String>,
        size: Option<Integer>,
        members: Option<&Any<'_>>,
        template_parameters: Option<&Any<'_>>,
        qualifiers: Option<&Any<'_>>,
        language: Option<&Any<'_>>,
    ) -> PyResult<PyType> {
        let kind = CompoundKind::Union;
        Self::compound(
            slf,
            kind,
            tag,
            size,
            members,
            template_parameters,
            qualifiers,
            language,
        )
    }

    /// A class type; as ``struct_type()``.
    #[pyo3(signature = (tag, size=None, members=None, *, template_parameters=None,
                        qualifiers=None, language=None),
           text_signature = "($self, tag, size=None, members=None, *, template_parameters=(), qualifiers=..., language=None)")]
    fn class_type(
        slf: &Bound<'_, Self>,
        tag: Option<String>,
        size: Option<Integer>,
        members: Option<&Any<'_>>,
        template_parameters: Option<&Any<'_>>,
        qualifiers: Option<&Any<'_>>,
        language: Option<&Any<'_>>,
    ) -> PyResult<PyType> {
        let kind = CompoundKind::Class;
        Self::compound(
            slf,
            kind,
            tag,
            size,
            members,
            template_parameters,
            qualifiers,
            language,
        )
    }

    /// An enumeration; an incomplete one without type and enumerators.
    #[pyo3(signature = (tag, r#type=None, enumerators=None, *, qualifiers=None, language=None),
           text_signature = "($self, tag, type=None, enumerators=None, *, qualifiers=..., language=None)")]
    fn enum_type(
        slf: &Bound<'_, Self>,
        tag: Option<String>,
        r#type: Option<&Any<'_>>,
        enumerators: Option<&Any<'_>>,
        qualifiers: Option<&Any<'_>>,
        language: Option<&Any<'_>>,
    ) -> PyResult<PyType> {
        if r#type.is_some() != enumerators.is_some() {
            return Err(PyValueError::new_err(if r#type.is_some() {
                "incomplete enum type must not have type"
            } else {
                "incomplete enum type must not have enumerators"
            }));
        }
        let compatible = r#type
            .map(|ty| own_type(slf.get(), expect_type("enum_type", ty)?.get()))
            .transpose()?;
        let enumerators = enumerators
            .map(|enumerators| -> PyResult<Box<[Enumerator]>> {
                enumerators
                    .try_iter()?
                    .map(|enumerator| {
                        let enumerator = enumerator?;
                        let enumerator = enumerator.cast::<PyTypeEnumerator>()?.get();
                        Ok(Enumerator {
                            name: enumerator.name.as_str().into(),
                            value: enumerator.value,
                        })
                    })
                    .collect()
            })
            .transpose()?;
        let data = TypeData::Enum {
            tag: tag.map(Into::into),
            compatible: compatible.map(|ty| ty.id),
            enumerators,
        };
        Self::make(slf, data, qualifiers, language)
    }

    /// Another name for a type.
    #[pyo3(signature = (name, r#type, *, qualifiers=None, language=None),
           text_signature = "($self, name, type, *, qualifiers=..., language=None)")]
    fn typedef_type(
        slf: &Bound<'_, Self>,
        name: String,
        r#type: &Bound<'_, PyType>,
        qualifiers: Option<&Any<'_>>,
        language: Option<&Any<'_>>,
    ) -> PyResult<PyType> {
        let data = TypeData::Typedef {
            name: name.into(),
            aliased: own_type(slf.get(), r#type.get())?,
        };
        Self::make(slf, data, qualifiers, language)
    }

    /// A pointer to a type.
    ///
    ///     >>> prog.pointer_type(prog.type("int"))
    ///     int *
    #[pyo3(signature = (r#type, size=None, byteorder=None, *, qualifiers=None, language=None),
           text_signature = "($self, type, size=None, byteorder=None, *, qualifiers=..., language=None)")]
    fn pointer_type(
        slf: &Bound<'_, Self>,
        r#type: &Any<'_>,
        size: Option<Integer>,
        byteorder: Option<&str>,
        qualifiers: Option<&Any<'_>>,
        language: Option<&Any<'_>>,
    ) -> PyResult<PyType> {
        let this = slf.get();
        let referenced = own_type(this, expect_type("pointer_type", r#type)?.get())?;
        let size = match size {
            Some(size) => self::size(&size)?,
            None => this
                .program
                .lookup_platform()
                .map_err(raise)?
                .address_size()
                .into(),
        };
        let order = this.byte_order(byteorder)?;
        let language = this.language_of(language)?;
        let id = this
            .program
            .types()
            .pointer(referenced, size, order, language);
        Self::qualify(slf, id, qualifiers)
    }

    /// An array; an incomplete one without a length.
    #[pyo3(signature = (r#type, length=None, *, qualifiers=None, language=None),
           text_signature = "($self, type, length=None, *, qualifiers=..., language=None)")]
    fn array_type(
        slf: &Bound<'_, Self>,
        r#type: &Any<'_>,
        length: Option<Integer>,
        qualifiers: Option<&Any<'_>>,
        language: Option<&Any<'_>>,
    ) -> PyResult<PyType> {
        let this = slf.get();
        let element = own_type(this, expect_type("array_type", r#type)?.get())?;
        let length = length.as_ref().map(self::size).transpose()?;
        let language = this.language_of(language)?;
        let id = this.program.types().array(element, length, language);
        Self::qualify(slf, id, qualifiers)
    }

    /// A function's type.
    #[pyo3(signature = (r#type, parameters, is_variadic=false, *, template_parameters=None,
                        qualifiers=None, language=None),
           text_signature = "($self, type, parameters, is_variadic=False, *, template_parameters=(), qualifiers=..., language=None)")]
    fn function_type(
        slf: &Bound<'_, Self>,
        r#type: &Any<'_>,
        parameters: &Any<'_>,
        is_variadic: bool,
        template_parameters: Option<&Any<'_>>,
        qualifiers: Option<&Any<'_>>,
        language: Option<&Any<'_>>,
    ) -> PyResult<PyType> {
        let this = slf.get();
        let return_type = own_type(this, expect_type("function_type", r#type)?.get())?;
        let parameters = tuple(parameters, "parameters")?;
        for parameter in &parameters {
            let Ok(parameter) = parameter.cast::<PyTypeParameter>() else {
                return Err(PyTypeError::new_err("parameter must be TypeParameter"));
            };
            own_argument(slf, parameter.get().argument.peek())?;
        }
        let data = TypeData::Function {
            return_type,
            parameters: Box::default(),
            is_variadic,
        };
        let made = MadeType {
            ty: Type::new(this.language_of(language)?, data),
            parts: Some(parameters.unbind()),
            template_parameters: self::template_parameters(slf, template_parameters)?,
        };
        let id = this.made.add(this.program.types(), made);
        Self::qualify(slf, id, qualifiers)
    }
}
