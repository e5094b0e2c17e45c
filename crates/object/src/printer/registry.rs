use super::{Presentation, TypeName, libcxx, libstdcxx, rust};
use crate::layout::resolve;
use crate::{Error, Object, Result, Target};
use spelunk_base::Language;
use spelunk_types::{TypeData, TypeId};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// Knows some types: those of a library, or of one name.
pub trait Printer: Send + Sync {
    /// Whether it knows any type of this language.
    fn serves(&self, language: Language) -> bool;

    /// What presents objects of the structure, union or class `ty`, called `name`; `None` for
    /// types that it does not know. The answer is remembered.
    ///
    /// # Errors
    ///
    /// Those of a user's function, and damaged debugging information.
    fn find(
        &self,
        target: &dyn Target,
        ty: TypeId,
        name: &TypeName<'_>,
    ) -> Result<Option<Arc<dyn Present>>>;
}

/// Says what objects of a type are.
pub trait Present: Send + Sync {
    /// What the object is; `None` to show it as a plain structure.
    ///
    /// # Errors
    ///
    /// Whatever is to be shown in the object's place.
    fn present(&self, target: &dyn Target, object: &Object) -> Result<Option<Presentation>>;

    /// As [`present`](Self::present), but an object that cannot be read, or is not made as its
    /// type's name says, is an error instead of a plain structure.
    ///
    /// # Errors
    ///
    /// What is wrong with the object, and those of `present`.
    fn present_or_fail(
        &self,
        target: &dyn Target,
        object: &Object,
    ) -> Result<Option<Presentation>> {
        self.present(target, object)
    }
}

type Known = HashMap<TypeId, Option<Arc<dyn Present>>>;

/// The printers of a target, by name.
pub struct Printers {
    state: RwLock<Arc<State>>,
    /// Bits of the languages that printers are enabled for, so that others' types need no lock.
    served: AtomicU8,
}

/// Replaced as a whole, so that what is known of types ends with the printers that knew it.
#[derive(Default)]
struct State {
    registered: Vec<(Box<str>, Arc<dyn Printer>)>,
    /// Those that are asked, in this order.
    enabled: Vec<(Box<str>, Arc<dyn Printer>)>,
    known: RwLock<Known>,
}

impl Default for Printers {
    /// The printers of the libraries that are known here.
    fn default() -> Self {
        let builtin: Vec<(Box<str>, Arc<dyn Printer>)> = vec![
            // Its names are the same but for the namespace that tells them apart.
            ("libc++".into(), Arc::new(libcxx::TABLE)),
            ("libstdc++".into(), Arc::new(libstdcxx::TABLE)),
            ("rust".into(), Arc::new(rust::TABLE)),
        ];
        let state = State {
            registered: builtin.clone(),
            enabled: builtin,
            known: RwLock::default(),
        };
        Self {
            served: AtomicU8::new(state.served()),
            state: RwLock::new(Arc::new(state)),
        }
    }
}

impl Printers {
    fn state(&self) -> Arc<State> {
        Arc::clone(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn change(&self, change: impl FnOnce(&State) -> Result<State>) -> Result<()> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        *state = Arc::new(change(&state)?);
        self.served.store(state.served(), Ordering::Release);
        Ok(())
    }

    /// Adds a printer, and enables it before the `enable_index`th of those that are; behind all
    /// for a number that is too large, not at all for `None`.
    ///
    /// # Errors
    ///
    /// A value error if there is one of that name.
    pub fn register(
        &self,
        name: &str,
        printer: Arc<dyn Printer>,
        enable_index: Option<usize>,
    ) -> Result<()> {
        self.change(|state| {
            if state.find(name).is_some() {
                return Err(Error::value(format!("duplicate printer name '{name}'")));
            }
            let mut new = state.clone();
            let entry = (Box::from(name), printer);
            if let Some(index) = enable_index {
                new.enabled
                    .insert(index.min(new.enabled.len()), entry.clone());
            }
            new.registered.push(entry);
            Ok(new)
        })
    }

    /// The names of all printers, in the order of their registration.
    #[must_use]
    pub fn registered(&self) -> Vec<Box<str>> {
        names(&self.state().registered)
    }

    /// The names of the printers that are asked, in their order.
    #[must_use]
    pub fn enabled(&self) -> Vec<Box<str>> {
        names(&self.state().enabled)
    }

    /// Lets these printers be asked, in this order, and no others.
    ///
    /// # Errors
    ///
    /// A value error for a name that no printer has, or that stands there twice.
    pub fn set_enabled(&self, names: &[&str]) -> Result<()> {
        self.change(|state| {
            let mut new = state.clone();
            new.enabled.clear();
            for name in names {
                if new.enabled.iter().any(|(known, _)| **known == **name) {
                    return Err(Error::value(format!("duplicate printer name '{name}'")));
                }
                let printer = state
                    .find(name)
                    .ok_or_else(|| Error::value(format!("printer '{name}' not found")))?;
                new.enabled.push(((*name).into(), printer));
            }
            Ok(new)
        })
    }

    /// What presents objects of the type, behind typedefs. Types are asked about once.
    pub(super) fn find(&self, target: &dyn Target, id: TypeId) -> Result<Option<Arc<dyn Present>>> {
        let (id, ty) = resolve(target.types(), id)?;
        if self.served.load(Ordering::Acquire) & bit(ty.language) == 0 {
            return Ok(None);
        }
        let TypeData::Compound {
            tag, size: Some(_), ..
        } = &ty.data
        else {
            return Ok(None);
        };
        let state = self.state();
        let known = state.known.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(printer) = known.get(&id) {
            return Ok(printer.clone());
        }
        drop(known);
        // Asked without a lock: it may be a user's function.
        let name = TypeName::new(
            ty.language,
            ty.scope.as_deref(),
            tag.as_deref().unwrap_or(""),
        );
        let mut found = None;
        for (_, printer) in &state.enabled {
            if printer.serves(ty.language) {
                found = printer.find(target, id, &name)?;
                if found.is_some() {
                    break;
                }
            }
        }
        let mut known = state.known.write().unwrap_or_else(PoisonError::into_inner);
        Ok(known.entry(id).or_insert(found).clone())
    }
}

impl State {
    fn find(&self, name: &str) -> Option<Arc<dyn Printer>> {
        let (_, printer) = self.registered.iter().find(|(known, _)| **known == *name)?;
        Some(Arc::clone(printer))
    }

    fn served(&self) -> u8 {
        let languages = [Language::C, Language::Cpp, Language::Rust].into_iter();
        let served = languages.filter(|language| {
            let mut enabled = self.enabled.iter();
            enabled.any(|(_, printer)| printer.serves(*language))
        });
        served.fold(0, |bits, language| bits | bit(language))
    }
}

impl Clone for State {
    /// The same printers, of which nothing is known yet.
    fn clone(&self) -> Self {
        Self {
            registered: self.registered.clone(),
            enabled: self.enabled.clone(),
            known: RwLock::default(),
        }
    }
}

fn bit(language: Language) -> u8 {
    1 << language as u8
}

fn names(printers: &[(Box<str>, Arc<dyn Printer>)]) -> Vec<Box<str>> {
    printers.iter().map(|(name, _)| name.clone()).collect()
}
