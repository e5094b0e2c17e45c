//! Functions of C, C++ and Rust that are on a crashed stack because it crashed, or on any.

use crate::FunctionRole;
use crate::trace::SIGNAL_TRAMPOLINE;

/// What ends a program: of glibc and musl, the C++ runtime, and Rust's standard library.
const CRASH: &[&str] = &[
    "__GI_abort",
    "__GI_raise",
    "__assert_fail",
    "__assert_fail_base",
    "__chk_fail",
    "__cxxabiv1::__terminate",
    "__fortify_fail",
    "__gnu_cxx::__verbose_terminate_handler",
    "__libc_fatal",
    "__libc_message",
    "__pthread_kill",
    "__pthread_kill_implementation",
    "__pthread_kill_internal",
    "__stack_chk_fail",
    "abort",
    "core::option::expect_failed",
    "core::option::unwrap_failed",
    "core::result::unwrap_failed",
    "gsignal",
    "malloc_printerr",
    "pthread_kill",
    "raise",
    "rust_begin_unwind",
    "rust_panic",
    "std::process::abort",
    "std::terminate",
    "tgkill",
];
const CRASH_PREFIXES: &[&str] = &["core::panicking::", "std::panicking::", "__rustc::"];

/// What calls `main()`, the functions of threads, and handlers of signals.
const ENTRY: &[&str] = &[
    SIGNAL_TRAMPOLINE,
    "__clone",
    "__clone3",
    "__libc_start_call_main",
    "__restore_rt",
    "_start",
    "clone",
    "clone3",
    "start_thread",
];
const ENTRY_PREFIXES: &[&str] = &["__libc_start_main", "std::rt::lang_start"];

/// What the function called `name` has to do with crashes. Symbols have their parameters with them.
pub(super) fn function_role(name: &str) -> FunctionRole {
    let name = name.split('(').next().unwrap_or(name);
    let is_one_of = |names: &[&str], prefixes: &[&str]| {
        names.contains(&name) || prefixes.iter().any(|prefix| name.starts_with(prefix))
    };
    if is_one_of(CRASH, CRASH_PREFIXES) {
        FunctionRole::Crash
    } else if is_one_of(ENTRY, ENTRY_PREFIXES) {
        FunctionRole::Entry
    } else {
        FunctionRole::Code
    }
}
