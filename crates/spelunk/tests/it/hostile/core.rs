//! The core of a user program.

use super::budget::rounds;
use super::debug_file::Folder;
use super::questions::{self, Limits};
use super::user_program;
use crate::hostile::open_image;
use spelunk::image::{Image, TargetKind};
use spelunk::{LoadRequest, Program};
use spelunk_elf::FileData;
use spelunk_synth::Random;

/// Whether the bytes are taken for the core of a process. All that can be asked of one is asked.
fn opens(bytes: &[u8]) -> bool {
    let file = FileData::from_bytes("core", bytes.to_vec());
    let Ok(image) = Image::from_files(vec![file]) else {
        return false;
    };
    open_image::ask(&image);
    let target = image.target();
    let program = Program::new(None);
    if program.open_image(image, spelunk::systems()).is_ok() {
        let _ = program.load_debug_info(&LoadRequest::everything());
        let _ = program.create_loaded_modules();
        let _ = program.os().map(|os| os.describe());
        let _ = (program.main_thread(), program.crashed_thread());
        questions::ask(&program, Limits::FEW);
    }
    target == TargetKind::Process
}

#[test]
fn core_cut_off_and_damaged() {
    let core = user_program::core(&Folder::new());
    assert!(opens(&core));
    // Headers and notes are at the start, and where damage matters most.
    let place = |random: &mut Random| match random.below(4) {
        0 => random.below(core.len()),
        _ => random.below(8192),
    };
    rounds("core, cut off", 100, |round| {
        let size = place(&mut Random::new(round));
        opens(&core[..size]);
    });
    rounds("core, damaged", 100, |round| {
        let mut random = Random::new(1_000_000 + round);
        let mut bytes = core.clone();
        for _ in 0..1 << random.below(5) {
            let start = place(&mut random).min(bytes.len());
            let end = start.saturating_add(256).min(bytes.len());
            let mut part = bytes[start..end].to_vec();
            random.damage(&mut part);
            bytes.splice(start..end, part);
        }
        opens(&bytes);
    });
}
