//! Types made by scripts.

use super::PyProgram;
use crate::convert::Integer;
use crate::enums::{PyLanguage, qualifiers_from};
use crate::error::raise;
use crate::types::{
    PyType, PyTypeEnumerator, PyTypeMember, PyTypeParameter, expect_type, own_type,
};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use spelunk_base::{Architecture, ByteOrder};
use spelunk_types::{
    CompoundKind, Enumerator, FloatFormat, Member, MemberRole, Members, Parameter, QualifiedType,
    Type, TypeData, TypeId,
};

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
        language: Option<&PyLanguage>,
    ) -> PyResult<PyType> {
        let language = slf.get().language_of(language);
        let id = slf.get().program.types().add(Type::new(language, data));
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

    fn language_of(&self, language: Option<&PyLanguage>) -> spelunk_base::Language {
        language.map_or_else(|| self.program.language(), |language| language.0)
    }

    fn compound(
        slf: &Bound<'_, Self>,
        kind: CompoundKind,
        tag: Option<String>,
        size: Option<Integer>,
        members: Option<&Any<'_>>,
        qualifiers: Option<&Any<'_>>,
        language: Option<&PyLanguage>,
    ) -> PyResult<PyType> {
        let size = size.as_ref().map(self::size).transpose()?;
        if size.is_none() && members.is_some() {
            return Err(PyValueError::new_err(
                "incomplete type must not have members",
            ));
        }
        let mut list = Vec::new();
        if let Some(members) = members {
            for member in members.try_iter()? {
                let member = member?;
                let member = member.cast::<PyTypeMember>()?.get();
                let (prog, ty, bit_field_size) = member.resolve(slf.py())?;
                if !prog.is(slf) {
                    return Err(PyValueError::new_err("type is from a different program"));
                }
                list.push(Member {
                    name: member.name_text().map(Into::into),
                    ty,
                    bit_offset: member.bits(),
                    bit_field_size,
                    role: MemberRole::Member,
                });
            }
        }
        let data = TypeData::Compound {
            kind,
            tag: tag.map(Into::into),
            size,
        };
        let ty = Type::new(slf.get().language_of(language), data);
        let members = Members::new(list, Vec::new());
        let id = slf.get().program.types().add_compound(ty, members);
        Self::qualify(slf, id, qualifiers)
    }
}

#[pymethods]
impl PyProgram {
    /// The type ``void``.
    #[pyo3(signature = (*, qualifiers=None, language=None))]
    fn void_type(
        slf: &Bound<'_, Self>,
        qualifiers: Option<&Any<'_>>,
        language: Option<PyLanguage>,
    ) -> PyResult<PyType> {
        let language = slf.get().language_of(language.as_ref());
        let id = slf.get().program.types().void(language);
        Self::qualify(slf, id, qualifiers)
    }

    /// An integer type.
    ///
    ///     >>> prog.int_type("u128", 16, False)
    ///     u128
    #[pyo3(signature = (name, size, is_signed, byteorder=None, *, qualifiers=None, language=None))]
    fn int_type(
        slf: &Bound<'_, Self>,
        name: String,
        size: Integer,
        is_signed: bool,
        byteorder: Option<&str>,
        qualifiers: Option<&Any<'_>>,
        language: Option<PyLanguage>,
    ) -> PyResult<PyType> {
        let data = TypeData::Int {
            name: name.into(),
            size: self::size(&size)?,
            precision: None,
            is_signed,
            byte_order: slf.get().byte_order(byteorder)?,
        };
        Self::make(slf, data, qualifiers, language.as_ref())
    }

    /// A Boolean type.
    #[pyo3(signature = (name, size, byteorder=None, *, qualifiers=None, language=None))]
    fn bool_type(
        slf: &Bound<'_, Self>,
        name: String,
        size: Integer,
        byteorder: Option<&str>,
        qualifiers: Option<&Any<'_>>,
        language: Option<PyLanguage>,
    ) -> PyResult<PyType> {
        let data = TypeData::Bool {
            name: name.into(),
            size: self::size(&size)?,
            byte_order: slf.get().byte_order(byteorder)?,
        };
        Self::make(slf, data, qualifiers, language.as_ref())
    }

    /// A floating-point type.
    #[pyo3(signature = (name, size, byteorder=None, *, qualifiers=None, language=None))]
    fn float_type(
        slf: &Bound<'_, Self>,
        name: String,
        size: Integer,
        byteorder: Option<&str>,
        qualifiers: Option<&Any<'_>>,
        language: Option<PyLanguage>,
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
        Self::make(slf, data, qualifiers, language.as_ref())
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
        language: Option<PyLanguage>,
    ) -> PyResult<PyType> {
        no_template_parameters(template_parameters)?;
        let kind = CompoundKind::Struct;
        Self::compound(slf, kind, tag, size, members, qualifiers, language.as_ref())
    }

