use crate::Random;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Longer than this and a parser hangs, on the slowest machine and without optimization.
const HANG: Duration = Duration::from_secs(20);

/// Runs the body of a fuzz target over its seeds: each whole, cut off at `rounds` places and damaged
/// in `rounds` ways, the same in every run.
///
/// Where the variable `SPELUNK_FUZZ_SEEDS` names a folder, it does nothing but write the seeds there,
/// into a folder named as the module of `run`: fuzzing starts from them.
///
/// # Panics
///
/// If `run` does, after telling which input it was, or if it takes so long that it hangs. If seeds
/// cannot be written.
pub fn exercise<R: FnMut(&[u8])>(seeds: &[Vec<u8>], rounds: usize, mut run: R) {
    if let Some(folder) = std::env::var_os("SPELUNK_FUZZ_SEEDS") {
        return write(seeds, PathBuf::from(folder), std::any::type_name::<R>());
    }
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

/// A folder that is no other thread's, of which there is none yet: fuzz targets put files there that
/// are mapped, and tests run several of them beside each other.
#[must_use]
pub fn own_folder(name: &str) -> PathBuf {
    let (process, thread) = (std::process::id(), std::thread::current().id());
    std::env::temp_dir().join(format!("spelunk-{name}-{process}-{thread:?}"))
}

/// Writes seeds for the target whose body is the function with this path; a closure is no target's.
#[expect(clippy::panic, reason = "as a test fails")]
fn write(seeds: &[Vec<u8>], folder: PathBuf, run: &str) {
    let Some(module) = run.strip_suffix("::run") else {
        return;
    };
    let folder = folder.join(module.rsplit("::").next().unwrap_or(module));
    let written = std::fs::create_dir_all(&folder).and_then(|()| {
        let mut named = (0..).zip(seeds);
        named.try_for_each(|(number, seed): (usize, _)| {
            std::fs::write(folder.join(format!("seed-{number:03}")), seed)
        })
    });
    if let Err(error) = written {
        panic!("{}: {error}", folder.display());
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
