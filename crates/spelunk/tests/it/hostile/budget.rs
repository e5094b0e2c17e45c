//! How often, how long, and with how much memory.
#![allow(unsafe_code, reason = "the interface of allocators is unsafe")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Longer than this and a round hangs, on the slowest machine and without optimization.
const HANG: Duration = Duration::from_secs(20);
/// What all tests of this binary together may allocate at once.
const MEMORY: usize = 1 << 30;

struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: all is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = NOW.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(now, Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of this function, which is that one's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of this function, which is that one's.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Runs `round` for the numbers from 0 on: `few` of them, or a thousand.
///
/// Fails if a round panics or takes more memory than it may; ends the process if one hangs.
pub(crate) fn rounds(name: &str, few: u64, mut round: impl FnMut(u64)) {
    let number = |name| -> Option<u64> { std::env::var(name).ok()?.parse().ok() };
    let numbers = match number("SPELUNK_TEST_ROUND") {
        Some(only) => only..only + 1,
        None => 0..number("SPELUNK_TEST_FULL").map_or(few, |_| 1000),
    };
    let start = Instant::now();
    let watch = Watch::start(name);
    let mut longest = (Duration::ZERO, 0);
    for number in numbers.clone() {
        let start = Instant::now();
        watch.round.store(number, Ordering::Relaxed);
        round(number);
        longest = longest.max((start.elapsed(), number));
        let peak = PEAK.load(Ordering::Relaxed);
        assert!(peak < MEMORY, "{peak} bytes in round {number}");
    }
    println!(
        "{name}: {numbers:?} in {:.1?}, longest {:.2?} (round {}), allocated at most {} MiB, resident {}",
        start.elapsed(),
        longest.0,
        longest.1,
        PEAK.load(Ordering::Relaxed) >> 20,
        resident()
    );
}

/// The most memory of this process that was resident at once, files included.
fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.unwrap_or("unknown").trim().to_owned()
}

/// Ends the process if a round takes too long, and tells which round it was if one panics.
struct Watch {
    name: String,
    round: Arc<AtomicU64>,
    done: Arc<AtomicBool>,
}

impl Watch {
    fn start(name: &str) -> Self {
        let watch = Self {
            name: name.to_owned(),
            round: Arc::default(),
            done: Arc::default(),
        };
        let (name, round, done) = (
            name.to_owned(),
            Arc::clone(&watch.round),
            Arc::clone(&watch.done),
        );
        std::thread::spawn(move || {
            let mut seen = (0, Instant::now());
            while !done.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(100));
                let now = round.load(Ordering::Relaxed);
                if now != seen.0 {
                    seen = (now, Instant::now());
                }
                if seen.1.elapsed() > HANG {
                    eprintln!("{name} hangs in round {now}");
                    std::process::abort();
                }
            }
        });
        watch
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.done.store(true, Ordering::Relaxed);
        if std::thread::panicking() {
            let round = self.round.load(Ordering::Relaxed);
            eprintln!("{}: it was round {round}", self.name);
        }
    }
}
