//! A kernel's dump, filtered by makedumpfile: its memory as it is, and compressed.

use super::budget::rounds;
use super::file::{Damaged, Watched};
use super::questions::{Limits, ask};
use crate::lab::{Dump, search_options};
use spelunk::image::Image;
use spelunk::{LoadRequest, Program};
use spelunk_elf::{FileData, ReadAt, SubRange};
use spelunk_synth::Random;
use std::sync::Arc;

const FILES: [&str; 2] = ["conv/elf.d31", "conv/kdump.zlib.d31"];
/// Behind the headers of all formats, in every dump.
const HEADERS: usize = 64 << 10;

/// The program, without debugging information if `bare`.
fn open(file: Arc<dyn ReadAt>, bare: bool) -> Option<Arc<Program>> {
    let image = Image::from_files(vec![file]).ok()?;
    let _ = (image.damage().len(), image.prstatus().count());
    let program = Program::new(None);
    if let Err(error) = program.open_image(image, spelunk::systems()) {
        drop(error.to_string());
        return None;
    }
    let release = program.os()?.release().map(str::to_owned);
    if let (Some(release), false) = (release, bare) {
        program.debug_info_options().set(search_options(&release));
        let request = LoadRequest {
            main: true,
            ..LoadRequest::default()
        };
        let _ = program
            .load_debug_info(&request)
            .map(|report| report.to_string());
    }
    Some(program)
}

fn limits() -> Limits {
    match std::env::var_os("SPELUNK_TEST_FULL") {
        Some(_) => Limits::MANY,
        None => Limits::FEW,
    }
}

/// A file, and the places that are read of it when everything is asked.
struct Subject {
    file: Arc<dyn ReadAt>,
    pages: Vec<u64>,
}

fn subjects() -> Vec<Subject> {
    let dump = Dump::find("panic");
    let subject = |name: &&str| {
        let file = FileData::open(&dump.file(name)).unwrap();
        let watched = Watched::new(Arc::clone(&file));
        let program = open(Arc::<Watched>::clone(&watched), false).unwrap();
        let answers = ask(&program, limits());
        assert!(answers > 500, "only {answers} answers from {name}");
        let pages = watched.pages();
        Subject { file, pages }
    };
    FILES.iter().map(subject).collect()
}

#[test]
fn dump_cut_off() {
    let subjects = subjects();
    rounds("dump, cut off", 6, |round| {
        let mut random = Random::new(round);
        let subject = &subjects[round as usize % subjects.len()];
        let size = usize::try_from(subject.file.len()).unwrap();
        let size = random.below(match round % 4 {
            0 | 1 => HEADERS,
            _ => size,
        });
        let file = SubRange::new(Arc::clone(&subject.file), 0, size as u64);
        if let Some(program) = open(Arc::new(file), round % 8 == 7) {
            ask(&program, limits());
        }
    });
}

#[test]
fn dump_damaged() {
    let subjects = subjects();
    rounds("dump, damaged", 10, |round| {
        let mut random = Random::new(1_000_000 + round);
        let subject = &subjects[round as usize % subjects.len()];
        let size = usize::try_from(subject.file.len()).unwrap();
        let place = |random: &mut Random| match round % 8 {
            0 | 1 => random.below(HEADERS) as u64,
            2 => random.below(size) as u64,
            _ => {
                let page = subject.pages[random.below(subject.pages.len())];
                page.saturating_add(random.below(4096) as u64)
            }
        };
        let file = Damaged::new(Arc::clone(&subject.file), &mut random, place);
        if let Some(program) = open(file, round % 16 == 15) {
            ask(&program, limits());
        }
    });
}

/// Where the values of VMCOREINFO stand in the file.
fn vmcoreinfo_values(file: &Arc<dyn ReadAt>) -> Vec<u64> {
    let mut head = vec![0; HEADERS];
    file.read_at(0, &mut head).unwrap();
    let start = head.windows(10).position(|part| part == b"OSRELEASE=");
    let text = head.iter().enumerate().skip(start.unwrap());
    let text = text.take_while(|(_, byte)| **byte != 0);
    text.filter(|(_, byte)| **byte == b'=')
        .map(|(place, _)| place as u64 + 1)
        .collect()
}

#[test]
fn dump_with_vmcoreinfo_that_lies() {
    const LIES: [&str; 8] = [
        "0",
        "-1",
        "63",
        "4611686018427387904",
        "18446744073709551615",
        "7fffffffffffffff",
        "ffffffff80000000",
        "=",
    ];
    let subjects = subjects();
    rounds("dump, VMCOREINFO lies", 6, |round| {
        let mut random = Random::new(2_000_000 + round);
        let file = &subjects[round as usize % subjects.len()].file;
        let values = vmcoreinfo_values(file);
        // The first values are the release, the build ID and the size of a page.
        let value = values[match round % 4 {
            0 => random.below(4),
            _ => random.below(values.len()),
        }];
        let lie = format!("{}\n", LIES[random.below(LIES.len())]);
        if let Some(program) = open(Damaged::at(Arc::clone(file), value, lie.into()), false) {
            ask(&program, limits());
        }
    });
}
