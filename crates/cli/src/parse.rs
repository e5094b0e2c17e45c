use crate::usage::{BACKTRACE, GROUPS};
use crate::{BacktraceOptions, Code, Options, SearchMethod, SymbolsFrom};
use lexopt::Arg;
use spelunk_base::Architecture;
use std::ffi::OsString;
use std::fmt;

/// What the command line asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Action {
    /// Show the help and leave.
    Help,
    /// Show the version and leave.
    Version,
    /// Open the program and run something.
    Run(Box<Options>),
}

/// A command line that cannot be followed. Shown, it is one line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UsageError(String);

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UsageError {}

impl From<lexopt::Error> for UsageError {
    fn from(error: lexopt::Error) -> Self {
        Self(error.to_string())
    }
}

/// What `arguments` (without the command's own name) ask for.
///
/// # Errors
///
/// If there is an unknown option, a value is missing or impossible, or options exclude each other.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Action, UsageError> {
    let mut options = Options::default();
    let mut parser = lexopt::Parser::from_args(arguments);
    loop {
        // What follows is a script, even if a command has its name.
        let raw = parser.try_raw_args();
        let is_end = raw.is_some_and(|raw| raw.peek().is_some_and(|next| next == "--"));
        let Some(argument) = parser.next()? else {
            break;
        };
        let name = match argument {
            Arg::Value(value) => match &mut options.code {
                Code::Backtrace(command) => {
                    command.tids.push(tid(&text(value)?)?);
                    continue;
                }
                Code::Prompt if value == "bt" && !is_end => {
                    options.code = Code::Backtrace(BacktraceOptions::default());
                    continue;
                }
                code => {
                    // With -e, what follows belongs to the code.
                    if *code == Code::Prompt {
                        *code = Code::Script(value.into());
                    } else {
                        options.arguments.push(value);
                    }
                    options.arguments.extend(parser.raw_args()?);
                    break;
                }
            },
            Arg::Short(short) => long_name(short).ok_or_else(|| unknown(&format!("-{short}")))?,
            Arg::Long(long) => long.to_owned(),
        };
        match &*name {
            "help" => return Ok(Action::Help),
            "version" => return Ok(Action::Version),
            "core" => options.core.push(parser.value()?.into()),
            "kernel" => options.kernel = true,
            "qemu" => options.qemu = Some(text(parser.value()?)?),
            "gdb" => options.gdb = Some(text(parser.value()?)?),
            "pid" => options.pid = Some(pid(&text(parser.value()?)?)?),
            "symbols" => options.symbols.push(parser.value()?.into()),
            "extra-symbols" => options.extra_symbols.push(parser.value()?.into()),
            "main-symbols" => choose(&mut options, SymbolsFrom::Main)?,
            "no-default-symbols" => choose(&mut options, SymbolsFrom::Given)?,
            "try-symbols-by" => add_methods(&mut options, &text(parser.value()?)?, true)?,
            "no-symbols-by" => add_methods(&mut options, &text(parser.value()?)?, false)?,
            "debug-directory" => options.debug_directories.push(parser.value()?.into()),
            "no-default-debug-directories" => options.no_default_debug_directories = true,
            "debug-link-directory" => options.debug_link_directories.push(parser.value()?.into()),
            "no-default-debug-link-directories" => {
                options.no_default_debug_link_directories = true;
            }
            "kernel-directory" => options.kernel_directories.push(parser.value()?.into()),
            "no-default-kernel-directories" => options.no_default_kernel_directories = true,
            "architecture" => {
                let value = parser.value()?;
                let value = value.to_string_lossy();
                options.architecture = Some(architecture(&value)?);
            }
            "vmcoreinfo" => options.vmcoreinfo = Some(parser.value()?.into()),
            "log-level" => options.log_level = Some(log_level(text(parser.value()?)?)?),
            "exec" => {
                if let Code::Backtrace(_) = options.code {
                    return Err(UsageError("-e and bt exclude each other".into()));
                }
                options.code = Code::Text(text(parser.value()?)?);
            }
            "all" => backtrace(&mut options, "-a")?.all = true,
            "locals" => backtrace(&mut options, "--locals")?.locals = true,
            "user" => backtrace(&mut options, "--user")?.user = true,
            "json" => backtrace(&mut options, "--json")?.json = true,
            "quiet" => options.quiet = true,
            _ => return Err(unknown(&format!("--{name}"))),
        }
    }
    if let Code::Backtrace(command) = &options.code
        && command.all
        && !command.tids.is_empty()
    {
        return Err(UsageError(
            "-a and IDs of threads exclude each other".into(),
        ));
    }
    choose_target(&mut options)?;
    Ok(Action::Run(Box::new(options)))
}

