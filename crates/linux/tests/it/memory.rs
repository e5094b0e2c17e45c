//! What can be read without debugging information.

use crate::lab::Dump;
use spelunk_base::{Cancel, NoProgress};
use spelunk_image::{Image, Vmcoreinfo};
use spelunk_linux::{Linux, LinuxKernel};
use spelunk_memory::{AddressSpace, Memory, ReadMemory};
use spelunk_program::{BringUp, Machine, Os, System};
use std::any::Any;
use std::path::PathBuf;
use std::sync::Arc;

fn bring_up(paths: &[PathBuf]) -> (Memory, Vmcoreinfo, Arc<dyn Os>) {
    let paths: Vec<_> = paths.iter().map(PathBuf::as_path).collect();
    let image = Arc::new(Image::open(&paths).unwrap());
    let memory = image.memory();
    let info = image.vmcoreinfo().unwrap().clone();
    let platform = image.platform().unwrap();
    let machine: Arc<dyn Machine> = image;
    let os = Linux
        .bring_up(&BringUp {
            machine: &machine,
            platform,
            memory: &memory,
            progress: &NoProgress,
            cancel: &Cancel::default(),
        })
        .unwrap()
        .unwrap();
    (memory, info, os)
}

/// The kernel's version text is readable at the address that the guest's own symbol table gives.
fn check(dump: &str, file: &str) {
    let lab = Dump::find(dump);
    let (memory, _, os) = bring_up(&[lab.file(file)]);
    assert_eq!(os.release(), Some(&*lab.release()), "{dump}/{file}");
    let kernel: &LinuxKernel = (os.as_ref() as &dyn Any).downcast_ref().unwrap();
    let symbols = lab.truth("kallsyms");
    let symbol = |name: &str| {
        let line = symbols
            .lines()
            .find(|line| line.split_whitespace().nth(2) == Some(name))
            .unwrap();
        u64::from_str_radix(line.split_whitespace().next().unwrap(), 16).unwrap()
    };
    let banner = memory
        .read_c_string(AddressSpace::Virtual, symbol("linux_banner"), 1000)
        .unwrap();
    assert_eq!(
        String::from_utf8_lossy(&banner),
        lab.truth("version"),
        "{dump}/{file}"
    );
    // Where the direct map is, the kernel says in a variable.
    let word = |address| {
        let order = spelunk_base::ByteOrder::Little;
        memory
            .read_u64(AddressSpace::Virtual, address, order)
            .unwrap()
    };
    let translation = kernel.address_translation();
    let base = word(symbol("page_offset_base"));
    assert_eq!(translation.direct_map_base(), Some(base), "{dump}/{file}");
    assert!(translation.is_in_direct_map(base + 0x10_0000));
    assert!(!translation.is_in_direct_map(base - 1));
    let image = translation.image_range().unwrap();
    assert_eq!(image.start, symbol("_text"), "{dump}/{file}");
    assert!((symbol("_end")..symbol("_end") + (4 << 20)).contains(&image.end));
    // Memory that is mapped page by page: the stack of the first task of the CPU is in vmalloc's range, and begins with
    // STACK_END_MAGIC.
    if let Some(stacks) = symbols.lines().find(|line| line.ends_with(" init_stack")) {
        let address = u64::from_str_radix(stacks.split_whitespace().next().unwrap(), 16).unwrap();
        assert_eq!(word(address), 0x57ac_6e9d, "{dump}/{file}");
    }
}

#[test]
fn every_form_of_a_dump_reads_the_same() {
    for file in ["vmcore.elf", "vmcore.zlib"] {
        check("panic", file);
    }
    for file in [
        "kdump.zlib.d31",
        "kdump.lzo.d31",
        "kdump.raw.d31",
        "elf.d31",
        "flat.zlib.d31",
    ] {
        check("panic", &format!("conv/{file}"));
    }
}

#[test]
fn every_kernel_reads() {
    for dump in [
        "panic-5.10",
        "panic-7.2",
        "la57",
        "stop-nokaslr",
        "kyber-oops",
    ] {
        check(dump, "vmcore.elf");
    }
    check("stop-nokaslr", "vmcore.elf-paging");
    check("kdump", "dumps/kdump.zlib.d31");
    check("kdump", "dumps/vmcore.elf");
}
