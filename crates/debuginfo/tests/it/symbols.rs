//! Symbol tables.

use crate::compiled::{Compiled, hex, parse, run};
use spelunk_debuginfo::{Symbol, SymbolTable};
use spelunk_elf::{SectionAddresses, constants};

const ALIASES: &str = r#"
__attribute__((noinline)) static int local_one(int x) { return x + 1; }
int global_one(int) __attribute__((alias("local_one")));
int weak_one(int) __attribute__((weak, alias("local_one")));
static int inside[4] = { 1, 2, 3, 4 };
int *outside = inside;
__asm__(".text\n.globl label\nlabel: nop\nnop\nnop\n");
__asm__(".type tiny,@function\n.size tiny,1\ntiny: ret\nnop\nnop\n");
__asm__(".type outer,@function\n.size outer,2\nouter: nop\nwithin: nop\nnop\n");
int main(int argc, char **argv) { return local_one(argc) + global_one(1) + weak_one(2) + *outside; }
"#;

fn table(program: &Compiled, bias: u64) -> SymbolTable {
    SymbolTable::parse(&parse(&program.path), &SectionAddresses::default(), bias).unwrap()
}

#[test]
fn equal_to_nm() {
    let program = Compiled::new("symbols-nm", ALIASES, &["-O1"]);
    let bias = 0x5500_0000_0000;
    let table = table(&program, bias);
    let text = run("nm", ["--defined-only".as_ref(), program.path.as_os_str()]);
    let mut count = 0;
    for line in text.lines() {
        let words: Vec<_> = line.split_whitespace().collect();
        let address = hex(words[0]) + if words[1] == "A" { 0 } else { bias };
        let named = table.all_named(words[2]);
        assert!(
            named.iter().any(|symbol| symbol.address == address),
            "{line}: {named:x?}"
        );
        count += 1;
    }
    let named = table
        .iter()
        .filter(|symbol| !symbol.name.is_empty() && symbol.kind != constants::STT_FILE);
    assert_eq!(named.count(), count);
}

#[test]
fn the_best_name_of_an_address() {
    let program = Compiled::new("symbols-best", ALIASES, &["-O1", "-no-pie"]);
    let table = table(&program, 0);
    let name = |address| table.find(address).map(|symbol| symbol.name);
    let start = table.find_name("local_one").unwrap().address;
    assert_eq!(
        name(start).as_deref(),
        Some("global_one"),
        "global, weak, local at one address"
    );
    assert_eq!(name(start + 1).as_deref(), Some("global_one"));
    let all: Vec<_> = table.all_at(start).into_iter().map(|s| s.name).collect();
    let is_at_start = |symbol: &Symbol| symbol.address == start;
    let in_file: Vec<_> = table.iter().filter(is_at_start).map(|s| s.name).collect();
    assert_eq!((all.len(), &all), (3, &in_file), "in the order of the file");
    // A label has no size: it names what follows, up to the next symbol.
    let label = table.find_name("label").unwrap().address;
    assert_eq!(name(label + 2).as_deref(), Some("label"));
    assert_eq!(name(label + 3).as_deref(), Some("tiny"));
    assert_eq!(
        name(label + 4),
        None,
        "behind a symbol that ends there is nothing"
    );
    let outer = table.find_name("outer").unwrap().address;
    assert_eq!(name(outer + 1).as_deref(), Some("outer"));
    assert_eq!(
        name(outer + 2),
        None,
        "a label ends where its function does"
    );
    let inside = table.find_name("inside").unwrap();
    assert_eq!(
        (inside.size, name(inside.address + 15).as_deref()),
        (16, Some("inside"))
    );
    assert_eq!(name(0), None);
    assert_eq!(name(u64::MAX), None);
    assert_eq!(table.find_name("no such symbol"), None);
}

// Files without sections of their own, such as a stripped program, have dynamic symbols.
#[test]
fn dynamic_symbols_where_there_are_no_others() {
    let program = Compiled::new("symbols-stripped", ALIASES, &["-O1", "-s", "-rdynamic"]);
    let table = table(&program, 0);
    assert!(table.find_name("global_one").is_some());
    assert!(table.find_name("local_one").is_none());
}

// A module's symbols are where its sections are; what is not loaded is nowhere.
#[test]
fn relocatable_files() {
    let program = Compiled::new("symbols-object", ALIASES, &["-O1", "-c"]);
    let sections = [(".text".to_owned(), 0xffff_ffff_c000_0000)];
    let addresses: SectionAddresses = sections.into_iter().collect();
    let table = SymbolTable::parse(&parse(&program.path), &addresses, 0).unwrap();
    let start = table.find_name("local_one").unwrap().address;
    assert!(start >= 0xffff_ffff_c000_0000);
    assert_eq!(&*table.find(start).unwrap().name, "global_one");
    assert_eq!(table.find_name("inside"), None);
}

