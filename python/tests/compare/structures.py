"""Lists, trees, slabs and pages: the helpers that walk structures."""

from itertools import islice

from answers import answer
from drgn.helpers.linux.cpumask import for_each_possible_cpu
from drgn.helpers.linux.list import hlist_for_each_entry, list_for_each, list_for_each_entry
from drgn.helpers.linux.mm import for_each_page
from drgn.helpers.linux.percpu import per_cpu, per_cpu_ptr
from drgn.helpers.linux.pid import for_each_task
from drgn.helpers.linux.rbtree import rb_find, rbtree_inorder_for_each_entry
from drgn.helpers.linux.slab import (
    find_slab_cache,
    slab_cache_for_each_allocated_object,
    slab_object_info,
)


def addresses(objects):
    return [hex(obj.value_()) for obj in objects]


def super_blocks():
    return list_for_each_entry("struct super_block", prog["super_blocks"].address_of_(), "s_list")


def of_same_type(sb):
    return hlist_for_each_entry(
        "struct super_block", sb.s_type.fs_supers.address_of_(), "s_instances"
    )


def timers():
    base = per_cpu(prog["hrtimer_bases"], 0).clock_base[0]
    return base.active.rb_root.rb_root.address_of_()


def timer_nodes():
    return list(rbtree_inorder_for_each_entry("struct timerqueue_node", timers(), "node"))


def compare_expiry(expires, node):
    return expires - node.expires.value_()


def find_timers():
    return addresses(
        rb_find(
            "struct timerqueue_node", timers(), "node", node.expires.value_(), compare_expiry
        )
        for node in timer_nodes()
    )


def slab_info(pointer):
    info = slab_object_info(prog, pointer)
    return info and [
        info.slab_cache.name.string_().decode(),
        hex(info.slab.value_()),
        hex(info.address),
        info.allocated,
    ]


def cpu_freelist(cache, cpu):
    """The objects of a CPU's freelist, the links of which are hardened (freelist_ptr() in mm/slub.c)."""
    pointer = per_cpu_ptr(cache.cpu_slab, cpu).freelist.value_()
    while pointer:
        yield pointer
        place = pointer + cache.offset.value_()
        swapped = int.from_bytes(place.to_bytes(8, "little"), "big")
        pointer = prog.read_u64(place) ^ cache.random.value_() ^ swapped


def objects_in_sheaves(cache):
    """The objects of the arrays that CPUs and nodes have (struct slab_sheaf)."""
    sheaves = []
    for cpu in for_each_possible_cpu(prog):
        of_cpu = per_cpu_ptr(cache.cpu_sheaves, cpu)
        sheaves += of_cpu.main, of_cpu.spare, of_cpu.rcu_free
    full = cache.per_node[0].barn.sheaves_full.address_of_()
    sheaves += list_for_each_entry("struct slab_sheaf", full, "barn_list")
    for sheaf in sheaves:
        for i in range(sheaf.size if sheaf else 0):
            yield sheaf.objects[i].value_()


def objects_at_hand(cache):
    """The objects that are free, but in the freelist of no slab: CPUs and nodes give them out next."""
    if cache.type_.type.has_member("cpu_sheaves"):
        return set(objects_in_sheaves(cache))
    return {obj for cpu in for_each_possible_cpu(prog) for obj in cpu_freelist(cache, cpu)}


def allocated(name, type, at_hand):
    cache = find_slab_cache(prog, name)
    objects = {obj.value_() for obj in slab_cache_for_each_allocated_object(cache, type)}
    free = objects_at_hand(cache)
    return [hex(obj) for obj in sorted(objects & free if at_hand else objects - free)]


def pages():
    total = sum(1 for _ in for_each_page(prog))
    return [total, addresses(islice(for_each_page(prog), 16))]


answer("list_for_each", lambda: addresses(list_for_each(prog["super_blocks"].address_of_())))
answer("super_blocks", lambda: [sb.s_type.name.string_().decode() for sb in super_blocks()])
answer("hlist", lambda: [addresses(of_same_type(sb)) for sb in super_blocks()])
answer("per_cpu_ptr", lambda: addresses(per_cpu_ptr(prog["runqueues"].address_of_(), cpu) for cpu in (0, 1)))
answer("rbtree", lambda: [[hex(n.value_()), n.expires.value_()] for n in timer_nodes()])
answer("rb_find", find_timers)
for task in for_each_task(prog):
    answer(f"slab_object_info {task.pid.value_()}", lambda: slab_info(task.value_() + 8))
answer("slab_object_info none", lambda: slab_info(prog["init_task"].address_))
for name in "task_struct", "dentry":
    answer(name, lambda: allocated(name, f"struct {name}", at_hand=False))
    answer(f"{name} at hand", lambda: allocated(name, f"struct {name}", at_hand=True))
answer("no such cache", lambda: str(find_slab_cache(prog, "no such cache")))
answer("pages", pages)