    /// A union type; as ``struct_type()``.
    #[pyo3(signature = (tag, size=None, members=None, *, template_parameters=None,
                        qualifiers=None, language=None))]
    fn union_type(
        slf: &Bound<'_, Self>,
        tag: Option<String>,
        size: Option<Integer>,
        members: Option<&Any<'_>>,
        template_parameters: Option<&Any<'_>>,
        qualifiers: Option<&Any<'_>>,
        language: Option<PyLanguage>,
    ) -> PyResult<PyType> {
        no_template_parameters(template_parameters)?;
        let kind = CompoundKind::Union;
        Self::compound(slf, kind, tag, size, members, qualifiers, language.as_ref())
    }

    /// A class type; as ``struct_type()``.
    #[pyo3(signature = (tag, size=None, members=None, *, template_parameters=None,
                        qualifiers=None, language=None))]
    fn class_type(
        slf: &Bound<'_, Self>,
        tag: Option<String>,
        size: Option<Integer>,
        members: Option<&Any<'_>>,
        template_parameters: Option<&Any<'_>>,
        qualifiers: Option<&Any<'_>>,
        language: Option<PyLanguage>,
    ) -> PyResult<PyType> {
        no_template_parameters(template_parameters)?;
        let kind = CompoundKind::Class;
        Self::compound(slf, kind, tag, size, members, qualifiers, language.as_ref())
    }

    /// An enumeration; an incomplete one without type and enumerators.
    #[pyo3(signature = (tag, r#type=None, enumerators=None, *, qualifiers=None, language=None))]
    fn enum_type(
        slf: &Bound<'_, Self>,
        tag: Option<String>,
        r#type: Option<&Any<'_>>,
        enumerators: Option<&Any<'_>>,
        qualifiers: Option<&Any<'_>>,
        language: Option<PyLanguage>,
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
        Self::make(slf, data, qualifiers, language.as_ref())
    }

    /// Another name for a type.
    #[pyo3(signature = (name, r#type, *, qualifiers=None, language=None))]
    fn typedef_type(
        slf: &Bound<'_, Self>,
        name: String,
        r#type: &Bound<'_, PyType>,
        qualifiers: Option<&Any<'_>>,
        language: Option<PyLanguage>,
    ) -> PyResult<PyType> {
        let data = TypeData::Typedef {
            name: name.into(),
            aliased: own_type(slf.get(), r#type.get())?,
        };
        Self::make(slf, data, qualifiers, language.as_ref())
    }

    /// A pointer to a type.
    ///
    ///     >>> prog.pointer_type(prog.type("int"))
    ///     int *
    #[pyo3(signature = (r#type, size=None, byteorder=None, *, qualifiers=None, language=None))]
    fn pointer_type(
        slf: &Bound<'_, Self>,
        r#type: &Any<'_>,
        size: Option<Integer>,
        byteorder: Option<&str>,
        qualifiers: Option<&Any<'_>>,
        language: Option<PyLanguage>,
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
        let language = this.language_of(language.as_ref());
        let id = this
            .program
            .types()
            .pointer(referenced, size, order, language);
        Self::qualify(slf, id, qualifiers)
    }

    /// An array; an incomplete one without a length.
    #[pyo3(signature = (r#type, length=None, *, qualifiers=None, language=None))]
    fn array_type(
        slf: &Bound<'_, Self>,
        r#type: &Any<'_>,
        length: Option<Integer>,
        qualifiers: Option<&Any<'_>>,
        language: Option<PyLanguage>,
    ) -> PyResult<PyType> {
        let this = slf.get();
        let element = own_type(this, expect_type("array_type", r#type)?.get())?;
        let length = length.as_ref().map(self::size).transpose()?;
        let language = this.language_of(language.as_ref());
        let id = this.program.types().array(element, length, language);
        Self::qualify(slf, id, qualifiers)
    }

    /// A function's type.
    #[pyo3(signature = (r#type, parameters, is_variadic=false, *, template_parameters=None,
                        qualifiers=None, language=None))]
    fn function_type(
        slf: &Bound<'_, Self>,
        r#type: &Any<'_>,
        parameters: &Any<'_>,
        is_variadic: bool,
        template_parameters: Option<&Any<'_>>,
        qualifiers: Option<&Any<'_>>,
        language: Option<PyLanguage>,
    ) -> PyResult<PyType> {
        no_template_parameters(template_parameters)?;
        let return_type = own_type(slf.get(), expect_type("function_type", r#type)?.get())?;
        let parameters: PyResult<Vec<Parameter>> = parameters
            .try_iter()?
            .map(|parameter| {
                let parameter = parameter?;
                let parameter = parameter.cast::<PyTypeParameter>()?.get();
                Ok(Parameter {
                    name: parameter.name.as_deref().map(Into::into),
                    ty: parameter.ty,
                })
            })
            .collect();
        let data = TypeData::Function {
            return_type,
            parameters: parameters?.into(),
            is_variadic,
        };
        Self::make(slf, data, qualifiers, language.as_ref())
    }
}

fn no_template_parameters(parameters: Option<&Any<'_>>) -> PyResult<()> {
    match parameters {
        Some(parameters) if parameters.len()? != 0 => {
            Err(pyo3::exceptions::PyNotImplementedError::new_err(
                "template parameters cannot be given yet",
            ))
        }
        _ => Ok(()),
    }
}
