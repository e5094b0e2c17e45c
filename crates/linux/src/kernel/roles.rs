//! Functions of the kernel that are on a crashed stack because it crashed, or on any, by their names.

use spelunk_program::FunctionRole;

/// What runs to end the system, or to stop a processor when another does; and the watchdogs, which
/// look at what they interrupted.
///
/// `kernel/{panic,crash_core,watchdog,watchdog_perf}.c`; `arch/x86/kernel/{dumpstack,crash,nmi,reboot,smp}.c`,
/// `arch/x86/mm/fault.c`; `arch/arm64/kernel/{traps,smp}.c`, `arch/arm64/mm/fault.c`.
const CRASH: &[&str] = &[
    "__bad_area_nosemaphore",
    "__crash_kexec",
    "__die",
    "__do_kernel_fault",
    "arm64_notify_die",
    "arm64_serror_panic",
    "bad_area",
    "bad_area_access_error",
    "bad_area_nosemaphore",
    "crash_kexec",
    "crash_nmi_callback",
    "die",
    "die_addr",
    "die_kernel_fault",
    "ipi_cpu_crash_stop",
    "kdump_nmi_callback",
    "kernelmode_fixup_or_oops",
    "local_cpu_stop",
    "machine_crash_shutdown",
    "machine_kexec",
    "make_task_dead",
    "nmi_panic",
    "nmi_panic_self_stop",
    "no_context",
    "oops_end",
    "page_fault_oops",
    "panic",
    "panic_smp_self_stop",
    "smp_stop_nmi_callback",
    "stop_this_cpu",
    "vpanic",
    "watchdog_hardlockup_check",
    "watchdog_overflow_callback",
    "watchdog_timer_fn",
];

/// What handles faults and traps of processors (in later kernels `exc_page_fault()` and so on), and
/// calls watchdogs: `kernel/time/hrtimer.c`, `kernel/events/core.c`, `arch/x86/events`.
const EXCEPTION: &[&str] = &[
    "__hrtimer_run_queues",
    "__perf_event_overflow",
    "__run_hrtimer",
    "async_page_fault",
    "brk_handler",
    "default_do_nmi",
    "do_debug_exception",
    "do_error_trap",
    "do_general_protection",
    "do_invalid_op",
    "do_kern_addr_fault",
    "do_mem_abort",
    "do_nmi",
    "do_page_fault",
    "do_translation_fault",
    "do_trap",
    "do_trap_no_signal",
    "do_undefinstr",
    "do_user_addr_fault",
    "end_repeat_nmi",
    "general_protection",
    "handle_bug",
    "handle_invalid_op",
    "handle_page_fault",
    "handle_pmi_common",
    "hrtimer_interrupt",
    "intel_pmu_handle_irq",
    "invalid_op",
    "local_apic_timer_interrupt",
    "nmi_handle",
    "page_fault",
    "perf_event_nmi_handler",
    "perf_event_overflow",
    "x86_pmu_handle_irq",
];
const EXCEPTION_PREFIXES: &[&str] = &["asm_exc_", "exc_", "el1_", "el1h_64_", "el1t_64_"];

/// The ways into the kernel: system calls, interrupts, new threads, processors that start.
const ENTRY: &[&str] = &[
    "__common_interrupt",
    "__do_fast_syscall_32",
    "asm_call_irq_on_stack",
    "asm_common_interrupt",
    "common_interrupt",
    "do_el0_svc",
    "do_fast_syscall_32",
    "do_int80_emulation",
    "do_int80_syscall_32",
    "do_syscall_32_irqs_on",
    "do_syscall_64",
    "do_syscall_x64",
    "do_SYSENTER_32",
    "invoke_syscall",
    "ret_from_fork",
    "ret_from_fork_asm",
    "run_irq_on_irqstack_cond",
    "start_kernel",
    "x64_sys_call",
];
const ENTRY_PREFIXES: &[&str] = &[
    "__sysvec_",
    "asm_sysvec_",
    "el0_",
    "el0t_64_",
    "entry_",
    "instr_sysvec_",
    "secondary_startup_",
    "sysvec_",
    "x86_64_start_",
];

/// What the function called `name` has to do with crashes.
pub(super) fn function_role(name: &str) -> FunctionRole {
    let is_one_of = |names: &[&str], prefixes: &[&str]| {
        names.contains(&name) || prefixes.iter().any(|prefix| name.starts_with(prefix))
    };
    if is_one_of(CRASH, &[]) {
        FunctionRole::Crash
    } else if is_one_of(EXCEPTION, EXCEPTION_PREFIXES) {
        FunctionRole::Exception
    } else if is_one_of(ENTRY, ENTRY_PREFIXES) {
        FunctionRole::Entry
    } else {
        FunctionRole::Code
    }
}
