//! Reading memory, and memory that Python provides.

use super::PyProgram;
use crate::argument::{Buffer, Size, Truth};
use crate::convert::Address;
use crate::error::raise;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use spelunk_memory::{AddressSpace, FaultKind, SegmentFault, SegmentReader};
use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};

fn space(physical: Truth) -> AddressSpace {
    if physical.0 {
        AddressSpace::Physical
    } else {
        AddressSpace::Virtual
    }
}

/// A function of Python's that provides the bytes of a segment.
struct Reader {
    function: Py<PyAny>,
    address: u64,
    physical: bool,
}

thread_local! {
    /// What a reader raised on this thread, and the addresses it was asked for: the engine's
    /// faults are plain data and cannot carry it.
    static RAISED: RefCell<Option<(u64, usize, PyErr)>> = const { RefCell::new(None) };
}

/// What a reader raised when it was asked for `address`.
pub(crate) fn take_reader_exception(address: u64) -> Option<PyErr> {
    let (start, size, error) = RAISED.take()?;
    (address.wrapping_sub(start) < size as u64).then_some(error)
}

impl SegmentReader for Reader {
    fn read(&self, offset: u64, buf: &mut [u8]) -> Result<(), SegmentFault> {
        let address = self.address.wrapping_add(offset);
        let result = Python::attach(|py| -> PyResult<()> {
            let arguments = (address, buf.len(), offset, self.physical);
            let bytes: Buffer<'_> = self.function.bind(py).call1(arguments)?.extract()?;
            let bytes = bytes.as_bytes();
            if bytes.len() != buf.len() {
                return Err(PyValueError::new_err(format!(
                    "memory read callback returned buffer of length {} (expected {})",
                    bytes.len(),
                    buf.len()
                )));
            }
            buf.copy_from_slice(bytes);
            Ok(())
        });
        result.map_err(|error| {
            RAISED.set(Some((address, buf.len(), error)));
            SegmentFault {
                offset,
                kind: FaultKind::Reader,
            }
        })
    }
}

/// The readers of a program, kept where Python's collector of garbage sees them.
#[derive(Default)]
pub(super) struct Readers(Mutex<Vec<Arc<Reader>>>);

impl Readers {
    pub(super) fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        // The collector must not wait: a list that is being changed is looked at the next time.
        let Ok(readers) = self.0.try_lock() else {
            return Ok(());
        };
        readers
            .iter()
            .try_for_each(|reader| visit.call(&reader.function))
    }
}

impl PyProgram {
    /// Checks that it is known what an address is.
    fn check_addresses(&self) -> PyResult<()> {
        match self.program.platform() {
            Some(_) => Ok(()),
            None => Err(PyValueError::new_err("program address size is not known")),
        }
    }

    fn read_uint(&self, address: Address, size: u8, physical: Truth) -> PyResult<u64> {
        if size == 1 {
            self.check_addresses()?;
        }
        self.program
            .read_uint(space(physical), address.0, size)
            .map_err(raise)
    }
}

