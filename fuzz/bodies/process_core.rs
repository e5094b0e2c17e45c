//! The core dump of a process: its notes, auxiliary vector, ELF headers in memory, and the dynamic
//! linker's list.

use spelunk_elf::FileData;
use spelunk_image::Image;
use spelunk_program::{Program, StackSource};

/// Must not panic, hang or take more memory than the bytes can justify.
pub(crate) fn run(data: &[u8]) {
    let mut data = data.to_vec();
    for (to, from) in data.iter_mut().zip(b"\x7fELF") {
        *to = *from;
    }
    let file = FileData::from_bytes("input", data);
    let Ok(image) = Image::from_files(vec![file]) else {
        return;
    };
    let _ = (image.file_mappings(), image.process_info(), image.signal());
    let program = Program::new(None);
    if program.open_image(image, &[]).is_err() {
        return;
    }
    let _ = program.os().map(|os| os.describe());
    let _ = (
        program.main_thread().is_ok(),
        program.crashed_thread().is_ok(),
    );
    let _ = program.create_loaded_modules();
    for module in program.modules() {
        let _ = (module.address_ranges(), module.build_id());
    }
    let Ok(mut threads) = program.threads() else {
        return;
    };
    let mut left = 16;
    while let Ok(Some(thread)) = threads.next(&program) {
        let _ = thread.name(&program);
        if let Ok(trace) = program.stack_trace(&StackSource::Thread(thread)) {
            let _ = trace.format(&program);
        }
        left -= 1;
        if left == 0 {
            break;
        }
    }
}
