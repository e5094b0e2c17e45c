//! Rust's own types, and those of its standard library as of versions 1.70 to 1.95.

mod btree;
mod hash;
mod holder;
mod sequence;
mod string;
mod variant;

use super::TypeName;
use super::table::{Show, Table};
use crate::{Result, Target};
use spelunk_base::Language;
use spelunk_types::TypeId;

/// The types that are known.
pub(super) const TABLE: Table = Table {
    language: Language::Rust,
    namespace: None,
    types: &[
        ("alloc::collections::btree::map::BTreeMap", btree::map),
        ("alloc::collections::btree::set::BTreeSet", btree::set),
        (
            "alloc::collections::linked_list::LinkedList",
            sequence::linked_list,
        ),
        (
            "alloc::collections::vec_deque::VecDeque",
            sequence::vec_deque,
        ),
        ("alloc::ffi::c_str::CString", string::c_string),
        ("alloc::rc::Rc", holder::counted),
        ("alloc::rc::Weak", holder::counted),
        ("alloc::string::String", string::string),
        ("alloc::sync::Arc", holder::counted),
        ("alloc::sync::Weak", holder::counted),
        ("alloc::vec::Vec", sequence::vec),
        ("core::cell::Cell", holder::cell),
        ("core::cell::RefCell", holder::ref_cell),
        ("core::cell::UnsafeCell", holder::unsafe_cell),
        ("core::num::nonzero::NonZero", holder::number),
        ("core::ptr::non_null::NonNull", holder::non_null),
        ("core::sync::atomic::Atomic", holder::number),
        ("core::sync::atomic::AtomicBool", holder::number),
        ("core::sync::atomic::AtomicI16", holder::number),
        ("core::sync::atomic::AtomicI32", holder::number),
        ("core::sync::atomic::AtomicI64", holder::number),
        ("core::sync::atomic::AtomicI8", holder::number),
        ("core::sync::atomic::AtomicIsize", holder::number),
        ("core::sync::atomic::AtomicPtr", holder::number),
        ("core::sync::atomic::AtomicU16", holder::number),
        ("core::sync::atomic::AtomicU32", holder::number),
        ("core::sync::atomic::AtomicU64", holder::number),
        ("core::sync::atomic::AtomicU8", holder::number),
        ("core::sync::atomic::AtomicUsize", holder::number),
        ("core::time::Duration", string::duration),
        ("hashbrown::map::HashMap", hash::map),
        ("hashbrown::set::HashSet", hash::set),
        ("std::collections::hash::map::HashMap", hash::map),
        ("std::collections::hash::set::HashSet", hash::set),
        ("std::ffi::os_str::OsString", string::os_string),
        ("std::path::PathBuf", string::os_string),
        ("std::sync::poison::mutex::Mutex", holder::mutex),
        ("std::sync::poison::rwlock::RwLock", holder::mutex),
        ("std::sync::mutex::Mutex", holder::mutex),
        ("std::sync::rwlock::RwLock", holder::mutex),
    ],
    other,
};

/// Types of the language itself are known by what they are made of.
fn other(target: &dyn Target, ty: TypeId, name: &TypeName<'_>) -> Result<Option<Show>> {
    let Some(members) = target.types().members(ty)? else {
        return Ok(None);
    };
    if members.variant_part.is_some() {
        return Ok(Some(variant::enumeration));
    }
    let names: Vec<&str> = members
        .members
        .iter()
        .map(|member| member.name.as_deref().unwrap_or(""))
        .collect();
    Ok(match names[..] {
        ["data_ptr", "length"] if string::is_text(name.full()) => Some(string::text),
        ["data_ptr", "length"] => Some(sequence::slice),
        ["__0", ..] => Some(variant::tuple),
        _ => None,
    })
}
