//! Searching memory.

use super::PyProgram;
use crate::convert::Address;
use crate::error::raise;
use crate::object::PyObject;
use crate::once::Taken;
use crate::work;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString, PyTuple};
use regex::bytes::Regex;
use spelunk_memory::{AddressSpace, Found, Match, Pattern, Search};
use std::ops::RangeInclusive;
use std::sync::{Mutex, PoisonError};

/// What a search is for, and how its matches are shown.
#[derive(Clone)]
enum Wanted {
    Bytes {
        needle: Vec<u8>,
        alignment: u64,
    },
    Integers {
        size: u8,
        values: Vec<RangeInclusive<u64>>,
        ignored: u64,
    },
    Regex {
        regex: Regex,
        is_text: bool,
    },
}

impl Wanted {
    fn search(&self, prog: &PyProgram, range: &Range) -> PyResult<Search> {
        let pattern = match self {
            Self::Bytes { needle, alignment } => {
                Pattern::bytes(needle, *alignment).ok_or_else(|| {
                    PyValueError::new_err(if needle.is_empty() {
                        "value must not be empty"
                    } else {
                        "alignment must be a power of two"
                    })
                })?
            }
            Self::Integers {
                size,
                values,
                ignored,
            } => Pattern::Integers {
                size: *size,
                order: prog.program.lookup_platform().map_err(raise)?.byte_order,
                values: values.clone(),
                ignored: *ignored,
            },
            Self::Regex { regex, .. } => Pattern::Regex(regex.clone()),
        };
        let Range { space, first, last } = *range;
        Ok(prog.program.search(pattern, space, first, last))
    }
}

#[derive(Clone, Copy)]
struct Range {
    space: AddressSpace,
    first: u64,
    last: u64,
}

const EVERYWHERE: Range = Range {
    space: AddressSpace::Virtual,
    first: 0,
    last: u64::MAX,
};

fn iterator(slf: &Bound<'_, PyProgram>, wanted: Wanted) -> PyResult<MemorySearch> {
    // Impossible arguments are told at once.
    let search = wanted.search(slf.get(), &EVERYWHERE)?;
    Ok(MemorySearch {
        prog: slf.clone().unbind(),
        wanted,
        search: Mutex::new(Taken::new(search).into()),
    })
}

fn integers(
    slf: &Bound<'_, PyProgram>,
    size: u8,
    values: &Bound<'_, PyTuple>,
    ignore_mask: Option<Address>,
) -> PyResult<MemorySearch> {
    if values.is_empty() {
        return Err(PyValueError::new_err(
            "at least one value or range is required",
        ));
    }
    let ignored = ignore_mask.map_or(0, |mask| mask.0);
    let most = u64::MAX >> (64 - 8 * u32::from(size));
    let fitting = |Address(value): Address| -> PyResult<u64> {
        if value > most {
            return Err(pyo3::exceptions::PyOverflowError::new_err(format!(
                "value does not fit in {} bits",
                8 * u32::from(size)
            )));
        }
        Ok(value & !ignored)
    };
    let mut ranges = Vec::new();
    for value in values {
        ranges.push(match value.cast::<PyTuple>() {
            Ok(range) => {
                let (first, last): (Address, Address) = range.extract()?;
                fitting(first)?..=fitting(last)?
            }
            Err(_) => {
                let value = fitting(value.extract()?)?;
                value..=value
            }
        });
    }
    let wanted = Wanted::Integers {
        size,
        values: ranges,
        ignored,
    };
    iterator(slf, wanted)
}

