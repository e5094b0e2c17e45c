//! Names: types, objects, and what completes them at a prompt.

use crate::macros::MacroValue;
use crate::{Error, Program, Result};
use spelunk_debuginfo::ObjectKinds;
use spelunk_object::Object;
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
    /// If debugging information is damaged where it is needed, or a finder of a user's fails.
    pub fn find_object(
        &self,
        name: &str,
        kinds: ObjectKinds,
        filename: Option<&str>,
    ) -> Result<Option<Object>> {
        let found = self.object_of_finders(name, kinds, filename)?;
        if found.is_some() || !kinds.contains(ObjectKinds::CONSTANT) {
            return Ok(found);
        }
        Ok(match self.macro_value(name, filename)? {
            MacroValue::Constant(object) => Some(object),
            MacroValue::Missing | MacroValue::Other(..) => None,
        })
    }

    /// As [`find_object`](Self::find_object), but no macro.
    pub(crate) fn object_of_finders(
        &self,
        name: &str,
        kinds: ObjectKinds,
        filename: Option<&str>,
    ) -> Result<Option<Object>> {
        self.object_finders
            .first(|finder| finder.find(self, name, kinds, filename))
    }

    /// The object with this name and of one of these kinds.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::ObjectNotFound`](crate::ErrorKind::ObjectNotFound) if there is none.
    pub fn object(&self, name: &str, kinds: ObjectKinds, filename: Option<&str>) -> Result<Object> {
        if let Some(found) = self.find_object(name, kinds, filename)? {
            return Ok(found);
        }
        let reason = match kinds.contains(ObjectKinds::CONSTANT) {
            true => self.explain_macro(name, filename)?,
            false => String::new(),
        };
        let what = describe(kinds);
        Err(Error::object_not_found(what, name, filename, &reason))
    }

    /// The constant with this name: an enumerator, or a macro whose value is one.
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
        for file in self.debug_info.files().iter() {
            names.extend(file.macro_names(prefix, limit)?);
        }
        if let Some(os) = self.os() {
            let special = os.object_names().iter();
            names.extend(
                special
                    .filter(|name| name.starts_with(prefix))
                    .map(|name| (*name).to_owned()),
            );
        }
        names.sort_unstable();
        names.dedup();
        names.truncate(limit);
        Ok(names)
    }

    /// Names of types of these kinds (tags without their keyword) that begin with `prefix`, sorted,
    /// `limit` at most.
    ///
    /// # Errors
    ///
    /// If debugging information is damaged.
    pub fn type_names(
        &self,
        prefix: &str,
        kinds: &[TypeKind],
        limit: usize,
    ) -> Result<Vec<String>> {
        Ok(self.debug_info.type_names(prefix, kinds, limit)?)
    }
}
