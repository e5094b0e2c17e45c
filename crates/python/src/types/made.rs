//! Structures and functions that scripts made: what they consist of may come from functions that
//! are not called before it is needed.

use super::{PyTypeMember, PyTypeParameter, PyTypeTemplateParameter};
use crate::program::PyProgram;
use pyo3::exceptions::PyValueError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use spelunk_types::{
    Member, MemberRole, Members, Parameter, ProducerId, QualifiedType, TemplateParameter, Type,
    TypeData, TypeError, TypeId, TypeProducer, TypeStore,
};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

/// All of a program. Held by the Python object, where the collector of garbage sees it, and by the
/// engine, which asks it.
#[derive(Default)]
pub(crate) struct MadeTypes {
    producer: OnceLock<ProducerId>,
    made: RwLock<Made>,
}

#[derive(Default)]
struct Made {
    types: Vec<MadeType>,
    /// Places in `types`.
    by_id: HashMap<TypeId, usize>,
}

/// A type, and what scripts are shown of it.
pub(crate) struct MadeType {
    /// A function's without its parameters.
    pub(crate) ty: Type,
    /// Members or parameters; `None` for an incomplete type.
    pub(crate) parts: Option<Py<PyTuple>>,
    pub(crate) template_parameters: Py<PyTuple>,
}

impl MadeType {
    fn clone_ref(&self, py: Python<'_>) -> Self {
        Self {
            ty: self.ty.clone(),
            parts: self.parts.as_ref().map(|parts| parts.clone_ref(py)),
            template_parameters: self.template_parameters.clone_ref(py),
        }
    }
}

/// The key of a type: its place in the list.
fn key(place: usize) -> u64 {
    place as u64 & u64::from(u32::MAX)
}

/// The key of the type of one of its parts that could not be made when it was asked for.
fn part_key(key: u64, part: usize) -> u64 {
    key | (part as u64 + 1) << 32
}

impl MadeTypes {
    /// Makes it one of the producers of `store`.
    pub(crate) fn register(self: &Arc<Self>, store: &TypeStore) -> Result<(), TypeError> {
        let producer = store.register(Arc::clone(self) as _)?;
        self.producer.get_or_init(|| producer);
        Ok(())
    }

    /// The id of a new type.
    pub(crate) fn add(&self, store: &TypeStore, ty: MadeType) -> Result<TypeId, TypeError> {
        let producer = self.producer()?;
        let place = {
            let mut made = self.made.write().unwrap_or_else(PoisonError::into_inner);
            made.types.push(ty);
            made.types.len().saturating_sub(1)
        };
        let id = store.declare(producer, key(place))?;
        let mut made = self.made.write().unwrap_or_else(PoisonError::into_inner);
        made.by_id.insert(id, place);
        Ok(id)
    }

    fn producer(&self) -> Result<ProducerId, TypeError> {
        let unknown = || TypeError::new("program does not know types made by scripts");
        self.producer.get().copied().ok_or_else(unknown)
    }

    /// The type with this id, if it was made by a script.
    pub(crate) fn find(&self, py: Python<'_>, id: TypeId) -> Option<MadeType> {
        let made = self.made.read().unwrap_or_else(PoisonError::into_inner);
        let place = made.by_id.get(&id)?;
        Some(made.types.get(*place)?.clone_ref(py))
    }

    fn lookup(&self, py: Python<'_>, key: u64) -> Result<MadeType, TypeError> {
        let place = usize::try_from(key & u64::from(u32::MAX)).unwrap_or(usize::MAX);
        let made = self.made.read().unwrap_or_else(PoisonError::into_inner);
        let made = made.types.get(place).map(|ty| ty.clone_ref(py));
        made.ok_or_else(|| TypeError::new("type is gone with its program"))
    }

    /// The type of a part. One that a function does not give now gets a type of its own, which asks
    /// the function again: it must not spoil the others.
    fn type_of(
        &self,
        store: &TypeStore,
        key: u64,
        part: usize,
        found: PyResult<QualifiedType>,
    ) -> Result<QualifiedType, TypeError> {
        match found {
            Ok(ty) => Ok(ty),
            Err(_) => Ok(store.declare(self.producer()?, part_key(key, part))?.into()),
        }
    }

    fn members_of(
        &self,
        py: Python<'_>,
        store: &TypeStore,
        key: u64,
        made: &MadeType,
    ) -> Result<Vec<Member>, TypeError> {
        let parts = made.parts.as_ref().map(|parts| parts.bind(py));
        let mut members = Vec::new();
        for (index, part) in parts.into_iter().flatten().enumerate() {
            let member = part
                .cast::<PyTypeMember>()
                .map_err(|error| carry(error.into()))?;
            let member = member.get();
            let argument = member.argument(py);
            let bit_field_size = match &argument {
                Ok(argument) => argument.bit_field_size(),
                Err(_) => None,
            };
            let ty = argument.and_then(|argument| own(store, &argument.prog, argument.ty()));
            members.push(Member {
                name: member.name_text().map(Into::into),
                ty: self.type_of(store, key, index, ty)?,
                bit_offset: member.bits(),
                bit_field_size,
                alignment: None,
                role: MemberRole::Member,
            });
        }
        Ok(members)
    }

