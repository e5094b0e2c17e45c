use crate::Random;
use std::time::{Duration, Instant};

/// Longer than this and a parser hangs, on the slowest machine and without optimization.
const HANG: Duration = Duration::from_secs(20);

/// Runs the body of a fuzz target over its seeds: each whole, cut off at `rounds` places and damaged
/// in `rounds` ways, the same in every run.
///
/// # Panics
///
/// If `run` does, after telling which input it was, or if it takes so long that it hangs.
pub fn exercise(seeds: &[Vec<u8>], rounds: usize, mut run: impl FnMut(&[u8])) {
    for (seed, bytes) in seeds.iter().enumerate() {
        let mut random = Random::new(seed as u64);
        check(bytes, &format!("seed {seed}"), &mut run);
        for round in 0..rounds {
            let size = random.below(bytes.len());
            let cut = bytes.get(..size).unwrap_or(bytes);
            check(cut, &format!("seed {seed} cut off at {size}"), &mut run);
            let mut damaged = bytes.clone();
            random.damage(&mut damaged);
            check(&damaged, &format!("seed {seed}, damage {round}"), &mut run);
        }
    }
}

fn check(bytes: &[u8], name: &str, run: &mut impl FnMut(&[u8])) {
    let teller = Teller(name);
    let start = Instant::now();
    run(bytes);
    let elapsed = start.elapsed();
    assert!(elapsed < HANG, "{elapsed:?} for {} bytes", bytes.len());
    drop(teller);
}

/// Tells the input if its run panics.
struct Teller<'a>(&'a str);

impl Drop for Teller<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the input was {}", self.0);
        }
    }
}
