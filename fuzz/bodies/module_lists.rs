//! The list of a kernel's modules, `modules.dep`, whose lines are also the names of modules that are looked for.

use super::any_os::{AnySystem, RELEASE, VMCOREINFO};
use spelunk_base::{Architecture, Platform};
use spelunk_program::{DebugInfoOptions, Program};
use std::path::Path;

/// Must not panic, hang or take more memory than the bytes can justify.
pub(crate) fn run(data: &[u8]) {
    let folder = spelunk_synth::own_folder("modules");
    let modules = folder.join("lib/modules").join(RELEASE);
    if std::fs::create_dir_all(&modules).is_ok() {
        let _ = std::fs::write(modules.join("modules.dep"), data);
        search(&folder, &String::from_utf8_lossy(data));
        let _ = std::fs::remove_dir_all(&folder);
    }
}

fn search(folder: &Path, text: &str) {
    let names = text.lines().take(20).map(|line| {
        let path = line.split(':').next().unwrap_or(line);
        let file = path.rsplit('/').next().unwrap_or(path);
        file.split('.').next().unwrap_or(file).to_owned()
    });
    let system = AnySystem(names.collect());
    let program = Program::new(Some(Platform::of(Architecture::X86_64)));
    let opened = program.open_custom(VMCOREINFO, false, &[&system]);
    opened.unwrap();
    let options = DebugInfoOptions {
        directories: Vec::new(),
        kernel_directories: vec![folder.to_owned()],
        ..DebugInfoOptions::default()
    };
    let _ = program.create_loaded_modules();
    let _ = program.find_standard_debug_info(&program.modules(), &options);
}
