//! The table of options, and the help that is made from it.

/// An option of the command line.
pub(crate) struct Spec {
    pub(crate) short: Option<char>,
    pub(crate) long: &'static str,
    /// What its value is called; `None` if it takes none.
    pub(crate) value: Option<&'static str>,
    pub(crate) help: &'static str,
}

const fn spec(
    short: Option<char>,
    long: &'static str,
    value: Option<&'static str>,
    help: &'static str,
) -> Spec {
    Spec {
        short,
        long,
        value,
        help,
    }
}

/// Options by the heading that they stand under.
pub(crate) const GROUPS: &[(&str, &[Spec])] = &[
    (
        "what to debug",
        &[
            spec(
                Some('k'),
                "kernel",
                None,
                "the running kernel, unless something else is named; asks sudo to open /proc/kcore",
            ),
            spec(
                Some('c'),
                "core",
                Some("PATH"),
                "the core dump; once for each part of a split one",
            ),
            spec(
                Some('p'),
                "pid",
                Some("PID"),
                "the running process with this ID",
            ),
            spec(
                None,
                "qemu",
                Some("ADDRESS"),
                "the running guest of the QEMU whose monitor (QMP) listens at this path or host:port",
            ),
            spec(
                None,
                "gdb",
                Some("ADDRESS"),
                "what a server of gdb's remote protocol has: QEMU, gdbserver, rr, KGDB; a path or \
                 host:port",
            ),
            spec(
                None,
                "vmcoreinfo",
                Some("PATH"),
                "what the kernel tells of itself, in place of what the dump says of it",
            ),
            spec(
                None,
                "architecture",
                Some("ARCH"),
                "the machine's architecture, if the dump does not tell it: x86_64",
            ),
        ],
    ),
    (
        "debugging information",
        &[
            spec(
                Some('s'),
                "symbols",
                Some("PATH"),
                "a file with debugging information, for the module whose build ID it has",
            ),
            spec(
                None,
                "extra-symbols",
                Some("PATH"),
                "a file with debugging information of nothing that is loaded",
            ),
            spec(
                None,
                "main-symbols",
                None,
                "search only that of the kernel or executable",
            ),
            spec(
                None,
                "no-default-symbols",
                None,
                "search none beyond the files given",
            ),
            spec(
                None,
                "try-symbols-by",
                Some("METHOD,..."),
                "search in these ways, too: finders (standard; debuginfod, \
                 which downloads from the servers in DEBUGINFOD_URLS; those of scripts), module-name, \
                 build-id, debug-link, procfs, embedded-vdso, reuse, supplementary, kmod=depmod, \
                 kmod=walk, kmod=depmod-or-walk, kmod=depmod-and-walk",
            ),
            spec(
                None,
                "no-symbols-by",
                Some("METHOD,..."),
                "do not search in these ways: the same, and kmod",
            ),
            spec(
                None,
                "debug-directory",
                Some("PATH"),
                "search debug files below this directory, too",
            ),
            spec(
                None,
                "no-default-debug-directories",
                None,
                "do not search in /usr/lib/debug",
            ),
            spec(
                None,
                "debug-link-directory",
                Some("PATH"),
                "search debug files that debug links name in this directory, too; $ORIGIN is the \
                 folder of the loaded file",
            ),
            spec(
                None,
                "no-default-debug-link-directories",
                None,
                "do not search them beside loaded files and in debug directories",
            ),
            spec(
                None,
                "kernel-directory",
                Some("PATH"),
                "search the kernel and its modules below this directory, too",
            ),
            spec(
                None,
                "no-default-kernel-directories",
                None,
                "do not search in this machine's /boot and /lib/modules",
            ),
        ],
    ),
    (
        "what to do",
        &[
            spec(
                Some('e'),
                "exec",
                Some("CODE"),
                "run this code in place of a script",
            ),
            spec(
                None,
                "log-level",
                Some("LEVEL"),
                "tell at least this much: debug, info, warning (usual), error, critical, none",
            ),
            spec(
                Some('q'),
                "quiet",
                None,
                "no banner, no warnings, no progress",
            ),
            spec(Some('h'), "help", None, "show this help"),
            spec(None, "version", None, "show the version"),
        ],
    ),
];

/// The command `bt`, which stands where a script would, and its own options.
pub(crate) const BACKTRACE: (&str, &[Spec]) = (
    "bt: stack traces of the thread that crashed, or of those with the IDs given",
    &[
        spec(Some('a'), "all", None, "those of all threads"),
        spec(
            None,
            "locals",
            None,
            "with parameters and local variables; absent ones say why",
        ),
        spec(
            None,
            "user",
            None,
            "of a kernel, with the frames of the process that called it",
        ),
        spec(None, "json", None, "as JSON"),
    ],
);

/// The text of `--help`.
#[must_use]
pub fn help() -> String {
    let mut text = String::from(
        "usage: spelunk [OPTION]... [-k | -c CORE | -p PID | --qemu ADDRESS | --gdb ADDRESS] [SCRIPT [ARGUMENT]...]\n\
         \x20      spelunk bt [OPTION]... [-k | -c CORE | -p PID | ...] [-a | TID...]\n\n\
         A programmable debugger for the Linux kernel and native programs. Without a script, a\n\
         prompt for Python, where the program is called prog. A script called bt is run as ./bt\n\
         or after --.\n",
    );
    for (heading, options) in GROUPS.iter().chain([&BACKTRACE]) {
        text += &format!("\n{heading}:\n");
        for option in *options {
            let short = option
                .short
                .map_or("    ".into(), |short| format!("-{short}, "));
            let value = option
                .value
                .map_or(String::new(), |value| format!(" {value}"));
            let name = format!("  {short}--{}{value}", option.long);
            if name.len() > 36 {
                text += &format!("{name}\n{:38}{}\n", "", option.help);
            } else {
                text += &format!("{name:38}{}\n", option.help);
            }
        }
    }
    text
}
