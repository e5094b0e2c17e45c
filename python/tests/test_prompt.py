"""The prompt, typed at through a terminal."""

import signal

import pytest
from lab import SPELUNK

pexpect = pytest.importorskip("pexpect")


@pytest.fixture
def prompt(tmp_path, panic):
    child = pexpect.spawn(
        SPELUNK,
        ["-c", str(panic.core), "--kernel-directory", str(panic.debug_directory())],
        encoding="utf-8",
        timeout=60,
        dimensions=(50, 200),
        env={"PATH": "/usr/bin:/bin", "XDG_STATE_HOME": str(tmp_path), "TERM": "dumb"},
    )
    child.expect(">>> ")
    yield child
    if child.isalive():
        # Waited for, however long that takes: close() alone has little patience.
        child.kill(signal.SIGKILL)
        child.wait()
    child.close()


def clear(prompt):
    """Takes back what is typed. (Ctrl-C would be lost if the prompt were just writing.)"""
    prompt.send("\x15\n")
    prompt.expect("\r\n>>> ")


def ask(prompt, line):
    """What the prompt says to a line."""
    prompt.sendline(line)
    prompt.expect("\r\n(.*?)>>> ")
    return prompt.match.group(1).replace("\r\n", "\n")


def test_banner_tells_what_was_opened(prompt):
    banner = prompt.before
    assert "vmcore.elf" in banner and "Linux 6.1.0" in banner
    assert "It crashed in task" in banner and "prog.crashed_thread().stack_trace()" in banner
    assert "Debugging information: " in banner


def test_values_are_shown_as_c_writes_them(prompt):
    assert ask(prompt, 'prog["init_task"].comm') == '(char [16])"swapper/0"\n'
    assert ask(prompt, 'prog.type("struct list_head")').startswith("struct list_head {\n")
    assert "#0 " in ask(prompt, "prog.crashed_thread().stack_trace()")
    assert ask(prompt, "find_task(1).pid") == "(pid_t)1\n"
    assert "nosuch" in ask(prompt, 'prog["nosuch"]')


def test_names_of_types_are_completed(prompt):
    prompt.send('prog.type("struct task_str\t')
    prompt.expect(r'task_struct"\)')
    prompt.sendline(".tag")
    prompt.expect("'task_struct'")
    prompt.expect(">>> ")
    prompt.send('prog.type("pid_\t')
    prompt.expect(r'pid_t"\)')
    clear(prompt)


def test_members_and_variables_are_completed(prompt):
    prompt.send('prog["init_task"].thread_n\t')
    prompt.expect("thread_node")
    clear(prompt)
    prompt.send('prog["init_task_wor\t')
    prompt.expect(r'init_task_work"\]')
    clear(prompt)
    # All names have nothing in common that could be typed for the user.
    prompt.send('prog["\t\t')
    prompt.expect(r'prog\["\.\.\."\]')
    prompt.expect(r'>>> prog\["')
    assert ask(prompt, 'jiffies"].type_').endswith("volatile unsigned long\n")
    # In a string, no helper is meant.
    assert ask(prompt, '"struct task_st\t_x"').endswith("'struct task_st_x'\n")


def test_interrupt_gives_the_prompt_back(prompt):
    prompt.sendline("while True: pass")
    prompt.sendline("")
    prompt.expect(r"\.\.\. ")
    prompt.sendintr()
    prompt.expect("KeyboardInterrupt")
    prompt.expect(">>> ")
    assert ask(prompt, "1 + 1") == "2\n"


def test_lines_are_remembered(prompt, tmp_path):
    ask(prompt, "1234 + 1")
    prompt.sendeof()
    prompt.expect(pexpect.EOF)
    assert "1234 + 1" in (tmp_path / "spelunk" / "history").read_text()