#[pymethods]
impl PyProgram {
    /// Bytes of memory.
    ///
    ///     >>> prog.read(0xffffffff82a1b5e0, 9)
    ///     b'swapper/0'
    ///
    /// :param physical: Whether the address is a physical one.
    /// :raises FaultError: if not all of it can be read
    #[pyo3(signature = (address, size, physical=Truth(false)),
           text_signature = "($self, address, size, physical=False)")]
    fn read<'py>(
        &self,
        py: Python<'py>,
        address: Address,
        size: Size,
        physical: Truth,
    ) -> PyResult<Bound<'py, PyBytes>> {
        self.check_addresses()?;
        let bytes = self
            .program
            .read(space(physical), address.0, size.0)
            .map_err(raise)?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// The bytes from an address to the next null byte.
    ///
    ///     >>> prog.read_c_string(0xffffffff82a1b5e0)
    ///     b'swapper/0'
    ///
    /// :param max_size: Stop after that many bytes.
    /// :raises FaultError: if memory cannot be read before the end
    #[pyo3(signature = (address, physical=Truth(false), *, max_size=None),
           text_signature = "($self, address, physical=False, *, max_size=...)")]
    fn read_c_string<'py>(
        &self,
        py: Python<'py>,
        address: Address,
        physical: Truth,
        max_size: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let max_size = match max_size.map(|any| any.extract::<Size>()) {
            None => usize::MAX,
            Some(Err(error)) if error.is_instance_of::<PyValueError>(py) => {
                return Err(PyValueError::new_err("negative max_size"));
            }
            Some(size) => usize::try_from(size?.0).unwrap_or(usize::MAX),
        };
        self.check_addresses()?;
        let bytes = self
            .program
            .read_c_string(space(physical), address.0, max_size)
            .map_err(raise)?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// The 8-bit number at an address.
    ///
    ///     >>> prog.read_u8(prog["init_task"].comm.address_)
    ///     115
    #[pyo3(signature = (address, physical=Truth(false)),
           text_signature = "($self, address, physical=False)")]
    fn read_u8(&self, address: Address, physical: Truth) -> PyResult<u64> {
        self.read_uint(address, 1, physical)
    }

    /// The 16-bit number at an address.
    ///
    ///     >>> prog.read_u16(prog["init_task"].comm.address_)
    ///     30579
    #[pyo3(signature = (address, physical=Truth(false)),
           text_signature = "($self, address, physical=False)")]
    fn read_u16(&self, address: Address, physical: Truth) -> PyResult<u64> {
        self.read_uint(address, 2, physical)
    }

    /// The 32-bit number at an address.
    ///
    ///     >>> prog.read_u32(prog["init_task"].comm.address_)
    ///     1885435763
    #[pyo3(signature = (address, physical=Truth(false)),
           text_signature = "($self, address, physical=False)")]
    fn read_u32(&self, address: Address, physical: Truth) -> PyResult<u64> {
        self.read_uint(address, 4, physical)
    }

    /// The 64-bit number at an address.
    ///
    ///     >>> prog.read_u64(prog["init_task"].comm.address_)
    ///     3399992848009951091
    #[pyo3(signature = (address, physical=Truth(false)),
           text_signature = "($self, address, physical=False)")]
    fn read_u64(&self, address: Address, physical: Truth) -> PyResult<u64> {
        self.read_uint(address, 8, physical)
    }

    /// The number of an address's size at an address.
    ///
    ///     >>> hex(prog.read_word(prog["init_task"].tasks.address_))
    ///     '0xffff8c1b40238cc0'
    #[pyo3(signature = (address, physical=Truth(false)),
           text_signature = "($self, address, physical=False)")]
    fn read_word(&self, address: Address, physical: Truth) -> PyResult<u64> {
        self.program
            .read_word(space(physical), address.0)
            .map_err(raise)
    }

    /// Provide memory by a function. It hides what was at these addresses before.
    ///
    ///     >>> def read(address, count, offset, physical):
    ///     ...     return bytes(count)
    ///     >>> prog.add_memory_segment(0x1000, 0x1000, read)
    ///
    /// :param read_fn: Called as ``read_fn(address, count, offset, physical)``, returns ``count``
    ///     bytes; what it raises comes out of whatever read the memory.
    #[pyo3(signature = (address, size, read_fn, physical=Truth(false)),
           text_signature = "($self, address, size, read_fn, physical=False)")]
    fn add_memory_segment(
        &self,
        address: Address,
        size: Address,
        read_fn: Bound<'_, PyAny>,
        physical: Truth,
    ) -> PyResult<()> {
        self.check_addresses()?;
        if !read_fn.is_callable() {
            return Err(PyTypeError::new_err("read_fn must be callable"));
        }
        let reader = Arc::new(Reader {
            function: read_fn.unbind(),
            address: address.0,
            physical: physical.0,
        });
        self.program.add_memory_segment(
            space(physical),
            address.0,
            size.0,
            Arc::clone(&reader) as _,
        );
        self.readers
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(reader);
        Ok(())
    }
}
