//! What every other crate stands on: addresses, byte order, checked cursors, and what differs
//! between architectures as plain data.
//!
//! Nothing here knows a file format or reads memory.

mod addr;
pub mod arch;
mod build_id;
mod byte_order;
mod cancel;
mod cursor;
mod language;
mod platform;
mod progress;
mod range_map;
mod source_path;

pub use addr::{Pfn, PhysAddr, VirtAddr};
pub use build_id::BuildId;
pub use byte_order::ByteOrder;
pub use cancel::{Cancel, Cancelled};
pub use cursor::{Cursor, Truncated};
pub use language::Language;
pub use platform::{Architecture, Platform};
pub use progress::{NoProgress, Progress};
pub use range_map::{Range, RangeMap};
pub use source_path::path_ends_in;
