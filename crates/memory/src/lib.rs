//! The memory of the target: which bytes are at this address.
//!
//! * [`ReadMemory`] is what everyone above reads through; [`Fault`] says why a read failed.
//! * [`Memory`] implements it: two [`SegmentMap`]s, of virtual and of physical addresses, made of
//!   [`SegmentReader`]s, of which the newest wins.
//! * [`PageTables`] is the reader for virtual addresses that must be translated, driven by
//!   [`PageTableGeometry`](spelunk_base::arch::PageTableGeometry); [`translate`] is one walk.
//! * [`PageCache`] keeps decompressed pages, for the formats that store them compressed.
//! * [`Snapshot`] takes the reads of a running target together that belong together.
//! * [`Search`] finds bytes, integers and what a regular expression describes.
//!
//! Nothing here knows a file format or an operating system.

mod address_space;
mod fault;
mod memory;
mod page_cache;
mod page_table;
mod read_memory;
mod search;
mod segment_map;
mod snapshot;
mod translation_cache;

pub use address_space::AddressSpace;
pub use fault::{Fault, FaultKind, Unreadable};
pub use memory::Memory;
pub use page_cache::PageCache;
pub use page_table::{PageTables, Translation, translate};
pub use read_memory::ReadMemory;
pub use search::{Found, Match, Pattern, Search, SearchRange};
pub use segment_map::{Segment, SegmentFault, SegmentMap, SegmentReader};
pub use snapshot::{Snapshot, SnapshotReader};

/// All of this is used from many threads.
const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<Memory>();
    shared::<PageTables>();
    shared::<PageCache>();
};
