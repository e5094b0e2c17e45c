"""The ``spelunk`` command: opens the program, finds debugging information, runs a script or a prompt.

Options are parsed by the engine; this module does what only Python can.
"""

import logging
import os
import runpy
import select
import shutil
import socket
import subprocess
import sys
from typing import Any, Callable, Dict, List, Optional, Type, TypeVar

import spelunk
import spelunk.compat
from spelunk import _native

__all__ = ("default_globals", "display_str", "run_interactive", "version_header")

_T = TypeVar("_T")
# The status of a process that SIGINT ended, as shells tell it.
_INTERRUPTED = 130
_NAMES = (
    "FaultError",
    "NULL",
    "Object",
    "alignof",
    "cast",
    "container_of",
    "execscript",
    "implicit_convert",
    "offsetof",
    "reinterpret",
    "search_memory",
    "search_memory_regex",
    "search_memory_u16",
    "search_memory_u32",
    "search_memory_u64",
    "search_memory_word",
    "sizeof",
    "source_location",
    "stack_trace",
)


def version_header() -> str:
    """The line that a session begins with.

    >>> print(version_header())
    spelunk 0.1.0 (using Python 3.11.7)
    """
    python = ".".join(map(str, sys.version_info[:3]))
    return f"spelunk {spelunk.__version__} (using Python {python})"


def default_globals(prog: spelunk.Program) -> Dict[str, Any]:
    """The global variables of a prompt: ``prog``, the usual functions, all helpers that suit it.

    >>> default_globals(prog)["prog"] is prog
    True
    """
    import spelunk.helpers.common

    result: Dict[str, Any] = {
        "prog": prog,
        "spelunk": spelunk,
        "drgn": spelunk,
        "__name__": "__main__",
        "__doc__": None,
    }
    modules: List[Any] = [spelunk.helpers.common]
    if prog.flags & spelunk.ProgramFlags.IS_LINUX_KERNEL:
        import spelunk.helpers.linux

        modules.append(spelunk.helpers.linux)
    for name in _NAMES:
        result[name] = getattr(spelunk, name)
    for module in modules:
        for name in module.__all__:
            result[name] = getattr(module, name)
    return result


def display_str(tp: Type[_T]) -> Type[_T]:
    """Decorator for classes that the prompt shall show by ``str()`` rather than ``repr()``."""
    import spelunk.repl

    spelunk.repl.SHOWN_BY_STR.append(tp)
    return tp


def run_interactive(
    prog: spelunk.Program,
    banner_func: Optional[Callable[[str], str]] = None,
    globals_func: Optional[Callable[[Dict[str, Any]], Dict[str, Any]]] = None,
    quiet: bool = False,
) -> None:
    """Run a prompt until the user leaves it.

    :param banner_func: Changes the text that is shown first.
    :param globals_func: Changes the global variables.
    :param quiet: Has no effect.
    """
    import spelunk.repl

    variables = default_globals(prog)
    if globals_func is not None:
        variables = globals_func(variables)
    banner = "For help, type help(spelunk)."
    if banner_func is not None:
        banner = banner_func(banner)
    previous = _default_prog()
    spelunk.set_default_prog(prog)
    try:
        spelunk.repl.interact(variables, banner)
    finally:
        spelunk.set_default_prog(previous)


def _default_prog() -> Optional[spelunk.Program]:
    try:
        return spelunk.get_default_prog()
    except spelunk.NoDefaultProgramError:
        return None


class _Failure(Exception):
    """Why the command ends at once, in a line."""


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        path = f"{error.filename}: " if error.filename else ""
        return path + error.strerror
    return str(error) or type(error).__name__


def _open(options: Dict[str, Any]) -> spelunk.Program:
    vmcoreinfo = None
    if options["vmcoreinfo"] is not None:
        with open(options["vmcoreinfo"], "rb") as file:
            vmcoreinfo = file.read()
    try:
        prog = spelunk.Program(options["platform"], vmcoreinfo=vmcoreinfo)
        if options["pid"] is not None:
            _set_pid(prog, options["pid"])
        elif options["core"]:
            prog.set_core_dump(options["core"])
        elif options["qemu"] is not None:
            prog.set_qemu_qmp(options["qemu"])
        elif options["gdb"] is not None:
            prog.set_gdb_remote(options["gdb"])
        else:
            _set_kernel(prog)
    except _Failure:
        raise
    except Exception as error:
        raise _Failure(_reason(error)) from error
    _choose_search(prog, options)
    return prog


