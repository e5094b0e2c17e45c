//! What can be asked of a type.

use super::made::MadeType;
use super::{PyType, PyTypeEnumerator, PyTypeMember, PyTypeParameter, PyTypeTemplateParameter};
use crate::enums::{
    PRIMITIVE_TYPE, PRIMITIVES, PyLanguage, QUALIFIERS, TYPE_KIND, qualifiers_from, type_kind_value,
};
use crate::error::raise;
use crate::program::PyProgram;
use pyo3::exceptions::{PyAttributeError, PyLookupError, PyTypeError, PyValueError};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use spelunk_base::ByteOrder;
use spelunk_object::{Primitive, find_member, is_complete, unaliased, unaliased_kind};
use spelunk_types::{Member, QualifiedType, Qualifiers, TypeData, TypeKind};
use std::sync::OnceLock;

/// The word of a kind in "int type does not have members".
fn word(kind: TypeKind) -> &'static str {
    match kind {
        TypeKind::Void => "void",
        TypeKind::Int => "int",
        TypeKind::Bool => "bool",
        TypeKind::Float => "float",
        TypeKind::Struct => "struct",
        TypeKind::Union => "union",
        TypeKind::Class => "class",
        TypeKind::Enum => "enum",
        TypeKind::Typedef => "typedef",
        TypeKind::Pointer => "pointer",
        TypeKind::Array => "array",
        TypeKind::Function => "function",
    }
}

impl PyType {
    /// `value`, or the exception that this kind of type has no such thing.
    fn having<T>(&self, value: Option<T>, what: &str) -> PyResult<T> {
        value.map_or_else(
            || {
                let kind = word(self.get()?.data.kind());
                let lack = match what {
                    "variadic-ness" => "cannot be variadic".into(),
                    what => format!("does not have {what}"),
                };
                Err(PyAttributeError::new_err(format!("{kind} type {lack}")))
            },
            Ok,
        )
    }

    /// What a script made the type of, if one did.
    fn made(&self, py: Python<'_>) -> Option<MadeType> {
        self.prog_ref().get().made.find(py, self.ty().id)
    }

    /// The member of that name among those that a script gave, whose function need not be called.
    fn made_member(&self, py: Python<'_>, name: &str) -> PyResult<Option<Py<PyTypeMember>>> {
        let Some(parts) = self.made(py).and_then(|made| made.parts) else {
            return Ok(None);
        };
        for part in parts.bind(py) {
            if let Ok(member) = part.cast::<PyTypeMember>()
                && member.get().name_text() == Some(name)
            {
                return Ok(Some(member.clone().unbind()));
            }
        }
        Ok(None)
    }

    /// The members or parameters: those that a script gave, else what `known` says.
    fn parts<'py>(
        &self,
        py: Python<'py>,
        known: impl FnOnce() -> PyResult<Bound<'py, PyTuple>>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        remembered(&self.parts, py, || {
            match self.made(py).and_then(|made| made.parts) {
                Some(parts) => Ok(parts.into_bound(py)),
                None => known(),
            }
        })
    }

    pub(super) fn member_of(&self, py: Python<'_>, member: &Member) -> PyTypeMember {
        PyTypeMember::known(
            self.prog_ref().clone_ref(py),
            member.ty,
            member.name.as_deref(),
            member.bit_offset,
            member.bit_field_size,
        )
    }
}

/// What is in `cell`, where `make` puts it the first time.
fn remembered<'py>(
    cell: &OnceLock<Py<PyTuple>>,
    py: Python<'py>,
    make: impl FnOnce() -> PyResult<Bound<'py, PyTuple>>,
) -> PyResult<Bound<'py, PyTuple>> {
    if let Some(tuple) = cell.get() {
        return Ok(tuple.bind(py).clone());
    }
    let made = make()?.unbind();
    Ok(cell.get_or_init(|| made).bind(py).clone())
}

#[pymethods]
impl PyType {
    /// The program that the type is from.
    #[getter]
    fn prog(&self, py: Python<'_>) -> Py<PyProgram> {
        self.prog_ref().clone_ref(py)
    }

