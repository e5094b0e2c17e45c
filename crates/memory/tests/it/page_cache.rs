use spelunk_memory::PageCache;
use std::sync::atomic::{AtomicUsize, Ordering};

const PAGE: usize = 64;

fn fill(page: u64) -> impl FnOnce(&mut [u8]) -> Result<(), ()> {
    move |bytes| {
        bytes.fill(page.to_le_bytes()[0]);
        Ok(())
    }
}

fn read(cache: &PageCache, page: u64) -> u8 {
    let mut byte = [0];
    cache.read(page, 3, &mut byte, fill(page)).unwrap();
    byte[0]
}

#[test]
fn pages_are_loaded_once_within_the_budget() {
    let cache = PageCache::new(PAGE, PAGE * 1024);
    for page in (0..256u64).chain(0..256) {
        assert_eq!(read(&cache, page), page.to_le_bytes()[0]);
    }
    let unchanged = cache.read(5, 0, &mut [0], |_| Err("loaded again"));
    assert_eq!(unchanged, Ok(()));
}

#[test]
fn pages_over_the_budget_are_loaded_again() {
    let cache = PageCache::new(PAGE, PAGE * 16);
    let loads = AtomicUsize::new(0);
    for page in (0..1000).chain(0..1000) {
        let mut bytes = [0; 8];
        cache
            .read(page, 0, &mut bytes, |bytes| {
                loads.fetch_add(1, Ordering::Relaxed);
                fill(page)(bytes)
            })
            .unwrap();
        assert_eq!(bytes, [page.to_le_bytes()[0]; 8]);
    }
    assert!(loads.into_inner() > 1900);
}

#[test]
fn what_is_read_once_is_not_kept_and_what_is_kept_is_not_loaded() {
    let cache = PageCache::new(PAGE, PAGE * 16);
    let loads = AtomicUsize::new(0);
    let read_once = || {
        let mut bytes = [0; PAGE];
        let load = |bytes: &mut [u8]| {
            loads.fetch_add(1, Ordering::Relaxed);
            fill(7)(bytes)
        };
        cache.read_once(7, &mut bytes, load).unwrap();
        assert_eq!(bytes, [7; PAGE]);
        loads.load(Ordering::Relaxed)
    };
    assert_eq!((read_once(), read_once()), (1, 2));
    assert_eq!(read(&cache, 7), 7);
    assert_eq!(read_once(), 2);
}

#[test]
fn errors_are_not_remembered() {
    let cache = PageCache::new(PAGE, PAGE * 16);
    assert_eq!(cache.read(1, 0, &mut [0], |_| Err("no")), Err("no"));
    assert_eq!(read(&cache, 1), 1);
}

#[test]
fn caches_do_not_share_pages() {
    let (one, other) = (PageCache::new(PAGE, PAGE), PageCache::new(PAGE, PAGE));
    assert_eq!(read(&one, 1), 1);
    let mut byte = [0];
    other.read(1, 0, &mut byte, fill(9)).unwrap();
    assert_eq!(byte, [9]);
    assert_eq!(read(&one, 1), 1);
}

#[test]
fn threads_share_a_cache() {
    let cache = PageCache::new(PAGE, PAGE * 64);
    std::thread::scope(|scope| {
        for thread in 1..5u64 {
            let cache = &cache;
            scope.spawn(move || {
                for page in (0..50_000u64).map(|page| page * thread % 300) {
                    assert_eq!(read(cache, page), page.to_le_bytes()[0]);
                }
            });
        }
    });
}
