"""What Spelunk reads from the lab's dumps, beside what the guest said about itself just before it died.

The truth is a moment older than the dump: since then the results disk was unmounted and kernel workers
came and went.
"""

import json
import pathlib
import re

import pytest
from lab import TESTED, Guest

OVERVIEW = pathlib.Path(__file__).with_name("compare") / "overview.py"
WORKERS = re.compile(r"kworker/|jbd2/vda|ext4-rsv-conver|sleep$|sh$")


class Answers:
    """Of one dump: Spelunk's answers, and the truth."""

    def __init__(self, name):
        guest = Guest(name)
        self.truth = guest.truth
        self.release = guest.release
        self.answers = {}
        for line in guest.run(OVERVIEW).splitlines():
            key, _, answer = line.partition("\t")
            self.answers[key] = json.loads(answer)

    def tasks(self):
        """(tgid, pid, ppid, state, comm) of every thread."""
        for line in self.truth("tasks.tsv").splitlines()[1:]:
            tgid, pid, ppid, state, comm = line.split("\t")
            yield int(tgid), int(pid), int(ppid), state, comm


@pytest.fixture(scope="module", params=TESTED)
def guest(request):
    return Answers(request.param)


def test_release(guest):
    assert guest.release in guest.answers["release"]


def test_symbols(guest):
    """The kernel's and a module's, where KASLR put them."""
    truth = {}
    for line in guest.truth("kallsyms").splitlines():
        address, _, name, *_ = line.split()
        truth[name] = hex(int(address, 16))
    symbols = {
        key: value
        for key, value in guest.answers.items()
        # Kernels without CONFIG_KALLSYMS_ALL tell of functions only.
        if key.startswith("symbol ") and (key != "symbol init_task" or "init_task" in truth)
    }
    assert len(symbols) >= 3
    assert symbols == {f"symbol {name}": truth.get(name) for name in (key.split()[1] for key in symbols)}


def test_tasks(guest):
    for tgid, pid, ppid, state, comm in guest.tasks():
        if WORKERS.match(comm):
            continue
        task = guest.answers[f"task {pid}"]
        assert task[:3] == [pid, tgid, ppid]
        # Of a kernel thread /proc says more than its comm.
        if ppid != 2:
            assert task[3] == comm
        if comm.startswith("lab-") and state != "R":
            assert task[4] == state, comm


def test_no_other_tasks(guest):
    """Beside the workers, and those that the scenario starts after the truth is told."""
    known = {pid for _, pid, _, _, _ in guest.tasks()}
    new = [task for key, task in guest.answers.items() if key.startswith("task ") and task[0] not in known]
    assert [task for task in new if not re.match(r"kworker/|sleep$|sync$|dd$|lab-(writer|hop|packets)$", task[3])] == []


def test_modules(guest):
    names = [line.split()[0] for line in guest.truth("modules").splitlines()]
    assert guest.answers["modules"] == names


def test_mounts(guest):
    truth = [line.split()[:3] for line in guest.truth("mounts").splitlines()]
    expected = [(path, kind, device) for device, path, kind in truth if path != "/out"]
    # Since 7.0 the real root is an empty file system that nobody sees.
    mounts = [(path, kind, device) for path, device, kind in guest.answers["mounts"] if kind != "nullfs"]
    assert [mount[:2] for mount in mounts] == [mount[:2] for mount in expected]
    for mount, truth in zip(mounts, expected):
        if truth[1] != "btrfs":  # which names its device itself
            assert mount == truth


def test_open_files(guest):
    pids = dict(word.split("=") for word in guest.truth("pids").split())
    for pid in pids["files"], pids["threads"]:
        truth = {}
        for line in guest.truth(f"pid-{pid}/fd").splitlines()[1:]:
            number, path = re.search(r" (\d+) -> (.*)", line).groups()
            truth[int(number)] = path
        files = dict(guest.answers[f"files {pid}"])
        assert files.keys() == truth.keys()
        for number, path in truth.items():
            if path.startswith("/") and not path.startswith("/memfd:"):
                assert files[number] == path.replace(" (deleted)", "")
            else:  # no path: of a file system that is not mounted
                assert re.fullmatch(r"\[\w+\]", files[number])


def test_kernel_log(guest):
    """But for the time, which busybox repeats on every line of a record."""
    truth, log = (
        [re.sub(r"^\[ *[\d.]+\] ", "", line) for line in text.splitlines()]
        for text in (guest.truth("dmesg"), guest.answers["dmesg"])
    )
    assert log[: len(truth)] == truth
