//! Real kernels of the lab, against what drgn says about the same addresses.

use spelunk_base::arch::x86_64::{R10, R13, RBP, RSP};
use spelunk_debuginfo::orc::{OrcTable, OrcVersion};
use spelunk_debuginfo::{DebugFile, RowSource, SymbolTable};
use spelunk_elf::{ElfFile, FileData, SectionAddresses};
use spelunk_unwind::{CfaRule, RegisterRule, Row};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Prints the load bias, then for addresses all over the kernel's code, tab by tab: the address, the
/// symbol with its address and size, and each function with its line.
const SCRIPT: &str = r#"
import random, sys
random.seed(int(sys.argv[2]))
bias = prog.symbol("_stext").address - int(sys.argv[1], 16)
print(bias)
start, end = prog.symbol("_stext").address, prog.symbol("_etext").address
for _ in range(1000):
    address = random.randrange(start, end)
    try:
        locations = str(prog.source_location(address)).splitlines()
    except LookupError:
        locations = []
    try:
        symbol = prog.symbol(address)
        symbol = f"{symbol.name} {symbol.address} {symbol.size}"
    except LookupError:
        symbol = ""
    print(address, symbol, *locations, sep="\t")
"#;

pub(crate) fn cache() -> PathBuf {
    std::env::var_os("SPELUNK_CACHE").map_or_else(
        || PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cache/spelunk"),
        PathBuf::from,
    )
}

/// The kernel that a dump of the lab is of. Tests over real dumps fail, rather than pass unrun,
/// where it is missing.
pub(crate) fn vmlinux(dump: &str) -> PathBuf {
    let truth = cache().join("dumps").join(dump).join("truth/uname");
    let uname = std::fs::read_to_string(&truth).unwrap_or_else(|error| {
        panic!(
            "{}: {error}: make it with `cargo xtask lab {dump}`",
            truth.display()
        )
    });
    let name = format!("vmlinux-{}", uname.split_whitespace().nth(2).unwrap());
    let roots = std::fs::read_dir(cache()).unwrap();
    let files = roots.map(|root| root.unwrap().path().join("usr/lib/debug/boot").join(&name));
    files.into_iter().find(|file| file.exists()).unwrap()
}

pub(crate) fn elf(path: &Path) -> ElfFile {
    ElfFile::parse(FileData::open(path).unwrap()).unwrap()
}

/// As drgn prints the locations at an address.
fn locations(file: &DebugFile, symbols: &SymbolTable, address: u64) -> Vec<String> {
    let scopes = file.scopes(address).unwrap();
    let mut line = file.find_line(address).unwrap();
    let count = scopes.len().max(1);
    let mut result = Vec::new();
    for index in 0..count {
        let Some(at) = line.take() else { break };
        let scope = scopes.get(index);
        let name = scope.and_then(|scope| scope.name.as_deref().map(str::to_owned));
        let symbol = || symbols.find(address).map(|symbol| symbol.name.to_string());
        let name = name.or_else(symbol).unwrap_or_else(|| "???".to_owned());
        let mut text = match at.is_known() {
            true => format!("{name} at {}:{}", at.file, at.line),
            false => format!("{name} at ??:?"),
        };
        if at.column != 0 {
            text += &format!(":{}", at.column);
        }
        if count > 1 {
            text = format!("{:<4}{text}", format!("#{index}"));
        }
        result.push(text);
        line = scope.and_then(|scope| scope.call_site.clone());
    }
    result
}

/// Whether drgn's answer is known to be worse than ours.
///
/// It shows functions of Rust by their symbol alone, without what is inlined into them. For the
/// padding before the first function of a unit it shows some line of another place in the unit.
fn is_known_difference(symbol: &str) -> bool {
    symbol.starts_with("_R") || symbol.starts_with("__pfx_")
}

fn compare(dump: &str) {
    let path = vmlinux(dump);
    let symbols = SymbolTable::parse(&elf(&path), &SectionAddresses::default(), 0).unwrap();
    let stext = symbols.find_name("_stext").unwrap().address;
    let script = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{dump}.py"));
    std::fs::write(&script, SCRIPT).unwrap();
    let output = Command::new(cache().join("oracle/bin/drgn"))
        .args(["-q", "--no-default-symbols", "-c"])
        .arg(cache().join("dumps").join(dump).join("vmcore.elf"))
        .arg("-s")
        .arg(&path)
        .arg(&script)
        .args([format!("{stext:x}"), "6".to_owned()])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines = text.lines();
    let bias = lines.next().unwrap().parse::<i64>().unwrap() as u64;
    let symbols = SymbolTable::parse(&elf(&path), &SectionAddresses::default(), bias).unwrap();
    let file = DebugFile::new(elf(&path), SectionAddresses::default(), bias);
    let (mut compared, mut excused) = (0, 0);
    for line in lines {
        let mut words = line.split('\t');
        let address: u64 = words.next().unwrap().parse().unwrap();
        let expected = words.next().unwrap();
        let symbol = symbols.find(address);
        let got = symbol.map_or(String::new(), |symbol| {
            format!("{} {} {}", symbol.name, symbol.address, symbol.size)
        });
        assert_eq!(got, expected, "symbol at {address:#x}");
        let expected: Vec<_> = words.collect();
        let got = locations(&file, &symbols, address);
        compared += 1;
        if got != expected && is_known_difference(line.split(['\t', ' ']).nth(1).unwrap()) {
            excused += 1;
            continue;
        }
        assert_eq!(got, expected, "{address:#x}");
    }
    assert_eq!(compared, 1000);
    assert!(excused < 15, "{excused} differences");
}

