"""What one asks first: the kernel, its tasks, modules, mounts and log, and who crashed."""

from answers import answer
from drgn.helpers.linux.cpumask import for_each_online_cpu, for_each_possible_cpu
from drgn.helpers.linux.fs import d_path, for_each_file, for_each_mount
from drgn.helpers.linux.module import for_each_module
from drgn.helpers.linux.pid import find_task, for_each_task
from drgn.helpers.linux.printk import get_dmesg
from drgn.helpers.linux.sched import cpu_curr, task_state_to_char


def fields(task):
    return [
        task.pid.value_(),
        task.tgid.value_(),
        task.real_parent.tgid.value_(),
        task.comm.string_().decode(errors="replace"),
        task_state_to_char(task),
        hex(task.value_()),
    ]


def files(task):
    return [
        [number, d_path(file.f_path).decode(errors="replace")] for number, file in for_each_file(task)
    ]


def mount(mnt):
    path = d_path(mnt.mnt.address_of_(), mnt.mnt.mnt_root)
    names = mnt.mnt_devname, mnt.mnt.mnt_sb.s_type.name
    return [path.decode(errors="replace")] + [name.string_().decode() for name in names]


def crashed():
    thread = prog.crashed_thread()
    return [thread.tid, str(thread.object.comm)]


answer("release", lambda: str(prog["UTS_RELEASE"]))
answer("platform", lambda: str(prog.platform))
answer("crashing_cpu", lambda: str(prog["crashing_cpu"]))
answer("crashed_thread", crashed)
for name in "schedule", "vfs_read", "btrfs_sync_file", "init_task":
    answer(f"symbol {name}", lambda: hex(prog.symbol(name).address))
answer("possible", lambda: list(for_each_possible_cpu(prog)))
answer("online", lambda: list(for_each_online_cpu(prog)))
for cpu in for_each_online_cpu(prog):
    answer(f"cpu {cpu}", lambda: fields(cpu_curr(prog, cpu)))
answer("tasks", lambda: [task.pid.value_() for task in for_each_task(prog)])
for task in for_each_task(prog):
    pid = task.pid.value_()
    answer(f"task {pid}", lambda: fields(find_task(prog, pid)))
    if task.mm:
        answer(f"files {pid}", lambda: files(task))
answer("modules", lambda: [m.name.string_().decode() for m in for_each_module(prog)])
answer("mounts", lambda: [mount(mnt) for mnt in for_each_mount(prog)])
answer("dmesg", lambda: get_dmesg(prog).decode(errors="replace"))
