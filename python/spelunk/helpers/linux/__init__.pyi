"""Helpers for the Linux kernel: all names of the modules below."""

from spelunk.helpers.linux.bitmap import *
from spelunk.helpers.linux.bitops import *
from spelunk.helpers.linux.block import *
from spelunk.helpers.linux.boot import *
from spelunk.helpers.linux.completion import *
from spelunk.helpers.linux.cpumask import *
from spelunk.helpers.linux.device import *
from spelunk.helpers.linux.fs import *
from spelunk.helpers.linux.idr import *
from spelunk.helpers.linux.kallsyms import *
from spelunk.helpers.linux.kthread import *
from spelunk.helpers.linux.list import *
from spelunk.helpers.linux.list_nulls import *
from spelunk.helpers.linux.llist import *
from spelunk.helpers.linux.mapletree import *
from spelunk.helpers.linux.mm import *
from spelunk.helpers.linux.module import *
from spelunk.helpers.linux.net import *
from spelunk.helpers.linux.nodemask import *
from spelunk.helpers.linux.percpu import *
from spelunk.helpers.linux.pid import *
from spelunk.helpers.linux.plist import *
from spelunk.helpers.linux.printk import *
from spelunk.helpers.linux.radixtree import *
from spelunk.helpers.linux.rbtree import *
from spelunk.helpers.linux.sched import *
from spelunk.helpers.linux.slab import *
from spelunk.helpers.linux.wait import *
from spelunk.helpers.linux.xarray import *

__all__ = ["MAJOR", "MINOR", "MKDEV", "PFN_PHYS", "PHYS_PFN", "PageActive", "PageChecked", "PageCompound", "PageDirty", "PageDoubleMap", "PageError", "PageForeign", "PageHWPoison", "PageHasHWPoisoned", "PageHead", "PageIdle", "PageIsolated", "PageLRU", "PageLocked", "PageMappedToDisk", "PageMlocked", "PageOwnerPriv1", "PagePinned", "PagePrivate", "PagePrivate2", "PageReadahead", "PageReclaim", "PageReferenced", "PageReported", "PageReserved", "PageSavePinned", "PageSkipKASanPoison", "PageSlab", "PageSlobFree", "PageSwapBacked", "PageTail", "PageUncached", "PageUnevictable", "PageUptodate", "PageVmemmapSelfHosted", "PageWaiters", "PageWorkingset", "PageWriteback", "PageXenRemapped", "PageYoung", "RB_EMPTY_NODE", "RB_EMPTY_ROOT", "SOCKET_I", "SOCK_INODE", "access_process_vm", "access_remote_vm", "address_to_module", "bitmap_weight", "bus_for_each_dev", "bus_to_subsys", "class_for_each_device", "class_to_subsys", "cmdline", "completion_done", "completion_for_each_task", "compound_head", "compound_nr", "compound_order", "cpu_curr", "cpu_online_mask", "cpu_possible_mask", "cpu_present_mask", "cpu_rq", "cpumask_of", "cpumask_to_cpulist", "cpumask_weight", "d_path", "decode_file_type", "decode_page_flags", "decode_page_flags_value", "dentry_path", "dev_name", "disk_devt", "disk_name", "environ", "fget", "find_containing_slab_cache", "find_module", "find_pid", "find_slab_cache", "find_task", "follow_page", "follow_pfn", "follow_phys", "for_each_clear_bit", "for_each_cpu", "for_each_disk", "for_each_file", "for_each_module", "for_each_mount", "for_each_net", "for_each_netdev", "for_each_node", "for_each_node_mask", "for_each_node_state", "for_each_online_cpu", "for_each_online_node", "for_each_page", "for_each_partition", "for_each_pid", "for_each_possible_cpu", "for_each_present_cpu", "for_each_set_bit", "for_each_slab_cache", "for_each_task", "for_each_task_in_group", "for_each_valid_page_range", "for_each_valid_pfn_and_page", "for_each_vma", "get_dmesg", "get_printk_records", "get_task_state", "hlist_empty", "hlist_for_each", "hlist_for_each_entry", "hlist_nulls_empty", "hlist_nulls_for_each_entry", "idle_task", "idr_find", "idr_for_each", "idr_for_each_entry", "in_direct_map", "inode_path", "inode_paths", "is_a_nulls", "kaslr_offset", "kthread_data", "list_count_nodes", "list_empty", "list_first_entry", "list_first_entry_or_null", "list_for_each", "list_for_each_entry", "list_for_each_entry_reverse", "list_for_each_reverse", "list_is_singular", "list_last_entry", "list_next_entry", "list_prev_entry", "llist_empty", "llist_first_entry", "llist_first_entry_or_null", "llist_for_each", "llist_for_each_entry", "llist_is_singular", "llist_next_entry", "load_module_kallsyms", "load_vmlinux_kallsyms", "loadavg", "mm_cmdline", "mm_environ", "module_address_regions", "module_kallsyms", "module_percpu_region", "module_taints", "mount_dst", "mount_fstype", "mount_src", "mt_for_each", "mtree_load", "netdev_get_by_index", "netdev_get_by_name", "netdev_name", "netdev_priv", "node_state", "nr_node_ids", "num_online_cpus", "num_possible_cpus", "num_present_cpus", "page_flags", "page_index", "page_size", "page_to_pfn", "page_to_phys", "page_to_virt", "part_devt", "part_name", "per_cpu", "per_cpu_ptr", "percpu_counter_sum", "percpu_counter_sum_positive", "pfn_to_page", "pfn_to_virt", "pgtable_l5_enabled", "phys_to_page", "phys_to_virt", "pid_task", "plist_first_entry", "plist_for_each", "plist_for_each_entry", "plist_head_empty", "plist_last_entry", "plist_node_empty", "print_disks", "print_dmesg", "print_files", "print_mounts", "print_partitions", "print_slab_caches", "radix_tree_for_each", "radix_tree_lookup", "rb_find", "rb_first", "rb_last", "rb_next", "rb_parent", "rb_prev", "rbtree_inorder_for_each", "rbtree_inorder_for_each_entry", "rbtree_preorder_for_each", "rbtree_preorder_for_each_entry", "sched_entity_is_task", "sched_entity_to_task", "slab_cache_for_each_allocated_object", "slab_cache_is_merged", "slab_cache_objects_per_slab", "slab_cache_order", "slab_cache_pages_per_slab", "slab_cache_usage", "slab_object_info", "slab_total_usage", "super_block_for_each_mount", "task_cpu", "task_is_kthread", "task_on_cpu", "task_rq", "task_rss", "task_since_last_arrival_ns", "task_state_to_char", "task_thread_info", "task_vsize", "test_bit", "thread_group_leader", "to_kthread", "totalram_pages", "validate_list", "validate_list_count_nodes", "validate_list_for_each", "validate_list_for_each_entry", "validate_rbtree", "validate_rbtree_inorder_for_each_entry", "virt_to_page", "virt_to_pfn", "virt_to_phys", "vma_find", "waitqueue_active", "waitqueue_for_each_entry", "waitqueue_for_each_task", "xa_for_each", "xa_is_value", "xa_is_zero", "xa_load", "xa_to_value"]
