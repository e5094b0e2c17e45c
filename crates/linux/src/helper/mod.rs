//! What a helper is: one record from which the Python function, its stub and its documentation are made, and
//! the values that go in and come out.
//!
//! A front end walks [`helpers()`](crate::helpers()), converts the user's arguments by their [`ParamKind`], decides
//! on the program by [`Front`], and calls [`Helper::call`]. It needs to know nothing about any single helper.

mod args;
mod class;
mod record;
mod value;

pub use args::Args;
pub use class::{EnumClass, Field, RecordClass, Sum};
pub(crate) use record::HelperModule;
pub use record::{Default, Front, Helper, Output, Param, ParamKind};
pub use value::{Callback, HelperIter, Value};
