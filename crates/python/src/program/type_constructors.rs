//! Types made by scripts.

use super::PyProgram;
use crate::argument::Truth;
use crate::convert::Address;
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
use spelunk_types::{
    CompoundKind, Enumerator, FloatFormat, QualifiedType, Type, TypeData, TypeId, TypeKind,
};

type Any<'py> = Bound<'py, PyAny>;

impl PyProgram {
    fn byte_order(&self, order: Option<&str>) -> PyResult<ByteOrder> {
        match order {
            Some("little") => Ok(ByteOrder::Little),
            Some("big") => Ok(ByteOrder::Big),
            Some(_) => Err(PyValueError::new_err(
                "expected 'little', 'big', or None for byteorder",
            )),
            None => match self.program.platform() {
                Some(platform) => Ok(platform.byte_order),
                None => Err(PyValueError::new_err("program byte order is not known")),
            },
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
        tag: &Any<'_>,
        size: Option<Address>,
        members: Option<&Any<'_>>,
        template_parameters: Option<&Any<'_>>,
        qualifiers: Option<&Any<'_>>,
        language: Option<&Any<'_>>,
    ) -> PyResult<PyType> {
        let this = slf.get();
        let size = size.map(|size| size.0);
        let word = kind.keyword();
        match (size, members) {
            (None, Some(_)) => {
                return Err(PyValueError::new_err(format!("{word} type must have size")));
            }
            (Some(_), None) => {
                return Err(PyValueError::new_err(format!(
                    "incomplete {word} type must not have size"
                )));
            }
            _ => {}
        }
        let parts = members
            .map(|members| tuple(members, "members must be sequence or None"))
            .transpose()?;
        for member in parts.iter().flatten() {
            let Ok(member) = member.cast::<PyTypeMember>() else {
                return Err(PyTypeError::new_err("member must be TypeMember"));
            };
            own_argument(slf, member.get().peek())?;
        }
        let tag = self::tag(tag, &format!("{word}_type"))?;
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

/// The sequence that an argument is; `expected` is what to say of others.
fn tuple<'py>(sequence: &Any<'py>, expected: &'static str) -> PyResult<Bound<'py, PyTuple>> {
    let list = sequence
        .try_iter()
        .map_err(|_| PyTypeError::new_err(expected))?;
    let list: PyResult<Vec<_>> = list.collect();
    PyTuple::new(sequence.py(), list?)
}

/// The tag that a constructor is given.
fn tag(tag: &Any<'_>, constructor: &str) -> PyResult<Option<String>> {
    tag.extract()
        .map_err(|_| PyTypeError::new_err(format!("{constructor}() tag must be str or None")))
}

/// The integer type that an enumeration is stored as.
fn compatible_type(prog: &PyProgram, ty: &Any<'_>) -> PyResult<TypeId> {
    let Ok(ty) = ty.cast::<PyType>() else {
        return Err(PyTypeError::new_err(
            "enum_type() compatible type must be Type or None",
        ));
    };
    let ty = own_type(prog, ty.get())?;
    let types = prog.program.types();
    if types.get(ty.id).map_err(raise)?.data.kind() != TypeKind::Int {
        return Err(PyValueError::new_err(
            "enum_type() compatible type must be integer type",
        ));
    }
    if !ty.qualifiers.is_empty() {
        return Err(PyValueError::new_err(
            "enum_type() compatible type must be unqualified",
        ));
    }
    Ok(ty.id)
}

fn enumerators(enumerators: &Any<'_>) -> PyResult<Box<[Enumerator]>> {
    let enumerators = tuple(enumerators, "enumerators must be sequence or None")?;
    let enumerators = enumerators.iter().map(|enumerator| {
        let Ok(enumerator) = enumerator.cast::<PyTypeEnumerator>() else {
            return Err(PyTypeError::new_err("enumerator must be TypeEnumerator"));
        };
        let enumerator = enumerator.get();
        Ok(Enumerator {
            name: enumerator.name.as_str().into(),
            value: enumerator.value,
        })
    });
    enumerators.collect()
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
    let parameters: PyResult<Vec<_>> = parameters.try_iter()?.collect();
    let parameters = PyTuple::new(slf.py(), parameters?)?;
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
    ///
    ///     >>> prog.void_type()
    ///     void
    ///     >>> prog.void_type(qualifiers=Qualifiers.CONST)
    ///     const void
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
        size: Address,
        is_signed: Truth,
        byteorder: Option<&str>,
        qualifiers: Option<&Any<'_>>,
        language: Option<&Any<'_>>,
    ) -> PyResult<PyType> {
        let data = TypeData::Int {
            name: name.into(),
            size: size.0,
            precision: None,
            is_signed: is_signed.0,
            byte_order: slf.get().byte_order(byteorder)?,
        };
        Self::make(slf, data, qualifiers, language)
    }

    /// A Boolean type.
    ///
    ///     >>> prog.bool_type("bool", 1)
    ///     bool
    #[pyo3(signature = (name, size, byteorder=None, *, qualifiers=None, language=None),
           text_signature = "($self, name, size, byteorder=None, *, qualifiers=..., language=None)")]
    fn bool_type(
        slf: &Bound<'_, Self>,
        name: String,
        size: Address,
        byteorder: Option<&str>,
        qualifiers: Option<&Any<'_>>,
        language: Option<&Any<'_>>,
    ) -> PyResult<PyType> {
        let data = TypeData::Bool {
            name: name.into(),
            size: size.0,
            byte_order: slf.get().byte_order(byteorder)?,
        };
        Self::make(slf, data, qualifiers, language)
    }