#[pymethods]
impl PyProgram {
    /// Search memory for bytes, a text, an address or number, or an object's value.
    ///
    ///     >>> next(prog.search_memory(b"swapper/0"))
    ///     18446612682082325984
    ///
    /// :param alignment: Only at addresses that it divides.
    /// :return: Iterator of addresses.
    #[pyo3(signature = (value, *, alignment=None),
           text_signature = "($self, value, *, alignment=1)")]
    fn search_memory(
        slf: &Bound<'_, Self>,
        value: &Bound<'_, PyAny>,
        alignment: Option<Address>,
    ) -> PyResult<MemorySearch> {
        let target = slf.get().target();
        let (needle, natural) = if let Ok(text) = value.cast::<PyString>() {
            (text.to_str()?.as_bytes().to_vec(), 1)
        } else if let Ok(object) = value.cast::<PyObject>() {
            let object = &object.get().object;
            let alignment = spelunk_object::alignof(target, object.ty()).map_err(raise)?;
            (object.to_bytes(target).map_err(raise)?, alignment)
        } else if let Ok(bytes) = value.extract::<Vec<u8>>() {
            (bytes, 1)
        } else {
            let Address(number) = value.extract()?;
            let platform = slf.get().program.lookup_platform().map_err(raise)?;
            let size = usize::from(platform.address_size());
            let bytes = match platform.byte_order {
                spelunk_base::ByteOrder::Little => number.to_le_bytes(),
                spelunk_base::ByteOrder::Big => {
                    number.rotate_left(8 * (8 - size as u32)).to_be_bytes()
                }
            };
            (bytes.into_iter().take(size).collect(), size as u64)
        };
        let alignment = alignment.map_or(natural, |alignment| alignment.0);
        iterator(slf, Wanted::Bytes { needle, alignment })
    }

    /// Search memory for 16-bit numbers.
    ///
    ///     >>> next(prog.search_memory_u16(0x1234, (0x4321, 0x4329)))
    ///     (18446744071578845230, 17185)
    ///
    /// :param values: Numbers, or tuples of the first and last number of a range.
    /// :param ignore_mask: Bits that do not count.
    /// :return: Iterator of addresses and the numbers there.
    #[pyo3(signature = (*values, ignore_mask=None),
           text_signature = "($self, *values, ignore_mask=0)")]
    fn search_memory_u16(
        slf: &Bound<'_, Self>,
        values: &Bound<'_, PyTuple>,
        ignore_mask: Option<Address>,
    ) -> PyResult<MemorySearch> {
        integers(slf, 2, values, ignore_mask)
    }

    /// Search memory for 32-bit numbers; as ``search_memory_u16()``.
    ///
    ///     >>> next(prog.search_memory_u32(0xdead4ead))
    ///     (18446744071595297284, 3735899821)
    #[pyo3(signature = (*values, ignore_mask=None),
           text_signature = "($self, *values, ignore_mask=0)")]
    fn search_memory_u32(
        slf: &Bound<'_, Self>,
        values: &Bound<'_, PyTuple>,
        ignore_mask: Option<Address>,
    ) -> PyResult<MemorySearch> {
        integers(slf, 4, values, ignore_mask)
    }

    /// Search memory for 64-bit numbers; as ``search_memory_u16()``.
    ///
    ///     >>> next(prog.search_memory_u64(prog["init_task"].address_))
    ///     (18446612682114088592, 18446744071606217280)
    #[pyo3(signature = (*values, ignore_mask=None),
           text_signature = "($self, *values, ignore_mask=0)")]
    fn search_memory_u64(
        slf: &Bound<'_, Self>,
        values: &Bound<'_, PyTuple>,
        ignore_mask: Option<Address>,
    ) -> PyResult<MemorySearch> {
        integers(slf, 8, values, ignore_mask)
    }

    /// Search memory for numbers of an address's size; as ``search_memory_u16()``.
    ///
    ///     >>> pointers = [address for address, _ in prog.search_memory_word(prog["init_task"].address_)]
    #[pyo3(signature = (*values, ignore_mask=None),
           text_signature = "($self, *values, ignore_mask=0)")]
    fn search_memory_word(
        slf: &Bound<'_, Self>,
        values: &Bound<'_, PyTuple>,
        ignore_mask: Option<Address>,
    ) -> PyResult<MemorySearch> {
        let platform = slf.get().program.lookup_platform().map_err(raise)?;
        integers(slf, platform.address_size(), values, ignore_mask)
    }

    /// Search memory for what a regular expression describes (in the syntax of Rust's ``regex``).
    ///
    ///     >>> next(prog.search_memory_regex(b"swap+er"))
    ///     (18446612682081702175, b'swapper')
    ///
    /// :return: Iterator of addresses and what stands there, as the kind of text that the pattern
    ///     is; up to 4096 bytes are sure to be found as a whole.
    fn search_memory_regex(
        slf: &Bound<'_, Self>,
        pattern: &Bound<'_, PyAny>,
    ) -> PyResult<MemorySearch> {
        let (text, is_text) = match pattern.cast::<PyString>() {
            Ok(text) => (text.to_str()?.to_owned(), true),
            Err(_) => {
                let bytes = pattern
                    .cast::<PyBytes>()
                    .map_err(|_| PyTypeError::new_err("pattern must be bytes or str"))?;
                let text = std::str::from_utf8(bytes.as_bytes()).map_err(|_| {
                    PyValueError::new_err("pattern must be ASCII: write other bytes as \\xFF")
                })?;
                (format!("(?-u){text}"), false)
            }
        };
        let regex = Regex::new(&text).map_err(|error| PyValueError::new_err(error.to_string()))?;
        iterator(slf, Wanted::Regex { regex, is_text })
    }
}