/// Only one thing can be debugged: the running kernel, if nothing is named.
fn choose_target(options: &mut Options) -> Result<(), UsageError> {
    let targets = [
        ("-k", options.kernel),
        ("-c", !options.core.is_empty()),
        ("-p", options.pid.is_some()),
        ("--qemu", options.qemu.is_some()),
        ("--gdb", options.gdb.is_some()),
    ];
    let mut given = targets.iter().filter(|(_, is_given)| *is_given);
    match (given.next(), given.next()) {
        (Some((first, _)), Some((second, _))) => Err(UsageError(format!(
            "{first} and {second} exclude each other"
        ))),
        (Some(_), None) => Ok(()),
        (None, _) => {
            options.kernel = true;
            Ok(())
        }
    }
}

fn long_name(short: char) -> Option<String> {
    GROUPS
        .iter()
        .chain([&BACKTRACE])
        .flat_map(|(_, options)| *options)
        .find(|option| option.short == Some(short))
        .map(|option| option.long.to_owned())
}

/// What `bt` shows, which `option` is about.
fn backtrace<'a>(
    options: &'a mut Options,
    option: &str,
) -> Result<&'a mut BacktraceOptions, UsageError> {
    match &mut options.code {
        Code::Backtrace(command) => Ok(command),
        _ => Err(UsageError(format!("option '{option}' goes behind 'bt'"))),
    }
}

fn tid(text: &str) -> Result<u64, UsageError> {
    text.parse()
        .map_err(|_| UsageError(format!("'{text}' is no ID of a thread")))
}

fn unknown(option: &str) -> UsageError {
    UsageError(format!("unknown option '{option}'"))
}

/// Takes one of the options that say whose debugging information is searched.
fn choose(options: &mut Options, from: SymbolsFrom) -> Result<(), UsageError> {
    if options.symbols_from != SymbolsFrom::All && options.symbols_from != from {
        return Err(UsageError(
            "--main-symbols and --no-default-symbols exclude each other".into(),
        ));
    }
    options.symbols_from = from;
    Ok(())
}

/// Takes the value of `--try-symbols-by` or `--no-symbols-by`: names with commas between them.
fn add_methods(options: &mut Options, names: &str, wanted: bool) -> Result<(), UsageError> {
    for name in names.split(',').filter(|name| !name.is_empty()) {
        let method = search_method(name, wanted)
            .ok_or_else(|| UsageError(format!("no way to search symbols by: '{name}'")))?;
        options.symbols_by.push((method, wanted));
    }
    Ok(())
}

fn search_method(name: &str, wanted: bool) -> Option<SearchMethod> {
    Some(match name {
        "module-name" => SearchMethod::Option("try_module_name"),
        "build-id" => SearchMethod::Option("try_build_id"),
        "debug-link" => SearchMethod::Option("try_debug_link"),
        "procfs" => SearchMethod::Option("try_procfs"),
        "embedded-vdso" => SearchMethod::Option("try_embedded_vdso"),
        "reuse" => SearchMethod::Option("try_reuse"),
        "supplementary" => SearchMethod::Option("try_supplementary"),
        "kmod" if !wanted => SearchMethod::Kmod("NONE"),
        "kmod=depmod" if wanted => SearchMethod::Kmod("DEPMOD"),
        "kmod=walk" if wanted => SearchMethod::Kmod("WALK"),
        "kmod=depmod-or-walk" if wanted => SearchMethod::Kmod("DEPMOD_OR_WALK"),
        "kmod=depmod-and-walk" if wanted => SearchMethod::Kmod("DEPMOD_AND_WALK"),
        _ if name == "kmod" || name.contains('=') => return None,
        _ => SearchMethod::Finder(name.to_owned()),
    })
}

