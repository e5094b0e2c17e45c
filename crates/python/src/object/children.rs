//! Walking containers.

use super::PyObject;
use crate::error::raise;
use crate::once::Taken;
use crate::program::PyProgram;
use pyo3::prelude::*;
use spelunk_object::{Child, Key, Object, Walk};

/// What `Object.children_()` returns.
#[pyclass(frozen, module = "spelunk", name = "_ObjectChildren")]
pub(crate) struct ObjectChildren {
    prog: Py<PyProgram>,
    walk: Taken<Box<dyn Walk>>,
}

#[pymethods]
impl ObjectChildren {
    fn __iter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let target = self.prog.get().target();
        let child = self.walk.with(|walk| walk.next(target))?.map_err(raise)?;
        let object = |object: Object| PyObject::plain(self.prog.clone_ref(py), object);
        let Some(Child { key, value }) = child else {
            return Ok(None);
        };
        let value = object(value);
        Ok(Some(match key {
            None => Bound::new(py, value)?.into_any(),
            Some(Key::Object(key)) => (object(key), value).into_pyobject(py)?.into_any(),
            Some(Key::Name(name)) => (&*name, value).into_pyobject(py)?.into_any(),
            Some(Key::Index(index)) => (index, value).into_pyobject(py)?.into_any(),
        }))
    }
}

#[pymethods]
impl PyObject {
    /// What a container holds, one after the other: the elements of an array or of a vector, list
    /// or set of C++ or Rust, pairs of key and value of a map, what a smart pointer points to or
    /// an optional holds. (Not in drgn.)
    ///
    ///     >>> [element.value_() for element in prog["vector"].children_()]
    ///     [1, 2, 3]
    ///     >>> {key.value_(): value for key, value in prog["map"].children_()}
    ///     {1: Object(prog, 'std::string', address=0x4c5e30)}
    ///
    /// :return: Iterator of objects, or of pairs of a key and an object.
    /// :raises TypeError: if this is no container that a printer knows
    fn children_(&self, py: Python<'_>) -> PyResult<ObjectChildren> {
        let walk = self.object.children(self.target()).map_err(raise)?;
        Ok(ObjectChildren {
            prog: self.prog.clone_ref(py),
            walk: Taken::new(walk),
        })
    }

    /// The elements of a ``std::vector``, a ``Vec`` or slice of Rust and other containers that keep
    /// them one after the other in memory, as an array, which has indices, slices and a length.
    /// (Not in drgn.)
    ///
    ///     >>> prog["vector"].array_()[2]
    ///     (int)3
    ///     >>> len(prog["vector"].array_())
    ///     3
    ///
    /// :return: Object of array type.
    /// :raises TypeError: if this is no such container; ``children_()`` walks others
    fn array_(&self, py: Python<'_>) -> PyResult<Self> {
        let array = self.object.array(self.target()).map_err(raise)?;
        Ok(self.sibling(py, array))
    }
}