def _set_pid(prog: spelunk.Program, pid: int) -> None:
    try:
        prog.set_pid(pid)
    except FileNotFoundError:
        raise _Failure(f"there is no process {pid}") from None


# Sends the descriptor of /proc/kcore over the socket that is its standard output.
_OPEN_KCORE = (
    "import os, socket;"
    "kcore = os.open('/proc/kcore', os.O_RDONLY | os.O_CLOEXEC);"
    "socket.send_fds(socket.socket(fileno=1), [b'k'], [kcore])"
)


def _set_kernel(prog: spelunk.Program) -> None:
    """Debug the running kernel; only to open its file, sudo is asked for the rights of root."""
    try:
        prog.set_kernel()
        return
    except FileNotFoundError as error:
        raise _Failure(f"{_reason(error)}; to debug something else, see spelunk --help") from None
    except PermissionError:
        if os.geteuid() == 0:
            raise
    failure = _Failure("/proc/kcore: it takes the rights of root to open it")
    sudo = shutil.which("sudo")
    if sudo is None:
        raise failure
    own, others = socket.socketpair()
    with own, others:
        command = [sudo, "--", sys.executable, "-I", "-c", _OPEN_KCORE]
        status = subprocess.run(command, stdout=others.fileno()).returncode
        others.close()
        if status:
            raise failure
        _, descriptors, _, _ = socket.recv_fds(own, 1, 1)
    for descriptor in descriptors:
        try:
            prog._set_kernel(descriptor)
        finally:
            os.close(descriptor)


def _choose_search(prog: spelunk.Program, options: Dict[str, Any]) -> None:
    """Let debugging information be searched where and how the options say."""
    search = prog.debug_info_options
    for option, attribute in (
        ("debug_directories", "directories"),
        ("debug_link_directories", "debug_link_directories"),
        ("kernel_directories", "kernel_directories"),
    ):
        # The user's own come before the usual ones.
        usual = getattr(search, attribute) if options[f"default_{option}"] else ()
        setattr(search, attribute, (*options[option], *usual))
    for what, name, wanted in options["symbols_by"]:
        if what == "option":
            setattr(search, name, wanted)
        elif what == "kmod":
            search.try_kmod = spelunk.KmodSearchMethod[name]
        else:
            _enable_finder(prog, name, wanted)


def _enable_finder(prog: spelunk.Program, name: str, wanted: bool) -> None:
    if name not in prog.registered_debug_info_finders():
        known = ", ".join(sorted(prog.registered_debug_info_finders()))
        raise _Failure(f"no way to search symbols by: '{name}' (finders: {known})")
    enabled = [finder for finder in prog.enabled_debug_info_finders() if finder != name]
    prog.set_enabled_debug_info_finders([*enabled, name] if wanted else enabled)


def _load_extra(prog: spelunk.Program, paths: List[Any]) -> None:
    """Load files with debugging information of nothing that is loaded."""
    for path in paths:
        module = prog.extra_module(path, create=True)
        module.try_file(path)
        if module.wants_debug_file():
            raise _Failure(f"{os.fsdecode(path)}: the file has no debugging information")


def _check_files(options: Dict[str, Any]) -> None:
    """Fail before any long work if a file that was named is not there."""
    given = [*options["core"], *options["symbols"], *options["extra_symbols"]]
    given.append(options["vmcoreinfo"])
    for path in [*given, options.get("script")]:
        if path is None:
            continue
        try:
            os.stat(path)
        except OSError as error:
            raise _Failure(_reason(error)) from error


def _run(options: Dict[str, Any]) -> None:
    _check_files(options)
    prog = _open(options)
    try:
        report = prog._load(options["symbols"], options["default"], options["main"])
        _load_extra(prog, options["extra_symbols"])
    except _Failure:
        raise
    except Exception as error:
        raise _Failure(_reason(error)) from error
    spelunk.set_default_prog(prog)
    arguments = [os.fsdecode(argument) for argument in options["arguments"]]
    prompt = not options.keys() & {"script", "code", "bt"} and sys.stdin.isatty()
    if not options["quiet"] and not prompt:
        _warn(prog, report)
    if "bt" in options:
        _backtrace(prog, options["bt"])
    elif "script" in options:
        script = os.fspath(options["script"])
        sys.argv = [script, *arguments]
        sys.path.insert(0, os.path.dirname(os.path.abspath(script)))
        runpy.run_path(script, init_globals={"prog": prog}, run_name="__main__")
    elif "code" in options:
        sys.argv = ["-e", *arguments]
        sys.path.insert(0, "")
        exec(compile(options["code"], "<string>", "exec"), default_globals(prog))
    elif prompt:
        from spelunk.banner import banner

        sys.argv = [""]
        sys.path.insert(0, "")
        if not options["quiet"]:
            print(version_header())
        run_interactive(
            prog,
            lambda text: "" if options["quiet"] else banner(prog, report, text),
        )
    else:
        sys.argv = [""]
        sys.path.insert(0, "")
        exec(compile(sys.stdin.read(), "<stdin>", "exec"), default_globals(prog))