    /// The template parameters: printers choose by them. One that cannot be known is left out.
    fn template_parameters_of(
        py: Python<'_>,
        store: &TypeStore,
        made: &MadeType,
    ) -> Vec<TemplateParameter> {
        let parameters = made.template_parameters.bind(py).iter();
        parameters
            .filter_map(|parameter| {
                let parameter = parameter.cast::<PyTypeTemplateParameter>().ok()?.get();
                parameter.known_to(py, store)
            })
            .collect()
    }

    fn parameters_of(
        &self,
        py: Python<'_>,
        store: &TypeStore,
        key: u64,
        made: &MadeType,
    ) -> Result<Box<[Parameter]>, TypeError> {
        let parts = made.parts.as_ref().map(|parts| parts.bind(py));
        let parts = parts.into_iter().flatten().enumerate();
        parts
            .map(|(index, part)| {
                let parameter = part
                    .cast::<PyTypeParameter>()
                    .map_err(|error| carry(error.into()))?;
                let parameter = parameter.get();
                let argument = parameter.argument.get(py);
                let ty = argument.and_then(|argument| own(store, &argument.prog, argument.ty()));
                Ok(Parameter {
                    name: parameter.name.as_deref().map(Into::into),
                    ty: self.type_of(store, key, index, ty)?,
                })
            })
            .collect()
    }

    /// What the function of a part gives this time.
    fn part(&self, py: Python<'_>, store: &TypeStore, key: u64) -> PyResult<Option<TypeId>> {
        let Some(index) = (key >> 32).checked_sub(1) else {
            return Ok(None);
        };
        let made = self.lookup(py, key).map_err(crate::error::raise)?;
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        let parts = made.parts.as_ref().map(|parts| parts.bind(py));
        let part = parts.and_then(|parts| parts.get_item(index).ok());
        let Some(part) = part else {
            return Ok(None);
        };
        let argument = if let Ok(member) = part.cast::<PyTypeMember>() {
            member.get().argument(py)?
        } else {
            part.cast::<PyTypeParameter>()?.get().argument.get(py)?
        };
        own(store, &argument.prog, argument.ty()).map(|ty| Some(ty.id))
    }

    pub(crate) fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        // The collector must not wait: a list that is being changed is looked at the next time.
        let Ok(made) = self.made.try_read() else {
            return Ok(());
        };
        made.types.iter().try_for_each(|ty| {
            visit.call(&ty.parts)?;
            visit.call(&ty.template_parameters)
        })
    }

    /// Forgets all types, when nobody can reach the program any more.
    pub(crate) fn clear(&self) {
        let made = self.made.write();
        let made = std::mem::take(&mut *made.unwrap_or_else(PoisonError::into_inner));
        // With the lock released: what is dropped may be anything of Python's.
        drop(made);
    }
}

/// The type, if it is one of the program that `store` is of.
pub(super) fn own(
    store: &TypeStore,
    prog: &Py<PyProgram>,
    ty: QualifiedType,
) -> PyResult<QualifiedType> {
    match std::ptr::eq(prog.get().target().types(), store) {
        true => Ok(ty),
        false => Err(PyValueError::new_err("objects are from different programs")),
    }
}

fn carry(exception: PyErr) -> TypeError {
    TypeError::foreign(exception.to_string(), Arc::new(exception))
}

impl TypeProducer for MadeTypes {
    fn complete(&self, store: &TypeStore, key: u64) -> Result<Type, TypeError> {
        Python::attach(|py| {
            if let Some(id) = self.part(py, store, key).map_err(carry)? {
                return store.get(id).cloned();
            }
            let made = self.lookup(py, key)?;
            let mut ty = made.ty.clone();
            if let TypeData::Function { parameters, .. } = &mut ty.data {
                *parameters = self.parameters_of(py, store, key, &made)?;
            }
            Ok(ty)
        })
    }

    fn members(&self, store: &TypeStore, key: u64) -> Result<Members, TypeError> {
        Python::attach(|py| {
            if let Some(id) = self.part(py, store, key).map_err(carry)? {
                let members = store.members(id)?.map(|members| members.members.to_vec());
                return Ok(Members::new(members.unwrap_or_default(), Vec::new()));
            }
            let made = self.lookup(py, key)?;
            let members = self.members_of(py, store, key, &made)?;
            let template_parameters = Self::template_parameters_of(py, store, &made);
            Ok(Members::new(members, template_parameters))
        })
    }
}
