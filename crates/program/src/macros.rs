//! Macros, and the constants that they stand for.
//!
//! They are looked for last, so that no name means anything else because of them.

use crate::{Error, ErrorKind, Program, Result};
use spelunk_debuginfo::{DebugFile, Macro, MacroPlace, ObjectKinds};
use spelunk_object::{MacroDefinition, Object, Scope, evaluate_constant};
use std::sync::Arc;

/// What a name stands for that a macro has.
pub(crate) enum MacroValue {
    /// There is no such macro.
    Missing,
    Constant(Object),
    /// There is one, which is no constant for this reason.
    Other(Macro, Error),
}

/// What names mean where a macro stands.
struct MacroScope<'a> {
    program: &'a Program,
    file: &'a DebugFile,
    place: MacroPlace,
}

impl Scope for MacroScope<'_> {
    fn find_macro(&self, name: &str) -> spelunk_object::Result<Option<MacroDefinition>> {
        let found = self
            .file
            .find_macro(name, self.place)
            .map_err(Error::from)?;
        Ok(found.map(|found| MacroDefinition {
            parameters: found.parameters,
            body: found.body,
        }))
    }

    fn find_object(&self, name: &str) -> spelunk_object::Result<Option<Object>> {
        let program = self.program;
        Ok(program.object_of_finders(name, ObjectKinds::ANY, None)?)
    }
}

impl Program {
    /// The definitions of a macro: those that count until the end of their unit first. `filename`
    /// says which file defines it, or which was compiled.
    ///
    /// # Errors
    ///
    /// If debugging information is damaged where it is needed.
    pub fn macros(&self, name: &str, filename: Option<&str>) -> Result<Vec<Macro>> {
        let mut live = Vec::new();
        let mut others = Vec::new();
        for file in self.debug_info.files().iter() {
            for place in file.macro_places(name, filename)? {
                let list = if place.is_live() {
                    &mut live
                } else {
                    &mut others
                };
                list.extend(file.find_macro(name, place)?);
            }
        }
        let mut all: Vec<Macro> = Vec::new();
        for found in live.into_iter().chain(others) {
            if !all.contains(&found) {
                all.push(found);
            }
        }
        Ok(all)
    }

    /// The definition of a macro: the first of [`macros`](Self::macros).
    ///
    /// # Errors
    ///
    /// A lookup error if there is none.
    pub fn lookup_macro(&self, name: &str, filename: Option<&str>) -> Result<Macro> {
        let first = self.macros(name, filename)?.into_iter().next();
        first.ok_or_else(|| {
            let place = filename.map_or(String::new(), |file| format!(" in '{file}'"));
            let has_any = self.debug_info.files().iter().any(|file| file.has_macros());
            let remedy = match has_any {
                true => "",
                false => {
                    ": no debugging information has macros; compile with -g3 \
                          (GCC) or -g -fdebug-macro (Clang)"
                }
            };
            Error::lookup(format!("could not find macro '{name}'{place}{remedy}"))
        })
    }

    /// The value of the macro `name` where it is a constant expression.
    pub(crate) fn macro_value(&self, name: &str, filename: Option<&str>) -> Result<MacroValue> {
        // Whoever leaves out debugging information leaves out its macros.
        let is_asked = || {
            let enabled = self.object_finders.enabled();
            enabled.iter().any(|finder| &**finder == "dwarf")
        };
        let files = self.debug_info.files();
        if !files.iter().any(|file| file.has_macros()) || !is_identifier(name) || !is_asked() {
            return Ok(MacroValue::Missing);
        }
        let mut other = None;
        for file in files.iter() {
            for place in file.macro_places(name, filename)? {
                let Some(found) = file.find_macro(name, place)? else {
                    continue;
                };
                match self.evaluate(file, place, &found) {
                    Ok(value) => return Ok(MacroValue::Constant(value)),
                    Err(error) if is_of_user(&error) => return Err(error),
                    Err(error) => {
                        other.get_or_insert((found, error));
                    }
                }
            }
        }
        Ok(match other {
            Some((found, error)) => MacroValue::Other(found, error),
            None => MacroValue::Missing,
        })
    }

    fn evaluate(&self, file: &Arc<DebugFile>, place: MacroPlace, found: &Macro) -> Result<Object> {
        if found.parameters.is_some() {
            return Err(Error::value("it takes arguments"));
        }
        let scope = MacroScope {
            program: self,
            file,
            place,
        };
        let language = file.macro_language(place)?;
        Ok(evaluate_constant(self, &scope, language, &found.name)?)
    }

    /// What to say of a name that no object has, but perhaps a macro.
    pub(crate) fn explain_macro(&self, name: &str, filename: Option<&str>) -> Result<String> {
        let MacroValue::Other(found, reason) = self.macro_value(name, filename)? else {
            return Ok(String::new());
        };
        let place = match &found.filename {
            Some(filename) => format!(" at {filename}:{}", found.line),
            None => String::new(),
        };
        Ok(format!(
            ": the macro{place} is no constant: {}",
            reason.message()
        ))
    }
}

fn is_identifier(name: &str) -> bool {
    let is_of_it = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
    name.chars().all(is_of_it) && !name.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether an error is one of a user's finder, or the user's wish to stop.
fn is_of_user(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Foreign | ErrorKind::Cancelled)
}
