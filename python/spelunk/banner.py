"""What the prompt says first: what was opened, what is known of it, and what to type."""

import contextlib
import glob
import os
from typing import Any, Dict, List

import spelunk

# Missing modules that are listed; a kernel can have hundreds.
_LISTED = 8


def _crash(prog: spelunk.Program) -> List[str]:
    """Whether the program crashed, where, and how to look at it."""
    if not prog.flags & spelunk.ProgramFlags.IS_LINUX_KERNEL:
        if prog.flags & spelunk.ProgramFlags.IS_LIVE:
            return ["It runs. prog.threads() lists its threads."]
        try:
            tid = prog.crashed_thread().tid
        except LookupError:
            return ["prog.threads() lists its threads."]
        return [
            f"It ended in thread {tid}; prog.threads() lists all.",
            "To see where: prog.crashed_thread().stack_trace()",
        ]
    if prog.flags & spelunk.ProgramFlags.IS_LIVE:
        return ["It runs. prog.threads() lists its tasks."]
    try:
        thread = prog.crashed_thread()
    except LookupError as error:
        return [f"No task crashed: {error}. prog.threads() lists all tasks."]
    except Exception as error:
        return [f"It is not known whether it crashed: {error}."]
    lines = [f"It crashed in task {thread.tid} ({thread.name})."]
    try:
        cpu = prog["crashing_cpu"].value_()
    except Exception:
        cpu = -1
    if cpu >= 0:
        lines[0] = lines[0][:-1] + f" on CPU {cpu}."
        lines.append(
            'To see where: prog.stack_trace(per_cpu(prog["runqueues"], prog["crashing_cpu"]).curr)'
        )
    else:
        lines.append(
            'To see where: prog.crashed_thread().stack_trace()  (prog["crashing_cpu"] is not set)'
        )
    return lines


def remedy(prog: spelunk.Program) -> str:
    """What to do where nothing has debugging information."""
    text = (
        "give the kernel's with -s VMLINUX or --kernel-directory DIR"
        if prog.flags & spelunk.ProgramFlags.IS_LINUX_KERNEL
        else "give the program's with -s PATH"
    )
    if os.environ.get("DEBUGINFOD_URLS"):
        return text
    # Distributions set the variable from these files, and sudo takes it away.
    urls = []
    for path in sorted(glob.glob("/etc/debuginfod/*.urls")):
        with contextlib.suppress(OSError, UnicodeDecodeError), open(path) as file:
            urls += [word for word in file.read().split() if "://" in word]
    servers = f'="{" ".join(urls)}"' if urls else ""
    return f"{text}, or set DEBUGINFOD_URLS{servers} to download it"


def _debug_info(prog: spelunk.Program, report: Dict[str, Any]) -> List[str]:
    """What debugging information was found and what is missing."""
    lines = []
    missing = report["missing"]
    if report["loaded"]:
        own = prog.main_module().name
        main = [path for name, path in report["loaded"] if name == own]
        others = len(report["loaded"]) - len(main)
        found = main + ([f"{others} modules"] if others else [])
        lines.append(f"Debugging information: {', '.join(found)}.")
    else:
        wanted = f" for {missing[0]}" if missing else ""
        lines.append(
            f"No debugging information{wanted}. Types and variables are not known: {remedy(prog)}."
        )
    if missing and report["loaded"]:
        shown = ", ".join(missing[:_LISTED])
        more = (
            f", and {len(missing) - _LISTED} more" if len(missing) > _LISTED else ""
        )
        lines.append(f"Missing: {shown}{more}.")
    lines.extend(f"Warning: {text}." for text in report["refused"])
    lines.extend(f"Warning: {text}." for text in report["incomplete"])
    lines.extend(f"Warning: {text}." for text in report["problems"])
    return lines


def banner(prog: spelunk.Program, report: Dict[str, Any], help_text: str) -> str:
    """The text, with ``help_text`` at its end."""
    lines = [prog._describe()]
    if report["loaded"]:
        # Nothing tells without debugging information.
        lines += _crash(prog)
    lines += _debug_info(prog, report)
    lines.append(
        'The program is "prog"; helpers are in scope; <TAB> completes members and prog["..."].'
    )
    lines.append(help_text)
    return "\n".join(lines)
