//! Opens a kernel's crash dump and prints the stack of every task.
//!
//! ```text
//! cargo run --release --example traces -- VMCORE... [-v] [--kernel-directory DIR] [-s FILE]...
//! ```

use spelunk::{DebugInfoOptions, Error, LoadRequest, StackSource};
use std::path::PathBuf;

fn main() -> Result<(), Error> {
    let mut core = Vec::new();
    let mut request = LoadRequest::everything();
    let mut options = DebugInfoOptions::default();
    let mut verbose = false;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().map(PathBuf::from).unwrap_or_default();
        match argument.as_str() {
            "-s" => request.paths.push(value()),
            "--kernel-directory" => options.kernel_directories.push(value()),
            "-v" => verbose = true,
            _ => core.push(PathBuf::from(argument)),
        }
    }
    let program = spelunk::open(&core, None)?;
    program.debug_info_options().set(options);
    let report = program.load_debug_info(&request)?;
    eprintln!("{report}");
    let mut threads = program.threads()?;
    while let Some(thread) = threads.next(&program)? {
        let name = thread.name(&program)?.unwrap_or_default();
        let name = String::from_utf8_lossy(&name);
        let object = thread.object.clone();
        let address = match &object {
            Some(object) => object.to_u64(&*program)?,
            None => 0,
        };
        println!("== task {address:#x} {} {name}", thread.tid);
        let trace = match program.stack_trace(&StackSource::Thread(thread)) {
            Ok(trace) => trace,
            Err(error) => {
                println!("{error:?}");
                continue;
            }
        };
        println!("{}", trace.format(&program));
        if !verbose {
            continue;
        }
        for frame in trace.frames() {
            let symbol = frame.symbol(&program).ok();
            println!(
                "   {} {} {:?} {} {} {:#x?} {:#x?} {:?} {:?}",
                frame.index(),
                frame.name(&program),
                frame.function_name(),
                frame.is_inline(),
                frame.interrupted(),
                frame.pc(),
                frame.sp(),
                symbol.map(|symbol| symbol.name),
                frame.locals()?
            );
            println!("     {:?} {:?}", frame.registers(), frame.unwound_by());
        }
        println!("   END {}", trace.end());
    }
    Ok(())
}