#[test]
fn functions_lines_and_symbols_of_linux_6_1() {
    compare("kyber-oops");
}

#[test]
fn functions_lines_and_symbols_of_linux_5_10() {
    compare("panic-5.10");
}

#[test]
fn functions_lines_and_symbols_of_linux_7_2() {
    compare("panic-7.2");
}

// The kernels without a header, and the one with: entries tell the version by themselves.
#[test]
fn orc_versions_of_real_kernels() {
    for (dump, version) in [
        ("panic-5.10", OrcVersion::V1),
        ("kyber-oops", OrcVersion::V1),
        ("panic-7.2", OrcVersion::V4),
    ] {
        let elf = elf(&vmlinux(dump));
        let entries = elf.section_data(".orc_unwind").unwrap().unwrap();
        let guess = OrcVersion::guess(&entries, elf.platform().byte_order);
        assert_eq!(guess, version, "{dump}");
        // A module has few entries, which may mean the same in versions 1 and 2.
        let mean_the_same = |guess| version == OrcVersion::V1 && guess == OrcVersion::V2;
        for part in entries.chunks(6 * 200).step_by(50) {
            let guess = OrcVersion::guess(part, elf.platform().byte_order);
            assert!(
                guess == version || mean_the_same(guess),
                "{dump}: {guess:?}"
            );
        }
        if let Some(header) = elf.section_data(".orc_header").unwrap() {
            assert_eq!(OrcVersion::find_by_header(&header), Some(version));
        }
    }
}

// The compiler's account of a function and objtool's were made apart from each other.
#[test]
fn orc_agrees_with_call_frame_information() {
    for (dump, version) in [
        ("panic-5.10", OrcVersion::V1),
        ("kyber-oops", OrcVersion::V1),
        ("panic-7.2", OrcVersion::V4),
    ] {
        let path = vmlinux(dump);
        let elf_file = elf(&path);
        let section = |name| elf_file.section_data(name).unwrap().unwrap();
        let ips_address = elf_file.find_section(".orc_unwind_ip").unwrap().address;
        let order = elf_file.platform().byte_order;
        let (ips, entries) = (section(".orc_unwind_ip"), section(".orc_unwind"));
        let orc = OrcTable::parse(version, order, ips, ips_address, entries).unwrap();
        let file = DebugFile::new(elf(&path), SectionAddresses::default(), 0);
        let text = elf_file.find_section(".text").unwrap();
        let (mut agree, mut disagree, mut switched) = (0, Vec::new(), 0);
        for pc in (text.address..text.address + text.size).step_by(293) {
            let Some((row, RowSource::DebugFrame)) = file.find_row(pc).unwrap() else {
                continue;
            };
            let Some(other) = orc.find_row(pc) else {
                continue;
            };
            match (&row.cfa, &other.cfa) {
                // Stacks that are realigned, which only expressions can say in DWARF.
                (CfaRule::Expression(_), _) | (_, CfaRule::RegisterPlus(R10 | R13, _)) => {}
                (CfaRule::AtRegister(..), _) => switched += 1,
                (ours, theirs) if ours == theirs => {
                    let saved = |row: &Row| row.find(RBP).cloned();
                    // Between the instruction that saves or restores rbp and the one that changes
                    // it, it is in both places; the compiler writes down the save later.
                    let same = Some(RegisterRule::SameValue);
                    let (ours, theirs) = (saved(&row), saved(&other));
                    let both = ours == same || theirs == same;
                    assert!(both || ours == theirs, "{dump}: rbp at {pc:#x}");
                    agree += 1;
                }
                _ => disagree.push(pc),
            }
        }
        println!("{dump}: {agree} agree, {switched} on another stack, {disagree:x?} do not");
        assert!(agree > 20_000, "{dump}: {agree}");
        assert!(disagree.len() * 1000 < agree, "{dump}: {disagree:x?}");
    }
}

// The kernel changes to its interrupt stack inside of this function (Linux 5.12 and later).
#[test]
fn the_interrupt_stack_is_left_by_orc_s_account() {
    for dump in ["kyber-oops", "panic-7.2"] {
        let path = vmlinux(dump);
        let symbols = SymbolTable::parse(&elf(&path), &SectionAddresses::default(), 0).unwrap();
        let function = symbols.find_name("sysvec_apic_timer_interrupt").unwrap();
        let file = DebugFile::new(elf(&path), SectionAddresses::default(), 0);
        let rows = (function.address..function.address + function.size)
            .filter_map(|pc| file.find_row(pc).unwrap())
            .filter(|(row, _)| matches!(row.cfa, CfaRule::AtRegister(RSP, 0, _)));
        let sources: Vec<_> = rows.map(|(_, source)| source).collect();
        assert!(!sources.is_empty(), "{dump}");
        let from_frames = |source: &RowSource| *source == RowSource::DebugFrame;
        assert!(
            sources.iter().all(from_frames),
            "registers are still the compiler's"
        );
    }
}
