//! A member is found and read without memory being allocated.

use crate::fake::Fake;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

#[expect(unsafe_code, reason = "an allocator cannot be made otherwise")]
// SAFETY: all is handed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // A thread that is ending has no counter any more.
        let _ = COUNT.try_with(|count| count.set(count.get() + 1));
        // SAFETY: the caller's promises are the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are the same.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn a_member_step_allocates_nothing() {
    let f = Fake::x86_64();
    f.write(8, &0xffff_0000u64.to_le_bytes());
    let outer = f.at("struct outer");
    let pointer = f.value("struct outer *", crate::fake::BASE);
    let steps = || {
        for object in [&outer, &pointer] {
            let member = object.member(&f, "p").unwrap().member(&f, "y").unwrap();
            member.to_u64(&f).unwrap();
            object.member(&f, "uu").unwrap();
        }
    };
    // Members are indexed by name when they are first looked for.
    steps();
    let before = COUNT.get();
    steps();
    assert_eq!(COUNT.get(), before);
}