fn text(value: OsString) -> Result<String, UsageError> {
    value
        .into_string()
        .map_err(|_| UsageError("what was given is not UTF-8".into()))
}

fn pid(text: &str) -> Result<u32, UsageError> {
    text.parse()
        .map_err(|_| UsageError(format!("'{text}' is no ID of a process")))
}

fn log_level(name: String) -> Result<String, UsageError> {
    const LEVELS: [&str; 6] = ["debug", "info", "warning", "error", "critical", "none"];
    match LEVELS.contains(&name.as_str()) {
        true => Ok(name),
        false => Err(UsageError(format!(
            "no such level: '{name}' (levels: {})",
            LEVELS.join(", ")
        ))),
    }
}

fn architecture(name: &str) -> Result<Architecture, UsageError> {
    use Architecture as A;
    Ok(match &*name.to_ascii_lowercase().replace('-', "_") {
        "x86_64" | "amd64" => A::X86_64,
        "i386" | "i686" => A::I386,
        "aarch64" | "arm64" => A::Aarch64,
        "arm" => A::Arm,
        "ppc64" => A::Ppc64,
        "riscv64" => A::Riscv64,
        "riscv32" => A::Riscv32,
        "s390x" => A::S390x,
        "s390" => A::S390,
        "loongarch64" => A::LoongArch64,
        _ => {
            return Err(UsageError(format!("unknown architecture '{name}'")));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn run(arguments: &[&str]) -> Options {
        match parse(arguments.iter().map(OsString::from)).unwrap() {
            Action::Run(options) => *options,
            other => panic!("{other:?}"),
        }
    }

    fn error(arguments: &[&str]) -> String {
        parse(arguments.iter().map(OsString::from))
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn what_follows_the_script_belongs_to_it() {
        let options = run(&[
            "-qc", "core", "-s", "vmlinux", "a.py", "-q", "--", "-c", "x",
        ]);
        assert!(options.quiet);
        assert_eq!(options.core, [PathBuf::from("core")]);
        assert_eq!(options.symbols, [PathBuf::from("vmlinux")]);
        assert_eq!(options.code, Code::Script("a.py".into()));
        assert_eq!(options.arguments, ["-q", "--", "-c", "x"]);
    }

    #[test]
    fn what_follows_code_belongs_to_it() {
        let options = run(&["--core=a", "-c", "b", "-e", "print(1)", "x", "-q"]);
        assert_eq!(options.core, ["a", "b"].map(PathBuf::from));
        assert_eq!(options.code, Code::Text("print(1)".into()));
        assert_eq!(options.arguments, ["x", "-q"]);
        assert!(!options.quiet);
    }

    #[test]
    fn ways_of_searching_are_taken_in_their_order() {
        let options = run(&[
            "-ccore",
            "--no-symbols-by=build-id,kmod,standard",
            "--try-symbols-by",
            "mine,kmod=depmod-and-walk",
        ]);
        let expected = [
            (SearchMethod::Option("try_build_id"), false),
            (SearchMethod::Kmod("NONE"), false),
            (SearchMethod::Finder("standard".into()), false),
            (SearchMethod::Finder("mine".into()), true),
            (SearchMethod::Kmod("DEPMOD_AND_WALK"), true),
        ];
        assert_eq!(options.symbols_by, expected);
        for wrong in ["--try-symbols-by=kmod", "--no-symbols-by=kmod=walk"] {
            assert!(error(&["-ccore", wrong]).starts_with("no way to search symbols by: 'kmod"));
        }
        assert_eq!(
            error(&["-ccore", "--main-symbols", "--no-default-symbols"]),
            "--main-symbols and --no-default-symbols exclude each other"
        );
    }

    #[test]
    fn everything_in_the_help_is_understood() {
        let groups = GROUPS.iter().chain([&BACKTRACE]);
        let is_of_backtrace = |long| BACKTRACE.1.iter().any(|option| option.long == long);
        for option in groups.flat_map(|(_, options)| *options) {
            let name = format!("--{}", option.long);
            let mut arguments = vec!["-c", "core", &name];
            if is_of_backtrace(option.long) {
                arguments.insert(0, "bt");
            }
            match option.long {
                // These say themselves what to open.
                "pid" => arguments = vec!["--pid", "1"],
                "kernel" => arguments = vec!["--kernel"],
                "qemu" | "gdb" => arguments = vec![&name, "localhost:1234"],
                "log-level" => arguments.push("info"),
                _ if option.value.is_some() => arguments.push("x86_64"),
                _ => {}
            }
            let result = parse(arguments.iter().map(OsString::from));
            assert!(result.is_ok(), "{name}: {result:?}");
            if let Some(short) = option.short {
                assert_eq!(long_name(short).as_deref(), Some(option.long));
            }
            assert!(crate::help().contains(&name));
        }
    }

    #[test]
    fn a_command_goes_before_a_script_of_its_name() {
        let backtrace = |arguments: &[&str]| match run(arguments).code {
            Code::Backtrace(command) => command,
            other => panic!("{other:?}"),
        };
        let all = BacktraceOptions {
            all: true,
            json: true,
            ..BacktraceOptions::default()
        };
        assert_eq!(backtrace(&["-ccore", "bt", "-a", "--json"]), all);
        assert_eq!(backtrace(&["bt", "--json", "-ac", "core"]), all);
        let some = backtrace(&[
            "bt", "1", "-c", "core", "--locals", "23", "--user", "--", "4",
        ]);
        assert_eq!(some.tids, [1, 23, 4]);
        assert!(some.locals && some.user && !some.all && !some.json);
        for script in ["./bt", "bt.py"] {
            let options = run(&["-ccore", script, "-a"]);
            assert_eq!(options.code, Code::Script(script.into()));
        }
        let options = run(&["-ccore", "--", "bt", "-a"]);
        assert_eq!(options.code, Code::Script("bt".into()));
        assert_eq!(options.arguments, ["-a"]);
        assert_eq!(run(&["-ccore", "-e1", "bt"]).arguments, ["bt"]);
        assert_eq!(error(&["-ccore", "bt", "x"]), "'x' is no ID of a thread");
        assert_eq!(
            error(&["-ccore", "bt", "-a", "1"]),
            "-a and IDs of threads exclude each other"
        );
        assert_eq!(
            error(&["-ccore", "bt", "-e1"]),
            "-e and bt exclude each other"
        );
        assert_eq!(error(&["-ccore", "-a"]), "option '-a' goes behind 'bt'");
    }

    #[test]
    fn the_running_kernel_is_meant_when_nothing_is_named() {
        assert!(run(&[]).kernel && run(&["-k"]).kernel && run(&["--kernel", "a.py"]).kernel);
        let options = run(&["--qemu", "/run/qmp"]);
        assert_eq!(
            (options.kernel, &*options.qemu.unwrap()),
            (false, "/run/qmp")
        );
        let options = run(&["--gdb=:1234"]);
        assert_eq!((options.kernel, &*options.gdb.unwrap()), (false, ":1234"));
    }

    #[test]
    fn what_is_wrong_is_said_in_one_line() {
        assert_eq!(error(&["--bogus"]), "unknown option '--bogus'");
        assert_eq!(error(&["-x"]), "unknown option '-x'");
        assert_eq!(
            error(&["--qemu", "a", "--gdb=b"]),
            "--qemu and --gdb exclude each other"
        );
        assert_eq!(
            error(&["-p1", "-c", "core"]),
            "-c and -p exclude each other"
        );
        assert_eq!(error(&["-p", "-1"]), "'-1' is no ID of a process");
        assert_eq!(error(&["-c"]), "missing argument for option '-c'");
        assert_eq!(
            error(&["--architecture", "vax"]),
            "unknown architecture 'vax'"
        );
    }
}
