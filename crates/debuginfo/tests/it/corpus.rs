//! The fuzz targets' bodies over compiled files: whole, cut off, damaged.

#[path = "../../../../fuzz/bodies/debug_file.rs"]
pub(crate) mod debug_file;
#[path = "../../../../fuzz/bodies/demangle.rs"]
mod demangle;
#[path = "../../../../fuzz/bodies/dwarf_index.rs"]
mod dwarf_index;
#[path = "../../../../fuzz/bodies/dwarf_sources.rs"]
mod dwarf_sources;
#[path = "../../../../fuzz/bodies/dwarf_types.rs"]
pub(crate) mod dwarf_types;
#[path = "../../../../fuzz/bodies/frames.rs"]
pub(crate) mod frames;
#[path = "../../../../fuzz/bodies/kallsyms.rs"]
mod kallsyms;
#[path = "../../../../fuzz/bodies/orc.rs"]
mod orc;

use crate::oracle;
use crate::program::compile;
use spelunk_synth::Workshop;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

pub(crate) const C: &str = "struct a { struct b *b; int x : 3; union { int u; struct a *v; }; int f[]; }; enum e { A, B = -1 };
    typedef struct a t; extern int o; int o = 3; static const int c = 9; struct d *d; struct a *p; enum e q; t *r;
    static inline int i(int n) { int k = n; return k + o; } int g(t *x, ...) { return i(x->x) + c; }";
pub(crate) const CPP: &str = "namespace n { struct a { struct b { int x; }; b y; static int s; void f(); }; int a::s; enum class e { k };
    template <int N, typename T> struct t { T v[N]; }; void a::f() {} e z; t<3, a> w;
    struct v { int m; virtual ~v() {} }; struct l : virtual v { int &r; }; struct r : virtual v { int v::*p; };
    namespace { struct d : l, r { decltype(nullptr) n; int (v::*f)(); int &&rr; d(); }; } d *q;
    template <typename... T> struct k { union { int i; }; }; k<int, d *> o; }";
const RUST: &str = "pub enum E { A, B(u8), C { c: Option<&'static str> } } #[repr(i128)] pub enum W { X(u8) = -1, Y }
    pub static S: [Option<E>; 1] = [Some(E::B(3))]; pub static R: (Result<W, ()>, char) = (Ok(W::Y), 'x');";

/// The object file of a library.
static RUST_OBJECT: LazyLock<Vec<u8>> = LazyLock::new(|| {
    // Other tests may compile it at the same time, in processes of their own.
    let name = format!("corpus-rust-{}", std::process::id());
    let workshop = Workshop::new(env!("CARGO_TARGET_TMPDIR"), &name);
    workshop.write("a.rs", RUST);
    workshop.run(
        "rustc",
        ["-g", "--crate-type=lib", "--emit=obj", "-o", "a.o", "a.rs"],
    );
    let object = workshop.read("a.o");
    workshop.remove();
    object
});

/// Templates with arguments in entries of their own.
static SIMPLE_NAMES: LazyLock<Vec<u8>> = LazyLock::new(|| {
    const SOURCE: &str = "namespace n { enum class e { k }; template <typename T, int N> struct a { T t[N]; };
        template <typename... T> struct p { struct q { int i; }; static int s; }; template <typename... T> int p<T...>::s = 3;
        template <e E, char C, unsigned long L> struct v {}; template <template <typename, int> class C> struct t { C<int, 3> c; };
        a<a<const int *, 2>, 3> x; p<int (*)(char, ...), int a<int, 3>::*, void (&)(), p<>>::q y; v<e::k, '<', 3> w; t<a> z;
        int i = p<int>::s; template <typename T> T f(T t) { return t; } int j = f(3); }";
    let name = format!("corpus-simple-names-{}", std::process::id());
    let workshop = Workshop::new(env!("CARGO_TARGET_TMPDIR"), &name);
    workshop.write("a.cpp", SOURCE);
    workshop.run(
        "clang++",
        ["-g", "-gsimple-template-names", "-std=c++17", "-c", "a.cpp"],
    );
    let object = workshop.read("a.o");
    workshop.remove();
    object
});

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
    seeds.push(RUST_OBJECT.clone());
    seeds.push(SIMPLE_NAMES.clone());
    seeds
}

#[test]
fn dwarf_index() {
    spelunk_synth::exercise(&seeds(), 200, dwarf_index::run);
}

#[test]
fn dwarf_types() {
    spelunk_synth::exercise(&seeds(), 200, dwarf_types::run);
}

/// What a file is to the debug file of an input.
#[derive(Clone, Copy)]
pub(crate) enum Other {
    SplitObject,
    Package,
    Supplementary,
}

