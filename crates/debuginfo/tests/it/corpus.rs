//! The fuzz targets' bodies over compiled files: whole, cut off, damaged.

#[path = "../../../../fuzz/bodies/dwarf_index.rs"]
mod dwarf_index;
#[path = "../../../../fuzz/bodies/dwarf_types.rs"]
mod dwarf_types;
#[path = "../../../../fuzz/bodies/frames.rs"]
mod frames;
#[path = "../../../../fuzz/bodies/orc.rs"]
mod orc;

use crate::program::compile;

const C: &str = "struct a { struct b *b; int x : 3; union { int u; struct a *v; }; int f[]; }; enum e { A, B = -1 };
    typedef struct a t; extern int o; int o = 3; static const int c = 9; struct d *d; struct a *p; enum e q; t *r;
    static inline int i(int n) { int k = n; return k + o; } int g(t *x, ...) { return i(x->x) + c; }";
const CPP: &str = "namespace n { struct a { struct b { int x; }; b y; static int s; void f(); }; int a::s; enum class e { k };
    template <int N, typename T> struct t { T v[N]; }; void a::f() {} e z; t<3, a> w; }";

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<_> = ["-gdwarf-2", "-gdwarf-4", "-gdwarf-5"]
        .into_iter()
        .flat_map(|version| {
            [
                compile(&[("a.c", C)], &["-g", "-O1", version, "-c"]),
                compile(&[("a.cpp", CPP)], &["-g", version, "-c"]),
            ]
        })
        .collect();
    let flags = [
        "-g",
        "-gdwarf-4",
        "-fdebug-types-section",
        "-shared",
        "-fPIC",
    ];
    seeds.push(compile(&[("a.c", C)], &flags));
    seeds
}

#[test]
fn dwarf_index() {
    spelunk_synth::exercise(&seeds(), 60, dwarf_index::run);
}

#[test]
fn dwarf_types() {
    spelunk_synth::exercise(&seeds(), 60, dwarf_types::run);
}

#[test]
fn frames() {
    spelunk_synth::exercise(&seeds(), 60, frames::run);
}

/// Entries of all kinds and bases, one after the other.
#[test]
fn orc() {
    let entries = (0..=0xffffu16).step_by(251).flat_map(|flags| {
        let [low, high] = flags.to_le_bytes();
        [8, 0, 0xf0, 0xff, low, high]
    });
    let entries: Vec<u8> = entries.collect();
    let ips = (0..).map(|address: u32| address * 16 % 0x2000);
    let ips = ips.take(entries.len() / 6).flat_map(u32::to_le_bytes);
    let seed = ips.chain(entries.iter().copied()).collect();
    spelunk_synth::exercise(&[seed, Vec::new()], 20, orc::run);
}
