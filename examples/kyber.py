"""Find the Kyber bug in the dump of a kernel that crashed in a spinlock.

    spelunk -c VMCORE -s VMLINUX -s kyber_buggy.ko.debug examples/kyber.py

`cargo xtask demo` makes such a dump and runs this on it. Every step prints what was asked and what the
dump answers. The bug is the one that Linux fixed in commit efed9a3337e3 ("kyber: fix out of bounds access
when preempted"); the script runs under drgn as well.
"""

from drgn import cast
from drgn.helpers.linux import get_dmesg, per_cpu, per_cpu_ptr


def show(question, answer):
    """One step of the investigation: what was asked, and the answer below it."""
    print(f"\n# {question}")
    print(answer)


show("Which kernel is it?", prog["init_uts_ns"].name.release)
log = get_dmesg(prog).decode(errors="replace").splitlines()
show("What did it complain of?", "\n".join(line for line in log if "BUG:" in line))

cpu = prog["crashing_cpu"]
show("On which CPU did it crash? crashing_cpu", cpu)
if cpu == -1:  # only a crash kernel's way of dying sets it
    cpu = prog["panic_cpu"].counter
    show("On which CPU did it panic? panic_cpu", cpu)

task = per_cpu(prog["runqueues"], cpu).curr
show("What was that CPU running? per_cpu(prog['runqueues'], cpu).curr", task.comm)
trace = prog.stack_trace(task)
show("And where? prog.stack_trace(task)", trace)

frame = next(frame for frame in trace if frame.name == "kyber_bio_merge")
show(
    "It takes a lock in kyber_bio_merge(). What does that frame know?",
    "\n".join(f"{name} = {frame[name].format_(dereference=False)}" for name in frame.locals()),
)
kcq = frame["kcq"]
show("The lock is that of a queue, kcq. Does it look like one? kcq[0]", kcq[0])

hctx = frame["hctx"]
khd = cast("struct kyber_hctx_data *", hctx.sched_data)
show("Which of the hardware queue's software queues is it? kcq - khd.kcqs", kcq - khd.kcqs)
show("And how many has it? hctx.nr_ctx", hctx.nr_ctx)
home = hctx.ctxs[0].cpu
show("So the index is out of bounds. Whose queue is the only one? hctx.ctxs[0].cpu", home)

ctx = per_cpu_ptr(hctx.queue.queue_ctx, cpu)
show(
    "What is this CPU's software queue? per_cpu_ptr(hctx.queue.queue_ctx, cpu)",
    ctx.format_(dereference=False),
)
show("Its index there is the one that was used. ctx.index_hw[hctx.type]", ctx.index_hw[hctx.type])
other_hctx = ctx.hctxs[hctx.type]
show("Is it an index into this hardware queue? ctx.hctxs[hctx.type] == hctx", other_hctx == hctx)
show("How many software queues has the one that it belongs to? .nr_ctx", other_hctx.nr_ctx)

index, size = ctx.index_hw[hctx.type].value_(), hctx.nr_ctx.value_()
assert other_hctx != hctx and index >= size, "this is another bug"
print(
    f"""
The task looked up the hardware queue while it ran on CPU {int(home)}, was moved to CPU {int(cpu)}, and looked
up the software queue there: index {index} of an array of {size}. What it locked is no lock."""
)
