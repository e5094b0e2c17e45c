//! What helpers know of the kernel, one file per family of its headers: functions for Rust, and below them
//! the records from which the Python functions are made.
//!
//! Kernels change. A helper never asks for the version: it looks for the member or symbol that it needs, the newest
//! name first, with a note on when it changed.

pub mod bitops;
pub mod block;
mod boot;
pub mod cpumask;
pub mod device;
mod entry;
pub mod fs;
pub mod kallsyms;
pub mod kthread;
pub mod list;
mod list_nulls;
mod llist;
pub mod mapletree;
pub mod mm;
pub mod mmzone;
pub mod module;
pub mod net;
mod nodemask;
pub mod page;
pub mod percpu;
pub mod pid;
mod plist;
pub mod printk;
pub mod rbtree;
pub mod sched;
pub mod slab;
mod wait;
pub mod xarray;

use crate::helper::{Helper, RecordClass};
use std::sync::OnceLock;

/// Every helper's record, by module.
#[must_use]
pub fn helpers() -> &'static [&'static Helper] {
    static ALL: OnceLock<Vec<&'static Helper>> = OnceLock::new();
    ALL.get_or_init(|| {
        [
            bitops::HELPERS,
            block::HELPERS,
            boot::HELPERS,
            cpumask::HELPERS,
            device::HELPERS,
            fs::HELPERS,
            kallsyms::HELPERS,
            kthread::HELPERS,
            list::HELPERS,
            list_nulls::HELPERS,
            llist::HELPERS,
            mapletree::HELPERS,
            mm::HELPERS,
            module::HELPERS,
            net::HELPERS,
            nodemask::HELPERS,
            page::FLAGS,
            page::HELPERS,
            percpu::HELPERS,
            pid::HELPERS,
            plist::HELPERS,
            printk::HELPERS,
            rbtree::HELPERS,
            sched::HELPERS,
            slab::HELPERS,
            wait::HELPERS,
            xarray::HELPERS,
        ]
        .into_iter()
        .flatten()
        .collect()
    })
}

/// Every class whose instances helpers return, by module.
#[must_use]
pub fn record_classes() -> &'static [&'static RecordClass] {
    static ALL: OnceLock<Vec<&'static RecordClass>> = OnceLock::new();
    ALL.get_or_init(|| [mm::CLASSES, printk::CLASSES, slab::CLASSES].concat())
}
