//! Names: types, objects, and what completes them at a prompt.

use crate::{Error, Program, Result};
use spelunk_debuginfo::{Absence, FoundObject, ObjectKinds, ObjectValue};
use spelunk_object::{AbsenceReason, Object, Value};
use spelunk_types::{QualifiedType, TypeKind};

/// What to call objects of these kinds in `could not find ... 'name'`.
fn describe(kinds: ObjectKinds) -> &'static str {
    match kinds {
        ObjectKinds::CONSTANT => "constant ",
        ObjectKinds::FUNCTION => "function ",
        ObjectKinds::VARIABLE => "variable ",
        _ => "",
    }
}

impl Program {
    /// The type with this C name (`struct task_struct *`), in a file if one is given.
    ///
    /// # Errors
    ///
    /// A syntax error if `name` is no type name; a lookup error if there is no such type.
    pub fn type_(&self, name: &str, filename: Option<&str>) -> Result<QualifiedType> {
        Ok(spelunk_object::lookup_type(self, name, filename)?)
    }

    /// The object with this name, if there is one of these kinds.
    ///
    /// # Errors
    ///
    /// If debugging information is damaged where it is needed.
    pub fn find_object(
        &self,
        name: &str,
        kinds: ObjectKinds,
        filename: Option<&str>,
    ) -> Result<Option<Object>> {
        if filename.is_none()
            && let Some(os) = self.os()
            && let Some(object) = os.find_object(self, name)?
        {
            return Ok(Some(object));
        }
        let look_up = || {
            self.debug_info
                .find_object(name, filename, kinds)?
                .map(|found| self.object_of(&found))
                .transpose()
        };
        if filename.is_some() {
            return look_up();
        }
        let files = self.debug_info.files().len();
        self.found_objects
            .get_or_look_up(files, kinds, name, look_up)
    }

    /// The object that debugging information told of.
    pub(crate) fn object_of(&self, found: &FoundObject) -> Result<Object> {
        Ok(match &found.value {
            ObjectValue::Address(address) => Object::at(found.ty, *address),
            ObjectValue::Bytes(bytes) => Object::from_bytes(self, found.ty, bytes, 0, None)?,
            ObjectValue::Constant(value) => {
                Object::from_value(self, found.ty, &Value::from(*value), None)?
            }
            ObjectValue::Absent(Absence::OptimizedOut) => {
                Object::absent(found.ty, AbsenceReason::OptimizedOut)
            }
            ObjectValue::Absent(Absence::NotImplemented) => {
                Object::absent(found.ty, AbsenceReason::NotImplemented)
            }
        })
    }

    /// The object with this name and of one of these kinds.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::ObjectNotFound`](crate::ErrorKind::ObjectNotFound) if there is none.
    pub fn object(&self, name: &str, kinds: ObjectKinds, filename: Option<&str>) -> Result<Object> {
        self.find_object(name, kinds, filename)?
            .ok_or_else(|| Error::object_not_found(describe(kinds), name, filename))
    }

    /// The constant with this name, such as an enumerator.
    ///
    /// # Errors
    ///
    /// As [`object`](Self::object).
    pub fn constant(&self, name: &str, filename: Option<&str>) -> Result<Object> {
        self.object(name, ObjectKinds::CONSTANT, filename)
    }

    /// The function with this name.
    ///
    /// # Errors
    ///
    /// As [`object`](Self::object).
    pub fn function(&self, name: &str, filename: Option<&str>) -> Result<Object> {
        self.object(name, ObjectKinds::FUNCTION, filename)
    }

    /// The variable with this name.
    ///
    /// # Errors
    ///
    /// As [`object`](Self::object).
    pub fn variable(&self, name: &str, filename: Option<&str>) -> Result<Object> {
        self.object(name, ObjectKinds::VARIABLE, filename)
    }

    /// Whether there is an object with this name.
    ///
    /// # Errors
    ///
    /// As [`find_object`](Self::find_object).
    pub fn contains(&self, name: &str) -> Result<bool> {
        Ok(self.find_object(name, ObjectKinds::ANY, None)?.is_some())
    }

    /// Names of objects that begin with `prefix`, sorted, `limit` at most.
    ///
    /// # Errors
    ///
    /// If debugging information is damaged.
    pub fn object_names(&self, prefix: &str, limit: usize) -> Result<Vec<String>> {
        let mut names = self
            .debug_info
            .object_names(prefix, ObjectKinds::ANY, limit)?;
        if let Some(os) = self.os() {
            let special = os.object_names().iter();
            names.extend(
                special
                    .filter(|name| name.starts_with(prefix))
                    .map(|name| (*name).to_owned()),
            );
            names.sort_unstable();
            names.dedup();
            names.truncate(limit);
        }
        Ok(names)
    }

    /// Names of types (tags without their keyword) that begin with `prefix`, sorted, `limit` at
    /// most.
    ///
    /// # Errors
    ///
    /// If debugging information is damaged.
    pub fn type_names(&self, prefix: &str, limit: usize) -> Result<Vec<String>> {
        Ok(self.debug_info.type_names(prefix, &TypeKind::ALL, limit)?)
    }
}