def _backtrace(prog: spelunk.Program, options: Dict[str, Any]) -> None:
    """Print stack traces; fail if one is missing."""
    try:
        text, problems = _native.backtrace(prog, **options, coloured=_is_coloured())
    except (LookupError, spelunk.FaultError) as error:
        raise _Failure(_reason(error)) from error
    sys.stdout.write(text)
    if problems:
        sys.stdout.flush()
        raise _Failure("; ".join(problems))


def _is_coloured() -> bool:
    """Whether what is printed may have colours: see https://no-color.org."""
    terminal = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    return terminal and not os.environ.get("NO_COLOR")


def _warn(prog: spelunk.Program, report: Dict[str, Any]) -> None:
    """Say on standard error what is missing from the dump and of debugging information."""
    warnings = [*report["problems"], *report["refused"], *report["incomplete"]]
    for text in [*prog._damage(), *warnings]:
        print(f"spelunk: warning: {text}", file=sys.stderr)
    missing = report["missing"]
    if missing:
        shown = ", ".join(missing[:3])
        more = f", and {len(missing) - 3} more" if len(missing) > 3 else ""
        print(
            f"spelunk: warning: no debugging information for {shown}{more}",
            file=sys.stderr,
        )
    if not report["loaded"]:
        from spelunk.banner import remedy

        print(f"spelunk: {remedy(prog)}", file=sys.stderr)


def _is_own(filename: str) -> bool:
    """Whether code in that file is what runs scripts, and none of theirs."""
    own = (os.path.dirname(os.path.abspath(__file__)), os.path.abspath(runpy.__file__))
    return filename == "<frozen runpy>" or filename.startswith(own)


def _show_exception(error: BaseException) -> None:
    """Show an exception of the user's code, from where that code begins."""
    traceback = error.__traceback__
    while traceback is not None and _is_own(traceback.tb_frame.f_code.co_filename):
        traceback = traceback.tb_next
    sys.excepthook(type(error), error.with_traceback(traceback), traceback)


def _is_output_closed() -> bool:
    """Whether nobody reads what is printed any more, as behind ``| head``."""
    poll = select.poll()
    try:
        poll.register(sys.stdout, 0)
    except (OSError, ValueError):
        return False
    return any(event & select.POLLERR for _, event in poll.poll(0))


def _flush() -> bool:
    """Whether all that was printed arrived; if not, the interpreter must not try again."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return False
    return True


def _choose_log_level(options: Dict[str, Any]) -> None:
    """Have warnings of the library, and what scripts log in drgn's way, told from that level on."""
    level = "none" if options["quiet"] else options["log_level"]
    if level is None:
        return
    logger = logging.getLogger("drgn")
    logger.setLevel(logging.CRITICAL + 1 if level == "none" else level.upper())
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
    logger.addHandler(handler)
    options["quiet"] = options["quiet"] or level in ("error", "critical", "none")


def main() -> int:
    """The entry point of the command; returns its exit status."""
    options = _native.parse_command_line(sys.argv[1:])
    if "print" in options:
        stream = sys.stderr if options["error"] else sys.stdout
        stream.write(options["print"])
        return 2 if options["error"] else 0
    _native.show_progress(not options["quiet"])
    _choose_log_level(options)
    try:
        _run(options)
    except _Failure as failure:
        print(f"spelunk: {failure}", file=sys.stderr)
        return 1
    except SystemExit:
        raise
    except KeyboardInterrupt as error:
        _show_exception(error)
        return _INTERRUPTED
    except BaseException as error:
        if not (isinstance(error, BrokenPipeError) and _is_output_closed()):
            _show_exception(error)
        _flush()
        return 1
    return 0 if _flush() else 1