/// Debug files, each with another one that it refers to.
pub(crate) fn sources() -> Vec<(Vec<u8>, Other, Vec<u8>)> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("corpus-sources-{}-{count}", std::process::id());
    let workshop = Workshop::new(env!("CARGO_TARGET_TMPDIR"), &name);
    workshop.write("a.c", C);
    workshop.write("a.cpp", CPP);
    let run = |command: &str| {
        let (program, arguments) = command.split_once(' ').unwrap();
        workshop.run(program, arguments.split(' '));
    };
    let compile = |command: &str| {
        // What an input refers to is beside it, not where it was compiled.
        let (program, arguments) = command.split_once(' ').unwrap();
        let folder = workshop.path("").display().to_string();
        let map = format!(
            "-fdebug-prefix-map={}=/nowhere",
            folder.trim_end_matches('/')
        );
        workshop.run(program, arguments.split(' ').chain(["-w", &map]));
    };
    let mut sources = Vec::new();
    let mut pair = |main: &str, kind, other: &str| {
        sources.push((workshop.read(main), kind, workshop.read(other)));
    };
    for version in ["-gdwarf-4", "-gdwarf-5"] {
        compile(&format!("gcc {version} -gsplit-dwarf -c a.c -o other.o"));
        pair("other.o", Other::SplitObject, "other.dwo");
        compile(&format!(
            "clang++ {version} -gsplit-dwarf -fdebug-types-section -c a.cpp -o other.o"
        ));
        run("llvm-dwp other.dwo -o other.dwp");
        pair("other.o", Other::Package, "other.dwp");
    }
    compile("gcc -g -shared -fPIC -Wl,--build-id=none a.c -o one");
    std::fs::copy(workshop.path("one"), workshop.path("two")).unwrap();
    run("dwz -m other.sup -M other.sup one two");
    pair("one", Other::Supplementary, "other.sup");
    workshop.remove();
    sources
}

#[test]
fn dwarf_sources() {
    let join = |(main, _, other): (Vec<u8>, Other, Vec<u8>)| {
        let length = u32::try_from(main.len()).unwrap();
        [&length.to_le_bytes()[..], &main, &other].concat()
    };
    let seeds: Vec<_> = sources().into_iter().map(join).collect();
    spelunk_synth::exercise(&seeds, 100, dwarf_sources::run);
}

#[test]
fn frames() {
    spelunk_synth::exercise(&seeds(), 200, frames::run);
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

/// A kernel module's debug file, without its build ID, so that no index of it is kept.
fn module() -> Vec<u8> {
    let vmlinux = oracle::vmlinux("kyber-oops");
    let name = vmlinux.file_name().unwrap().to_string_lossy();
    let release = name.strip_prefix("vmlinux-").unwrap();
    let path = vmlinux
        .with_file_name("../lib/modules")
        .join(release)
        .join("kernel/lib/crc7.ko");
    let elf = oracle::elf(&path);
    let note = elf.find_section(".note.gnu.build-id").unwrap();
    let name = usize::try_from(note.offset).unwrap() + 12;
    let mut bytes = std::fs::read(&path).unwrap();
    assert_eq!(bytes[name..name + 4], *b"GNU\0");
    bytes[name] = b'X';
    bytes
}

#[test]
fn module_cut_off_and_damaged() {
    spelunk_synth::exercise(&[module()], 1000, |bytes| {
        dwarf_index::run(bytes);
        dwarf_types::run(bytes);
    });
}

#[test]
fn names_to_demangle() {
    let seeds = [
        "_ZNSt6vectorIiSaIiEE9push_backERKi",
        "_ZZN3foo3barIJidEEEDTcl1fspfp_EEDpT_E1x.constprop.0",
        "_ZN71_$LT$Test$u20$$u2b$$u20$as$u20$foo..Bar$LT$Test$GT$$GT$3bar17h930b740aa94f1d3aE",
        "_RINvNtC3std3mem8align_ofNtNvMINtNtCs7_4core6option6OptionpE4nameB5_E",
        // Makes no sense, which takes trying everything.
        "C3IiiLSaIiIiEiSaIiSaIiiLSaIiIiESaIt6vectorIaIiRaIiiLSaIiIiEiSaIiSaIiLiIiEiSaIiSaIiiLSaIiIiESaIt1vecciItRoIraiLSaiIaI\u{fffd}\u{fffd}\u{fffd}\u{fffd}iIiEiSaIis17h^Iim",
    ];
    let seeds = seeds.map(|seed| seed.as_bytes().to_vec());
    spelunk_synth::exercise(&seeds, 500, demangle::run);
}

/// Three symbols, as the tables that the fuzz target takes apart: where each begins (in units of 8 bytes), how many
/// symbols, and the tables.
fn kallsyms_seed() -> Vec<u8> {
    let names = b"\x03Tab\x02t\x01\x80\x01".iter().copied();
    let long = std::iter::repeat_n(b'x', 128);
    let mut tables: Vec<u8> = names.chain(long).collect();
    tables.resize(tables.len().next_multiple_of(8), 0);
    let token_table = tables.len() / 8;
    (0..=255u8).for_each(|code| tables.extend([code.max(1), 0]));
    let token_index = tables.len() / 8;
    (0..256u16).for_each(|code| tables.extend((code * 2).to_le_bytes()));
    let addresses = tables.len() / 8;
    let offsets = [0x10i32, -1, -0x40, 0, 0, 0];
    offsets
        .iter()
        .for_each(|offset| tables.extend(offset.to_le_bytes()));
    let places = [0, token_table, token_index, addresses, 3];
    let head = places.map(|place| u8::try_from(place).unwrap());
    [&head[..], &tables].concat()
}

#[test]
fn kallsyms() {
    let shown = b"0000000000000000 A x\nffffffff81000000 T _stext\nffffffffc0000000 t y\t[z]\n";
    let symbol = [
        1u8, 0, 0, 0, 0x12, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0,
    ];
    let seeds = [kallsyms_seed(), shown.to_vec(), symbol.repeat(3)];
    spelunk_synth::exercise(&seeds, 300, kallsyms::run);
}
