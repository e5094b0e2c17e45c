use crate::{Error, Result};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

/// The finders of one kind: all that are registered, and those of them that are asked, in order.
pub struct Finders<F: ?Sized> {
    /// `type finder`, for messages.
    what: &'static str,
    lists: RwLock<Lists<F>>,
}

struct Lists<F: ?Sized> {
    registered: Vec<Named<F>>,
    enabled: Arc<[Named<F>]>,
}

/// A finder with its name.
struct Named<F: ?Sized> {
    name: Arc<str>,
    finder: Arc<F>,
}

impl<F: ?Sized> Clone for Named<F> {
    fn clone(&self) -> Self {
        Self {
            name: Arc::clone(&self.name),
            finder: Arc::clone(&self.finder),
        }
    }
}

impl<F: ?Sized> Finders<F> {
    /// One finder, which is asked.
    pub(crate) fn new(what: &'static str, name: &str, finder: Arc<F>) -> Self {
        let first = Named {
            name: name.into(),
            finder,
        };
        Self {
            what,
            lists: RwLock::new(Lists {
                enabled: Arc::new([first.clone()]),
                registered: vec![first],
            }),
        }
    }

    /// Makes a finder known under a name. It is asked in the order of `enable_index`, at the end
    /// if that is too large, or not yet if there is none.
    ///
    /// # Errors
    ///
    /// A value error if there is a finder of that name.
    pub fn register(&self, name: &str, finder: Arc<F>, enable_index: Option<usize>) -> Result<()> {
        let mut lists = self.lists.write().unwrap_or_else(PoisonError::into_inner);
        if lists.find(name).is_some() {
            return Err(Error::value(format!(
                "duplicate {} name '{name}'",
                self.what
            )));
        }
        let new = Named {
            name: name.into(),
            finder,
        };
        if let Some(index) = enable_index {
            let mut enabled = lists.enabled.to_vec();
            enabled.insert(index.min(enabled.len()), new.clone());
            lists.enabled = enabled.into();
        }
        lists.registered.push(new);
        Ok(())
    }

    /// The names of all finders, in the order of their registration.
    #[must_use]
    pub fn registered(&self) -> Vec<Arc<str>> {
        names(&self.lists().registered)
    }

    /// The names of the finders that are asked, in order.
    #[must_use]
    pub fn enabled(&self) -> Vec<Arc<str>> {
        names(&self.lists().enabled)
    }

    /// Chooses which finders are asked, in which order.
    ///
    /// # Errors
    ///
    /// A value error if there is no finder of one of the names, or a name stands twice.
    pub fn set_enabled(&self, names: &[String]) -> Result<()> {
        let mut lists = self.lists.write().unwrap_or_else(PoisonError::into_inner);
        let mut enabled: Vec<Named<F>> = Vec::with_capacity(names.len());
        for name in names {
            let Some(found) = lists.find(name) else {
                return Err(Error::value(format!("{} '{name}' not found", self.what)));
            };
            if enabled.iter().any(|earlier| earlier.name == found.name) {
                return Err(Error::value(format!(
                    "{} '{name}' enabled multiple times",
                    self.what
                )));
            }
            enabled.push(found.clone());
        }
        lists.enabled = enabled.into();
        Ok(())
    }

    /// What the first finder that finds anything finds.
    ///
    /// # Errors
    ///
    /// That of the first finder that fails.
    pub(crate) fn first<T>(
        &self,
        mut find: impl FnMut(&F) -> Result<Option<T>>,
    ) -> Result<Option<T>> {
        // A list of its own, as nobody may be called with the lock held.
        let enabled = Arc::clone(&self.lists().enabled);
        for named in &*enabled {
            if let Some(found) = find(&named.finder)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn lists(&self) -> RwLockReadGuard<'_, Lists<F>> {
        self.lists.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<F: ?Sized> Lists<F> {
    fn find(&self, name: &str) -> Option<&Named<F>> {
        self.registered.iter().find(|known| &*known.name == name)
    }
}

fn names<F: ?Sized>(list: &[Named<F>]) -> Vec<Arc<str>> {
    list.iter().map(|named| Arc::clone(&named.name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finders() -> Finders<str> {
        Finders::new("word finder", "first", "1".into())
    }

    fn asked(finders: &Finders<str>) -> String {
        let mut asked = String::new();
        let found = finders.first(|finder| {
            asked.push_str(finder);
            Ok((finder == "found").then_some(()))
        });
        found.unwrap();
        asked
    }

    #[test]
    fn finders_are_asked_in_the_order_they_are_enabled_in() {
        let finders = finders();
        finders.register("front", "0".into(), Some(0)).unwrap();
        finders.register("end", "9".into(), Some(100)).unwrap();
        finders.register("off", "x".into(), None).unwrap();
        assert_eq!(asked(&finders), "019");
        assert_eq!(finders.registered().len(), 4);
        let names = ["off", "first"].map(str::to_owned);
        finders.set_enabled(&names).unwrap();
        assert_eq!(asked(&finders), "x1");
        finders.register("found", "found".into(), Some(1)).unwrap();
        assert_eq!(asked(&finders), "xfound");
        finders.set_enabled(&[]).unwrap();
        assert_eq!(asked(&finders), "");
    }

    #[test]
    fn a_failed_change_changes_nothing() {
        let finders = finders();
        let error = finders.register("first", "2".into(), Some(0)).unwrap_err();
        assert_eq!(error.to_string(), "duplicate word finder name 'first'");
        let enable = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            finders.set_enabled(&names).unwrap_err().to_string()
        };
        assert_eq!(enable(&["second"]), "word finder 'second' not found");
        assert_eq!(
            enable(&["first", "first"]),
            "word finder 'first' enabled multiple times"
        );
        assert_eq!(asked(&finders), "1");
    }

    #[test]
    fn a_finder_may_change_the_list_that_it_is_in() {
        let finders = finders();
        let found = finders.first(|_| {
            finders.register("second", "2".into(), Some(0))?;
            Ok(None::<()>)
        });
        found.unwrap();
        assert_eq!(asked(&finders), "21");
    }
}
