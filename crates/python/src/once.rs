//! Iterators of the engine in iterators of Python.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use std::sync::{Mutex, PoisonError};

/// Something that one thread uses at a time, with no lock held while it does: the engine may call
/// Python, which may switch threads. A second thread gets the exception that generators raise.
pub(crate) struct Taken<T>(Mutex<Option<T>>);

impl<T> Taken<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Mutex::new(Some(value)))
    }

    pub(crate) fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> PyResult<R> {
        let mut value = self
            .lock()
            .take()
            .ok_or_else(|| PyValueError::new_err("iterator already executing"))?;
        let result = work(&mut value);
        *self.lock() = Some(value);
        Ok(result)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
