//! Where stacks are unwound from.

use crate::lab::{Dump, number};
use spelunk_linux::LinuxKernel;
use spelunk_program::{Os, Program};

/// The stack pointer of every task is in that task's own stack, of which the kernel tells apart where it is; but for a
/// CPU that was in an interrupt or ran a program.
fn check(dump: &str, file: &str) {
    let program = &*Dump::find(dump).open(file);
    let kernel = LinuxKernel::of(program).unwrap();
    let size = program
        .variable("THREAD_SIZE", None)
        .or_else(|_| program.object("THREAD_SIZE", spelunk_program::ObjectKinds::ANY, None))
        .unwrap()
        .to_u64(program)
        .unwrap();
    let mut threads = kernel.threads(program).unwrap();
    let (mut inside, mut outside) = (0, 0);
    while let Some(thread) = threads.next(program).unwrap() {
        let task = thread.object.as_ref().unwrap();
        let stack = number(program, task, "stack") as u64;
        let registers = match kernel.initial_registers(program, &thread) {
            Ok(initial) => initial.registers,
            // A task that is dead has no stack.
            Err(error) if error.is_fault() && stack == 0 => continue,
            Err(error) => panic!("{dump}/{file}: {}: {error}", thread.tid),
        };
        let sp = registers.sp().unwrap();
        if (stack..stack + size).contains(&sp) {
            inside += 1;
            assert!(kernel.is_own_frame(&registers));
            assert!(
                registers.pc().unwrap() >> 63 == 1,
                "{dump}/{file}: {}",
                thread.tid
            );
        } else {
            outside += 1;
        }
    }
    assert!(
        inside > 80 && outside <= 4,
        "{dump}/{file}: {inside}, {outside}"
    );
}

#[test]
fn stacks_begin_in_stacks() {
    for dump in [
        "panic",
        "panic-5.10",
        "panic-7.2",
        "la57",
        "stop-nokaslr",
        "kyber",
    ] {
        check(dump, "vmcore.elf");
    }
    check("kdump", "dumps/kdump.zlib.d31");
    check("kyber-kdump", "dumps/kdump.zlib.d31");
}

#[test]
fn the_crashed_thread_is_known_or_it_is_said_why_not() {
    for (dump, file, crashing_cpu) in [
        ("kdump", "dumps/kdump.zlib.d31", Some(1)),
        ("kyber-kdump", "dumps/kdump.zlib.d31", Some(1)),
        ("kyber-oops", "vmcore.elf", None),
        ("panic", "vmcore.elf", None),
    ] {
        let program = &*Dump::find(dump).open(file);
        let crashed = program.crashed_thread().unwrap();
        let task = crashed.object.clone().unwrap();
        let cpu = program.variable("crashing_cpu", None).unwrap();
        let cpu = cpu.to_i128(program).unwrap();
        assert_eq!(cpu, crashing_cpu.unwrap_or(-1), "{dump}");
        let kernel = LinuxKernel::of(program).unwrap();
        let registers = kernel
            .initial_registers(program, &crashed)
            .unwrap()
            .registers;
        assert!(kernel.is_own_frame(&registers), "{dump}");
        assert_eq!(number(program, &task, "on_cpu"), 1, "{dump}");
    }
    let program = Dump::find("stop-nokaslr").open("vmcore.elf");
    let error = program.crashed_thread().unwrap_err();
    assert!(
        error.is_lookup() && error.to_string().contains("panic_cpu is not set"),
        "{error}"
    );
}

#[test]
fn orc_tables_are_found_in_memory() {
    for series in crate::lab::SERIES {
        let (_, program) = Dump::open_panic(series);
        let kernel = LinuxKernel::of(&program).unwrap();
        for (module, function) in [
            ("kernel", "schedule"),
            ("kyber_iosched", "kyber_dispatch_request"),
        ] {
            let table = kernel.orc_table(&program, module).unwrap();
            let table = table.unwrap_or_else(|| panic!("{series}: {module}"));
            let address = address(&program, function);
            assert!(table.find_row(address).is_some(), "{series}: {function}");
        }
        assert!(
            kernel
                .orc_table(&program, "no_such_module")
                .unwrap()
                .is_none()
        );
    }
}

fn address(program: &Program, function: &str) -> u64 {
    program.symbol_by_name(function).unwrap().address
}