/// Runs a tool and expects it to succeed.
fn tool(name: &str, args: &[&std::ffi::OsStr]) {
    let status = std::process::Command::new(name).args(args).status();
    assert!(status.unwrap().success(), "{name}");
}

// MiniDebugInfo, made as Fedora does: what `.dynsym` lacks, in a file of its own, compressed.
#[test]
fn symbols_of_mini_debug_info() {
    let program = Compiled::new("symbols-mini", ALIASES, &["-O1", "-rdynamic"]);
    let whole = table(&program, 0);
    let part = |name: &str| program.path.with_extension(name);
    let (mini, stripped, both) = (part("mini"), part("stripped"), part("both"));
    let (path, keep) = (program.path.as_os_str(), "--keep-symbol=local_one".as_ref());
    tool("objcopy", &["-S".as_ref(), keep, path, mini.as_os_str()]);
    tool("xz", &["-kf".as_ref(), mini.as_os_str()]);
    tool("strip", &["-o".as_ref(), stripped.as_os_str(), path]);
    let section = format!(".gnu_debugdata={}.xz", mini.display());
    let add = ["--add-section".as_ref(), section.as_ref()];
    tool(
        "objcopy",
        &[add[0], add[1], stripped.as_os_str(), both.as_os_str()],
    );

    let place = SectionAddresses::default();
    let bias = 0x1000;
    let dynamic = SymbolTable::parse(&parse(&stripped), &place, bias).unwrap();
    let found = SymbolTable::parse(&parse(&both), &place, bias).unwrap();
    assert_eq!(dynamic.find_name("local_one"), None);
    let expected = whole.find_name("local_one").unwrap();
    let local = found.find_name("local_one").unwrap();
    assert_eq!(
        (local.address - bias, local.size),
        (expected.address, expected.size)
    );
    // Those of `.dynsym` first.
    let names = |table: &SymbolTable| -> Vec<_> { table.iter().map(|s| s.name).collect() };
    let (dynamic, all) = (names(&dynamic), names(&found));
    assert_eq!(all[..dynamic.len()], dynamic[..]);
    assert!(all.len() > dynamic.len());

    // Damaged, it is as if it was not there.
    let damaged = part("damaged");
    std::fs::write(&mini, b"\xfd7zXZ\0 not xz").unwrap();
    let section = format!(".gnu_debugdata={}", mini.display());
    let add = ["--add-section".as_ref(), section.as_ref()];
    tool(
        "objcopy",
        &[add[0], add[1], stripped.as_os_str(), damaged.as_os_str()],
    );
    let found = SymbolTable::parse(&parse(&damaged), &place, bias).unwrap();
    assert_eq!(names(&found), dynamic);
}

const VERSIONS: &str = r#"
int function_1(void) { return 1; }
int function_2(void) { return 2; }
int old_1(void) { return 3; }
int __attribute__((weak)) plain(void) { return 4; }
__asm__(".symver function_1,function@V1");
__asm__(".symver function_2,function@@V2");
__asm__(".symver old_1,old@V1");
"#;

// `.symtab` has versions in the names, `.dynsym` in a section of its own.
#[test]
fn a_name_stands_for_its_default_version() {
    let folder = spelunk_synth::Workshop::new(env!("CARGO_TARGET_TMPDIR"), "symbols-versions");
    folder.write(
        "map",
        "V1 { global: old; function; plain; local: *; }; V2 { } V1;",
    );
    let script = format!("-Wl,--version-script={}", folder.path("map").display());
    let options = ["-shared", "-fPIC", "-O1", &script];
    let program = Compiled::new("symbols-version", VERSIONS, &options);
    let stripped = program.path.with_extension("stripped");
    let (path, to) = (program.path.as_os_str(), stripped.as_os_str());
    tool("strip", &["-o".as_ref(), to, path]);

    let whole = table(&program, 0);
    let address = |name| whole.find_name(name).map(|symbol| symbol.address);
    assert_eq!(address("function"), address("function_2"));
    assert_eq!(address("function@V1"), address("function_1"));
    assert_eq!(address("old"), address("old_1"));
    assert_eq!(whole.all_named("function").len(), 1);
    assert_eq!(&*whole.find_name("function").unwrap().name, "function@@V2");
    for name in ["function@V2", "funct", "plain@V1"] {
        assert_eq!(address(name), None, "{name}");
    }

    let place = SectionAddresses::default();
    let dynamic = SymbolTable::parse(&parse(&stripped), &place, 0).unwrap();
    let found = dynamic.find_name("function").unwrap();
    assert_eq!(Some(found.address), address("function_2"));
    assert_eq!(dynamic.all_named("function").len(), 2);
    assert_eq!(
        dynamic.find_name("old").map(|old| old.address),
        address("old_1")
    );
    assert!(dynamic.find_name("plain").is_some());
}
