//! Types as text: C's by `str()`, the expression that makes them by `repr()`.

use super::PyType;
use crate::error::raise;
use crate::program::PyProgram;
use crate::text::quote;
use pyo3::prelude::*;
use pyo3::types::PyTupleMethods;
use spelunk_base::{ByteOrder, Language};
use spelunk_object::{format_type, type_name};
use spelunk_types::{QualifiedType, TypeData, TypeId};

/// `prog.type('struct foo *')`
pub(super) fn by_name(py: Python<'_>, prog: &PyProgram, ty: QualifiedType) -> PyResult<String> {
    let name = type_name(prog.target().types(), ty).map_err(raise)?;
    Ok(format!("prog.type({})", quote(py, &name)?))
}

/// Types in types that are written out; deeper is no type but a circle of them.
const MAX_DEPTH: u32 = 100;

/// `prog.pointer_type(type=prog.int_type(...))`: written out, but for members and parameters.
fn expression(py: Python<'_>, ty: &PyType, depth: u32) -> PyResult<String> {
    if depth > MAX_DEPTH {
        return Ok("...".into());
    }
    let data = &ty.get()?.data;
    let mut arguments = arguments(py, ty, data, depth)?;
    let qualifiers = ty.ty().qualifiers;
    if !qualifiers.is_empty() {
        arguments.push(format!("qualifiers={}", ty.qualifiers(py)?.repr()?));
    }
    let language = ty.get()?.language;
    if language != ty.prog_ref().get().program.language() {
        arguments.push(format!(
            "language=Language.{}",
            match language {
                Language::C => "C",
                Language::Cpp => "CPP",
                Language::Rust => "RUST",
            }
        ));
    }
    let constructor = match data {
        TypeData::Void => "void_type",
        TypeData::Int { .. } => "int_type",
        TypeData::Bool { .. } => "bool_type",
        TypeData::Float { .. } => "float_type",
        TypeData::Compound { kind, .. } => match kind.keyword() {
            "union" => "union_type",
            "class" => "class_type",
            _ => "struct_type",
        },
        TypeData::Enum { .. } => "enum_type",
        TypeData::Typedef { .. } => "typedef_type",
        TypeData::Pointer { .. } | TypeData::MemberPointer { .. } => "pointer_type",
        TypeData::Array { .. } => "array_type",
        TypeData::Function { .. } => "function_type",
    };
    Ok(format!("prog.{constructor}({})", arguments.join(", ")))
}

fn arguments(py: Python<'_>, ty: &PyType, data: &TypeData, depth: u32) -> PyResult<Vec<String>> {
    let inner = |inner: QualifiedType| -> PyResult<String> {
        expression(py, &ty.sibling(py, inner), depth.saturating_add(1))
    };
    let inner_id = |id: TypeId| inner(id.into());
    let name = |name: &str| -> PyResult<String> { Ok(format!("name={}", quote(py, name)?)) };
    let tag = |tag: Option<&str>| -> PyResult<String> {
        Ok(match tag {
            Some(tag) => format!("tag={}", quote(py, tag)?),
            None => "tag=None".into(),
        })
    };
    let order = |order: ByteOrder| -> Option<String> {
        let usual = ty.target().platform().map(|platform| platform.byte_order);
        (Some(order) != usual).then(|| match order {
            ByteOrder::Little => "byteorder='little'".into(),
            ByteOrder::Big => "byteorder='big'".into(),
        })
    };
    let mut list = Vec::new();
    match data {
        TypeData::Void => {}
        TypeData::Int {
            name: text,
            size,
            is_signed,
            byte_order,
            ..
        } => {
            let is_signed = if *is_signed { "True" } else { "False" };
            list.extend([
                name(text)?,
                format!("size={size}"),
                format!("is_signed={is_signed}"),
            ]);
            list.extend(order(*byte_order));
        }
        TypeData::Bool {
            name: text,
            size,
            byte_order,
        }
        | TypeData::Float {
            name: text,
            size,
            byte_order,
            ..
        } => {
            list.extend([name(text)?, format!("size={size}")]);
            list.extend(order(*byte_order));
        }
        TypeData::Compound {
            tag: text, size, ..
        } => {
            list.push(tag(text.as_deref())?);
            match size {
                None => list.extend(["size=None".into(), "members=None".into()]),
                Some(size) => {
                    let members = ty.members(py)?;
                    list.push(format!("size={size}"));
                    if let Some(members) = members {
                        list.push(format!("members={}", members.repr()?));
                    }
                }
            }
            list.extend(template_parameters(py, ty)?);
        }
        TypeData::Enum {
            tag: text,
            compatible,
            ..
        } => {
            list.push(tag(text.as_deref())?);
            list.push(match compatible {
                Some(compatible) => format!("type={}", inner_id(*compatible)?),
                None => "type=None".into(),
            });
            list.push(match ty.enumerators(py)? {
                Some(enumerators) => format!("enumerators={}", enumerators.repr()?),
                None => "enumerators=None".into(),
            });
        }
        TypeData::Typedef {
            name: text,
            aliased,
        } => list.extend([name(text)?, format!("type={}", inner(*aliased)?)]),
        TypeData::Pointer {
            size,
            byte_order,
            referenced,
            ..
        }
        | TypeData::MemberPointer {
            size,
            byte_order,
            referenced,
            ..
        } => {
            list.push(format!("type={}", inner(*referenced)?));
            let usual = ty
                .target()
                .platform()
                .map(|platform| platform.address_size());
            if usual.map(u64::from) != Some(*size) {
                list.push(format!("size={size}"));
            }
            list.extend(order(*byte_order));
        }
        TypeData::Array { element, length } => {
            list.push(format!("type={}", inner(*element)?));
            list.push(match length {
                Some(length) => format!("length={length}"),
                None => "length=None".into(),
            });
        }
        TypeData::Function {
            return_type,
            is_variadic,
            ..
        } => {
            list.push(format!("type={}", inner(*return_type)?));
            list.push(format!("parameters={}", ty.parameters(py)?.repr()?));
            let is_variadic = if *is_variadic { "True" } else { "False" };
            list.push(format!("is_variadic={is_variadic}"));
            list.extend(template_parameters(py, ty)?);
        }
    }
    Ok(list)
}

fn template_parameters(py: Python<'_>, ty: &PyType) -> PyResult<Option<String>> {
    let parameters = ty.template_parameters(py)?;
    if parameters.is_empty() {
        return Ok(None);
    }
    Ok(Some(format!("template_parameters={}", parameters.repr()?)))
}

#[pymethods]
impl PyType {
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        expression(py, self, 0)
    }

    fn __str__(&self) -> PyResult<String> {
        format_type(self.types(), self.ty()).map_err(raise)
    }

    fn _repr_pretty_(&self, p: &Bound<'_, PyAny>, cycle: bool) -> PyResult<()> {
        let text = if cycle { "...".into() } else { self.__str__()? };
        p.call_method1("text", (text,)).map(drop)
    }
}