    /// The kind of the type.
    #[getter]
    fn kind<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let kind = match self.made(py) {
            // The functions that say what its parameters are need not be called.
            Some(made) => made.ty.data.kind(),
            None => self.get()?.data.kind(),
        };
        TYPE_KIND.member(py, type_kind_value(kind))
    }

    /// The basic type of C that this is, or ``None``.
    #[getter]
    fn primitive<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let data = &self.get()?.data;
        let primitive = match data.kind() {
            TypeKind::Void | TypeKind::Int | TypeKind::Bool | TypeKind::Float => data.name(),
            // Two basic types are typedefs in C, too.
            TypeKind::Typedef => data
                .name()
                .filter(|name| matches!(*name, "size_t" | "ptrdiff_t")),
            _ => None,
        }
        .and_then(Primitive::parse);
        PRIMITIVES
            .iter()
            .zip(0..)
            .find(|(known, _)| Some(**known) == primitive)
            .map(|(_, value)| PRIMITIVE_TYPE.member(py, value))
            .transpose()
    }

    /// The qualifiers.
    #[getter]
    pub(super) fn qualifiers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        QUALIFIERS.member(py, self.ty().qualifiers.bits().into())
    }

    /// The language that the type was written in.
    #[getter]
    fn language(&self) -> PyResult<PyLanguage> {
        Ok(PyLanguage(self.get()?.language))
    }

    /// The name of an integer, Boolean, floating-point or typedef type.
    #[getter]
    fn name(&self) -> PyResult<&str> {
        let data = &self.get()?.data;
        let name = data.name().filter(|_| data.kind() != TypeKind::Void);
        self.having(name, "a name")
    }

    /// The tag of a structure, union, class or enumeration; ``None`` for an anonymous one.
    #[getter]
    fn tag(&self) -> PyResult<Option<&str>> {
        let data = &self.get()?.data;
        let tag = matches!(data, TypeData::Compound { .. } | TypeData::Enum { .. });
        self.having(tag.then(|| data.tag()), "a tag")
    }

    /// The size in bytes; ``None`` for an incomplete type.
    #[getter]
    fn size(&self) -> PyResult<Option<u64>> {
        let size = match &self.get()?.data {
            TypeData::Int { size, .. }
            | TypeData::Bool { size, .. }
            | TypeData::Float { size, .. }
            | TypeData::Pointer { size, .. }
            | TypeData::MemberPointer { size, .. } => Some(Some(*size)),
            TypeData::Compound { size, .. } => Some(*size),
            _ => None,
        };
        self.having(size, "a size")
    }

    /// The number of elements of an array; ``None`` for an incomplete one.
    #[getter]
    fn length(&self) -> PyResult<Option<u64>> {
        let length = match &self.get()?.data {
            TypeData::Array { length, .. } => Some(*length),
            _ => None,
        };
        self.having(length, "a length")
    }

    /// Whether an integer can be negative.
    #[getter]
    fn is_signed(&self) -> PyResult<bool> {
        let is_signed = match &self.get()?.data {
            TypeData::Int { is_signed, .. } => Some(*is_signed),
            _ => None,
        };
        self.having(is_signed, "a signedness")
    }

    /// The order of the bytes: ``'little'`` or ``'big'``.
    #[getter]
    fn byteorder(&self) -> PyResult<&'static str> {
        let order = match &self.get()?.data {
            TypeData::Int { byte_order, .. }
            | TypeData::Bool { byte_order, .. }
            | TypeData::Float { byte_order, .. }
            | TypeData::Pointer { byte_order, .. }
            | TypeData::MemberPointer { byte_order, .. } => Some(match byte_order {
                ByteOrder::Little => "little",
                ByteOrder::Big => "big",
            }),
            _ => None,
        };
        self.having(order, "a byte order")
    }

    /// What a typedef stands for, a pointer points to, an array consists of, a function returns or
    /// an enumeration is stored as.
    #[getter]
    fn r#type(&self, py: Python<'_>) -> PyResult<Option<Self>> {
        let ty: Option<Option<QualifiedType>> = match &self.get()?.data {
            TypeData::Typedef { aliased, .. } => Some(Some(*aliased)),
            TypeData::Pointer { referenced, .. } | TypeData::MemberPointer { referenced, .. } => {
                Some(Some(*referenced))
            }
            TypeData::Array { element, .. } => Some(Some(*element)),
            TypeData::Function { return_type, .. } => Some(Some(*return_type)),
            TypeData::Enum { compatible, .. } => Some(compatible.map(Into::into)),
            _ => None,
        };
        let ty = self.having(ty, "an underlying type")?;
        Ok(ty.map(|ty| self.sibling(py, ty)))
    }

    /// The members of a structure, union or class; ``None`` for an incomplete one.
    ///
    ///     >>> [member.name for member in prog.type("struct list_head").members]
    ///     ['next', 'prev']
    #[getter]
    pub(super) fn members<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        let size = match &self.get()?.data {
            TypeData::Compound { size, .. } => Some(*size),
            _ => None,
        };
        if self.having(size, "members")?.is_none() {
            return Ok(None);
        }
        self.parts(py, || {
            let members = self.types().members(self.ty().id).map_err(raise)?;
            let members = members.map_or(&[][..], |members| &members.members);
            PyTuple::new(py, members.iter().map(|member| self.member_of(py, member)))
        })
        .map(Some)
    }

    /// The enumerators of an enumeration; ``None`` for an incomplete one.
    ///
    ///     >>> prog.type("enum pid_type").enumerators[0]
    ///     TypeEnumerator('PIDTYPE_PID', 0)
    #[getter]
    pub(super) fn enumerators<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<Option<Bound<'py, PyTuple>>> {
        let enumerators = match &self.get()?.data {
            TypeData::Enum { enumerators, .. } => Some(enumerators),
            _ => None,
        };
        let Some(enumerators) = self.having(enumerators, "enumerators")? else {
            return Ok(None);
        };
        self.parts(py, || {
            let enumerators = enumerators.iter();
            PyTuple::new(
                py,
                enumerators
                    .map(|enumerator| PyTypeEnumerator::new(&enumerator.name, enumerator.value)),
            )
        })
        .map(Some)
    }

    /// The parameters of a function.
    ///
    ///     >>> prog.function("kfree").type_.parameters
    ///     (TypeParameter(prog.type('const void *'), name='object'),)
    #[getter]
    pub(super) fn parameters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        // Without a look at the whole type, which has functions called.
        if let Some(made) = self.made(py)
            && let (TypeData::Function { .. }, Some(parts)) = (&made.ty.data, made.parts)
        {
            return Ok(parts.into_bound(py));
        }
        let parameters = match &self.get()?.data {
            TypeData::Function { parameters, .. } => Some(parameters),
            _ => None,
        };
        let parameters = self.having(parameters, "parameters")?;
        self.parts(py, || {
            let parameters = parameters.iter().map(|parameter| {
                let prog = self.prog_ref().clone_ref(py);
                PyTypeParameter::known(prog, parameter.ty, parameter.name.as_deref())
            });
            PyTuple::new(py, parameters)
        })
    }

    /// Whether a function takes more arguments than it has parameters.
    #[getter]
    fn is_variadic(&self) -> PyResult<bool> {
        let is_variadic = match &self.get()?.data {
            TypeData::Function { is_variadic, .. } => Some(*is_variadic),
            _ => None,
        };
        self.having(is_variadic, "variadic-ness")
    }

    /// The template parameters of a structure, union, class or function.
    ///
    ///     >>> prog.type("struct std::vector<int>").template_parameters[0].argument
    ///     int
    #[getter]
    pub(super) fn template_parameters<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let has_any = matches!(
            self.get()?.data,
            TypeData::Compound { .. } | TypeData::Function { .. }
        );
        self.having(has_any.then_some(()), "template parameters")?;
        remembered(&self.template_parameters, py, || {
            if let Some(made) = self.made(py) {
                return Ok(made.template_parameters.into_bound(py));
            }
            let members = self.types().members(self.ty().id).map_err(raise)?;
            let parameters = members.map_or(&[][..], |members| &members.template_parameters);
            let parameters: PyResult<Vec<_>> = parameters
                .iter()
                .map(|parameter| PyTypeTemplateParameter::known(py, self.prog_ref(), parameter))
                .collect();
            PyTuple::new(py, parameters?)
        })
    }

    /// The type's name in C.
    ///
    ///     >>> prog.type("struct list_head").members[0].type.type_name()
    ///     'struct list_head *'
    fn type_name(&self) -> PyResult<String> {
        self.type_name_text()
    }

    /// The declaration of a variable of the type.
    ///
    ///     >>> prog.type("int (*)[2]").variable_declaration("x")
    ///     'int (*x)[2]'
    fn variable_declaration(&self, name: &str) -> PyResult<String> {
        spelunk_object::variable_declaration(self.types(), self.ty(), name).map_err(raise)
    }

    /// Whether the definition is known, and not only a declaration.
    ///
    ///     >>> prog.type("struct task_struct").is_complete()
    ///     True
    fn is_complete(&self) -> PyResult<bool> {
        is_complete(self.types(), self.ty()).map_err(raise)
    }

    /// The same type with these qualifiers, and no others.
    ///
    ///     >>> prog.type("int").qualified(Qualifiers.CONST).type_name()
    ///     'const int'
    fn qualified(&self, py: Python<'_>, qualifiers: &Bound<'_, PyAny>) -> PyResult<Self> {
        let qualifiers = qualifiers_from(Some(qualifiers))?;
        Ok(self.sibling(
            py,
            QualifiedType {
                qualifiers,
                ..self.ty()
            },
        ))
    }

    /// The same type without qualifiers.
    ///
    ///     >>> prog.type("const int").unqualified()
    ///     int
    fn unqualified(&self, py: Python<'_>) -> Self {
        let qualifiers = Qualifiers::NONE;
        self.sibling(
            py,
            QualifiedType {
                qualifiers,
                ..self.ty()
            },
        )
    }

    /// The type behind typedefs.
    ///
    ///     >>> prog.type("pid_t").unaliased().type_name()
    ///     'int'
    fn unaliased(&self, py: Python<'_>) -> PyResult<Self> {
        let ty = unaliased(self.types(), self.ty()).map_err(raise)?;
        Ok(self.sibling(py, ty))
    }

    /// The kind of the type behind typedefs.
    ///
    ///     >>> prog.type("pid_t").unaliased_kind()
    ///     <TypeKind.INT: 2>
    fn unaliased_kind<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let kind = unaliased_kind(self.types(), self.ty()).map_err(raise)?;
        TYPE_KIND.member(py, type_kind_value(kind))
    }

    /// The member called `name`, also where it is in an anonymous member.
    ///
    ///     >>> prog.type("struct task_struct").member("pid").bit_offset
    ///     19328
    ///
    /// :raises LookupError: if there is none
    fn member(&self, py: Python<'_>, name: &str) -> PyResult<Py<PyTypeMember>> {
        if let Some(made) = self.made_member(py, name)? {
            return Ok(made);
        }
        let member = find_member(self.types(), self.ty().id, name).map_err(raise)?;
        let Some(member) = member else {
            return Err(PyLookupError::new_err(format!(
                "'{}' has no member '{name}'",
                self.type_name_text()?
            )));
        };
        if member.via.is_some() {
            return Err(PyValueError::new_err(format!(
                "'{name}' is in a virtual base class of '{}', which each object has elsewhere",
                self.type_name_text()?
            )));
        }
        let member = PyTypeMember::known(
            self.prog_ref().clone_ref(py),
            member.ty,
            Some(name),
            member.bit_offset,
            member.bit_field_size,
        );
        Py::new(py, member)
    }

    /// A number that two types share exactly where they are the same one, whatever their
    /// qualifiers: for tests.
    #[getter]
    fn _ptr(&self) -> u32 {
        self.ty().id.as_u32()
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(self.prog_ref())?;
        visit.call(self.parts.get())?;
        visit.call(self.template_parameters.get())
    }

    /// Whether there is a member called `name`.
    ///
    ///     >>> prog.type("struct task_struct").has_member("pid")
    ///     True
    fn has_member(&self, name: &str) -> PyResult<bool> {
        let member = find_member(self.types(), self.ty().id, name).map_err(raise)?;
        Ok(member.is_some())
    }
}

/// An argument that must be a type, for `method`.
pub(crate) fn expect_type<'a, 'py>(
    method: &str,
    argument: &'a Bound<'py, PyAny>,
) -> PyResult<&'a Bound<'py, PyType>> {
    argument.cast::<PyType>().map_err(|_| {
        let name = argument.get_type().name();
        PyTypeError::new_err(format!(
            "{method}() argument 1 must be spelunk.Type, not {}",
            name.map(|name| name.to_string()).unwrap_or_default()
        ))
    })
}
