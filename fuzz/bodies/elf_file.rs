//! An ELF file: a debug file, or a module to relocate.

use spelunk_elf::{ElfFile, FileData, SectionAddresses};

/// Must not panic, hang or take more memory than the bytes can justify.
pub(crate) fn run(data: &[u8]) {
    let Ok(file) = ElfFile::parse(FileData::from_bytes("input", data.to_vec())) else {
        return;
    };
    for damage in file.damage() {
        let _ = damage.to_string();
    }
    let _ = (file.platform(), file.build_id(), file.notes().count());
    if let Some(link) = file.debug_link() {
        assert!(!link.name.contains('/'));
    }
    let addresses: SectionAddresses = [(".text".to_owned(), u64::MAX)].into_iter().collect();
    for section in file.sections().iter().take(64) {
        for data in [
            file.data_of(section).map(Some),
            file.section_data(&section.name),
            file.relocated_section_data(&section.name, &addresses),
        ] {
            if let Err(error) = data {
                let _ = error.to_string();
            }
        }
    }
}