    /// A floating-point type.
    ///
    ///     >>> prog.float_type("float", 4, "big")
    ///     float
    #[pyo3(signature = (name, size, byteorder=None, *, qualifiers=None, language=None),
           text_signature = "($self, name, size, byteorder=None, *, qualifiers=..., language=None)")]
    fn float_type(
        slf: &Bound<'_, Self>,
        name: String,
        size: Address,
        byteorder: Option<&str>,
        qualifiers: Option<&Any<'_>>,
        language: Option<&Any<'_>>,
    ) -> PyResult<PyType> {
        let size = size.0;
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
        tag: &Any<'_>,
        size: Option<Address>,
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
    ///
    ///     >>> prog.union_type("number", 4, (TypeMember(prog.type("int"), "i"),
    ///     ...                               TypeMember(prog.type("float"), "f")))
    ///     union number {
    ///             int i;
    ///             float f;
    ///     }
    #[pyo3(signature = (tag, size=None, members=None, *, template_parameters=None,
                        qualifiers=None, language=None),
           text_signature = "($self, tag, size=None, members=None, *, template_parameters=(), qualifiers=..., language=None)")]
    fn union_type(
        slf: &Bound<'_, Self>,
        tag: &Any<'_>,
        size: Option<Address>,
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
    ///
    ///     >>> prog.class_type("box", 4, (TypeMember(prog.type("int"), "x"),)).tag
    ///     'box'
    #[pyo3(signature = (tag, size=None, members=None, *, template_parameters=None,
                        qualifiers=None, language=None),
           text_signature = "($self, tag, size=None, members=None, *, template_parameters=(), qualifiers=..., language=None)")]
    fn class_type(
        slf: &Bound<'_, Self>,
        tag: &Any<'_>,
        size: Option<Address>,
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
    ///
    ///     >>> color = (TypeEnumerator("RED", 0), TypeEnumerator("BLUE", 1))
    ///     >>> Object(prog, prog.enum_type("color", prog.type("int"), color), 1)
    ///     (enum color)BLUE
    #[pyo3(signature = (tag, r#type=None, enumerators=None, *, qualifiers=None, language=None),
           text_signature = "($self, tag, type=None, enumerators=None, *, qualifiers=..., language=None)")]
    fn enum_type(
        slf: &Bound<'_, Self>,
        tag: &Any<'_>,
        r#type: Option<&Any<'_>>,
        enumerators: Option<&Any<'_>>,
        qualifiers: Option<&Any<'_>>,
        language: Option<&Any<'_>>,
    ) -> PyResult<PyType> {
        match (r#type, enumerators) {
            (Some(_), None) => {
                return Err(PyValueError::new_err(
                    "incomplete enum type must not have compatible type",
                ));
            }
            (None, Some(_)) => {
                return Err(PyValueError::new_err("enum type must have compatible type"));
            }
            _ => {}
        }
        let compatible = r#type
            .map(|ty| compatible_type(slf.get(), ty))
            .transpose()?;
        let enumerators = enumerators.map(self::enumerators).transpose()?;
        let tag = self::tag(tag, "enum_type")?;
        let data = TypeData::Enum {
            tag: tag.map(Into::into),
            compatible,
            enumerators,
        };
        Self::make(slf, data, qualifiers, language)
    }

    /// Another name for a type.
    ///
    ///     >>> prog.typedef_type("pid_t", prog.type("int"))
    ///     typedef int pid_t
    #[pyo3(signature = (name, r#type, *, qualifiers=None, language=None),
           text_signature = "($self, name, type, *, qualifiers=..., language=None)")]
    fn typedef_type(
        slf: &Bound<'_, Self>,
        name: String,
        r#type: &Any<'_>,
        qualifiers: Option<&Any<'_>>,
        language: Option<&Any<'_>>,
    ) -> PyResult<PyType> {
        let data = TypeData::Typedef {
            name: name.into(),
            aliased: own_type(slf.get(), expect_type("typedef_type", r#type)?.get())?,
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
        size: Option<Address>,
        byteorder: Option<&str>,
        qualifiers: Option<&Any<'_>>,
        language: Option<&Any<'_>>,
    ) -> PyResult<PyType> {
        let this = slf.get();
        let referenced = own_type(this, expect_type("pointer_type", r#type)?.get())?;
        let size = match size {
            Some(size) => size.0,
            None => match this.program.platform() {
                Some(platform) => platform.address_size().into(),
                None => return Err(PyValueError::new_err("program address size is not known")),
            },
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
    ///
    ///     >>> prog.array_type(prog.type("int"), 4)
    ///     int [4]
    #[pyo3(signature = (r#type, length=None, *, qualifiers=None, language=None),
           text_signature = "($self, type, length=None, *, qualifiers=..., language=None)")]
    fn array_type(
        slf: &Bound<'_, Self>,
        r#type: &Any<'_>,
        length: Option<Address>,
        qualifiers: Option<&Any<'_>>,
        language: Option<&Any<'_>>,
    ) -> PyResult<PyType> {
        let this = slf.get();
        let element = own_type(this, expect_type("array_type", r#type)?.get())?;
        let length = length.map(|length| length.0);
        let language = this.language_of(language)?;
        let id = this.program.types().array(element, length, language);
        Self::qualify(slf, id, qualifiers)
    }

    /// A function's type.
    ///
    ///     >>> prog.function_type(prog.void_type(), (TypeParameter(prog.type("int"), "x"),))
    ///     void (int x)
    #[pyo3(signature = (r#type, parameters, is_variadic=None, *, template_parameters=None,
                        qualifiers=None, language=None),
           text_signature = "($self, type, parameters, is_variadic=False, *, template_parameters=(), qualifiers=..., language=None)")]
    fn function_type(
        slf: &Bound<'_, Self>,
        r#type: &Any<'_>,
        parameters: &Any<'_>,
        is_variadic: Option<&Any<'_>>,
        template_parameters: Option<&Any<'_>>,
        qualifiers: Option<&Any<'_>>,
        language: Option<&Any<'_>>,
    ) -> PyResult<PyType> {
        let this = slf.get();
        let return_type = own_type(this, expect_type("function_type", r#type)?.get())?;
        let parameters = tuple(parameters, "parameters must be sequence")?;
        for parameter in &parameters {
            let Ok(parameter) = parameter.cast::<PyTypeParameter>() else {
                return Err(PyTypeError::new_err("parameter must be TypeParameter"));
            };
            own_argument(slf, parameter.get().argument.peek())?;
        }
        let data = TypeData::Function {
            return_type,
            parameters: Box::default(),
            is_variadic: match is_variadic {
                Some(is_variadic) => is_variadic.is_truthy()?,
                None => false,
            },
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