/// Matches, one by one.
#[pyclass(frozen, name = "_MemorySearchIterator", module = "spelunk")]
pub(crate) struct MemorySearch {
    prog: Py<PyProgram>,
    wanted: Wanted,
    search: Mutex<std::sync::Arc<Taken<Search>>>,
}

#[pymethods]
impl MemorySearch {
    /// Search only a range of addresses, from the start again.
    ///
    ///     >>> list(prog.search_memory(b"Linux version").set_address_range(0, 1 << 30, True))
    ///
    /// :param physical: Whether the addresses are physical ones.
    #[pyo3(signature = (min_address=None, max_address=None, physical=false))]
    fn set_address_range<'py>(
        slf: Bound<'py, Self>,
        min_address: Option<Address>,
        max_address: Option<Address>,
        physical: bool,
    ) -> PyResult<Bound<'py, Self>> {
        let this = slf.get();
        let range = Range {
            space: if physical {
                AddressSpace::Physical
            } else {
                AddressSpace::Virtual
            },
            first: min_address.map_or(0, |address| address.0),
            last: max_address.map_or(u64::MAX, |address| address.0),
        };
        let search = this.wanted.search(this.prog.get(), &range)?;
        *this.search.lock().unwrap_or_else(PoisonError::into_inner) = Taken::new(search).into();
        Ok(slf)
    }

    fn __iter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let prog = self.prog.get();
        let search =
            std::sync::Arc::clone(&self.search.lock().unwrap_or_else(PoisonError::into_inner));
        // The next of several in a piece of memory is there already.
        let ready = search.with(Search::take_ready)?;
        let next = match ready {
            Some(found) => Some(found),
            None => work::run(py, prog, || {
                search
                    .with(|search| {
                        let program = &prog.program;
                        search.next(program.memory(), program.cancel(), &*program.progress())
                    })?
                    .map_err(raise)
            })?,
        };
        next.map(|found| self.show(py, found)).transpose()
    }
}

impl MemorySearch {
    fn show<'py>(&self, py: Python<'py>, found: Match) -> PyResult<Bound<'py, PyAny>> {
        let address = found.address;
        Ok(match found.found {
            Found::Same => address.into_pyobject(py)?.into_any(),
            Found::Integer(value) => (address, value).into_pyobject(py)?.into_any(),
            Found::Bytes(bytes) => match &self.wanted {
                Wanted::Regex { is_text: true, .. } => {
                    let text = String::from_utf8_lossy(&bytes);
                    (address, text).into_pyobject(py)?.into_any()
                }
                _ => (address, PyBytes::new(py, &bytes))
                    .into_pyobject(py)?
                    .into_any(),
            },
        })
    }
}
