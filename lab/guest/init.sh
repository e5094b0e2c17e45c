#!/bin/busybox sh
# PID 1 of the lab guest.  What it does is said on the kernel command line:
#   lab.scenario=  panic | stop | libraries | interrupt | kdump | kyber | kyber-kdump | crowd | live
# Disks: vda = results (ext4), vdb = ext4 scratch, vdc = btrfs scratch; live: vdd = a root with Python (ext4),
# vde = the kernel's debug file.
/bin/busybox --install -s /bin
export PATH=/bin HOME=/ TERM=dumb
mkdir -p /proc /sys /dev /tmp /out /mnt/ext4 /mnt/btrfs /run
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs -o size=64m tmpfs /tmp
mount -t tmpfs -o size=8m,mode=1777 shm /dev/shm
mount -t debugfs debugfs /sys/kernel/debug
mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null

say() { echo "LAB: $*" >/dev/console; }
arg() { # arg NAME DEFAULT
    local w
    read -r cmdline </proc/cmdline
    for w in $cmdline; do
        case $w in "lab.$1="*) echo "${w#*=}"; return;; esac
    done
    echo "$2"
}

scenario=$(arg scenario panic)
echo 1 >/proc/sys/kernel/sysrq
echo 1 >/proc/sys/kernel/panic_on_oops
echo 0 >/proc/sys/kernel/kptr_restrict
hostname lab-guest

say "loading modules"
while read -r ko params; do
    insmod "$ko" $params || say "insmod $ko failed"
done </lab/modules.list
# Disks appear asynchronously.
for i in 1 2 3 4 5 6 7 8 9 10; do [ -b /dev/vdc ] && break; sleep 0.3; done

ip link set lo up
ip addr add 127.0.0.1/8 dev lo 2>/dev/null
ip link set eth0 up && ip addr add 10.0.2.15/24 dev eth0

mount -t ext4 /dev/vda /out || say "no /out"

truth() { # everything the tools are checked against, in /out/truth
    local t=/out/truth p d pid
    mkdir -p $t
    uname -a >$t/uname
    for p in cmdline modules mounts meminfo slabinfo interrupts kallsyms \
        iomem ioports vmstat zoneinfo buddyinfo pagetypeinfo version cpuinfo \
        swaps filesystems devices partitions diskstats softirqs stat uptime \
        loadavg cgroups crypto net/dev net/tcp net/udp net/unix net/netlink \
        net/route sys/kernel/random/boot_id sys/kernel/tainted locks timer_list \
        vmallocinfo swaps schedstat bus/pci/devices mtrr keys misc; do
        cat /proc/$p >"$t/$(echo $p | tr / .)" 2>/dev/null
    done
    dmesg >$t/dmesg
    cat /sys/kernel/vmcoreinfo >$t/vmcoreinfo-location
    # The address can only be read in one go, which the shell's "read" does not.
    grep -r . /sys/module/*/sections 2>/dev/null |
        sed 's,^/sys/module/\(.*\)/sections/\(.*\):,\1 \2 ,' >$t/module-sections
    ( cd /sys/fs/cgroup && find . -name cgroup.procs | while read -r f; do
        for pid in $(cat $f); do echo "$f $pid"; done; done ) >$t/cgroup-procs
    find /sys/block /sys/class/net /sys/bus/pci/devices -maxdepth 1 >$t/devices-tree
    for pid in $files_pid $threads_pid $frames_pids 1; do
        mkdir -p $t/pid-$pid
        for p in maps smaps status environ cmdline limits stat statm mountinfo \
            cgroup wchan auxv; do
            cat /proc/$pid/$p >$t/pid-$pid/$p 2>/dev/null
        done
        ls -l /proc/$pid/fd >$t/pid-$pid/fd
        for d in /proc/$pid/fdinfo/*; do
            echo "== ${d##*/}"; cat $d
        done >$t/pid-$pid/fdinfo
        for d in /proc/$pid/task/*; do
            echo "== ${d##*/}"; cat $d/stack 2>/dev/null
        done >$t/pid-$pid/stack
    done
    # Kernel stacks of every task.
    for d in /proc/[0-9]*/task/*; do
        echo "== ${d##*/}"; cat $d/stack 2>/dev/null
    done >$t/all-stacks
    # The task list last, with shell builtins only, so that it makes no tasks.
    for d in /proc/[0-9]*; do
        pid=${d#/proc/}
        for s in $d/task/*/stat; do
            read -r line <$s && echo "$pid $line"
        done
    done >/tmp/task-stat 2>/dev/null
    cat /tmp/task-stat >$t/task-stat
}

start_load() {
    local p
    if mount -t ext4 /dev/vdb /mnt/ext4; then
        mkdir -p /mnt/ext4/dir/sub
        seq 1 5000 >/mnt/ext4/dir/numbers
        dd if=/dev/urandom of=/mnt/ext4/dir/noise bs=64k count=32 2>/dev/null
    fi
    if mount -t btrfs /dev/vdc /mnt/btrfs; then
        seq 1 5000 >/mnt/btrfs/numbers
        dd if=/dev/urandom of=/mnt/btrfs/noise bs=64k count=32 2>/dev/null
    fi
    if dd if=/dev/zero of=/mnt/ext4/loop.img bs=1M count=8 2>/dev/null; then
        losetup /dev/loop0 /mnt/ext4/loop.img
    fi
    mount -t cgroup2 cgroup2 /sys/fs/cgroup &&
        mkdir -p /sys/fs/cgroup/lab/a /sys/fs/cgroup/lab/b
    ip link add dummy0 type dummy 2>/dev/null
    lab-load threads & threads_pid=$!
    lab-load files /mnt/ext4 /mnt/btrfs /tmp >/tmp/files.out & files_pid=$!
    lab-load vfork &
    lab-load zombie &
    lab-load spin & spin_pid=$!
    lab-load sleep lab-stopped & stop_pid=$!
    lab-load sleep "lab sleep (1)" & s1=$!
    lab-load sleep lab-sleep-2 & s2=$!
    nice -n 5 sleep 100000 &
    unshare -n -m -u sh -c "umount /out; exec sleep 100000" &
    (while :; do sleep 100000; done) &
    echo $s1 >/sys/fs/cgroup/lab/a/cgroup.procs
    echo $s2 >/sys/fs/cgroup/lab/b/cgroup.procs
    echo "$threads_pid" >/sys/fs/cgroup/lab/b/cgroup.procs
    kill -STOP $stop_pid
    while [ ! -s /tmp/files.out ]; do sleep 0.2; done
    cat /tmp/files.out >/dev/console
    mkdir -p /out/truth && cp /tmp/files.out /out/truth/
    echo "files=$files_pid threads=$threads_pid spin=$spin_pid stopped=$stop_pid" \
        >/out/truth/pids
    sleep 1
}

load_crash_kernel() {
    local k=/out/kdump kargs loaded
    kargs="console=ttyS0 nr_cpus=1 reset_devices irqpoll panic=5 nokaslr lab.scenario=$scenario"
    kexec -p -s $k/vmlinuz --initrd=$k/initrd --command-line="$kargs" ||
        kexec -p $k/vmlinuz --initrd=$k/initrd --command-line="$kargs" ||
        say "kexec failed"
    read -r loaded </sys/kernel/kexec_crash_loaded
    say "kexec_crash_loaded $loaded"
}

say "scenario $scenario"
case $scenario in
panic | stop | libraries | kdump)
    [ $scenario = kdump ] && load_crash_kernel
    for program in /libraries/*/lab-frames; do
        [ -x $program ] || continue
        bits=${program%/*}
        $program lab-frames-${bits##*/} & frames_pids="$frames_pids $!"
    done
    start_load
    say "recording the truth"
    truth
    # "kdump" hands vda to the crash kernel: it must be clean.
    sync
    umount /out || mount -o remount,ro /out
    say "ready"
    if [ $scenario = stop ] || [ $scenario = libraries ]; then
        while :; do sleep 1000; done
    fi
    sleep 1
    say "crashing"
    echo c >/proc/sysrq-trigger
    ;;
interrupt)
    start_load
    say "recording the truth"
    truth
    sync
    umount /out || mount -o remount,ro /out
    lab-load packets &
    lab-load packets &
    say "ready"
    while :; do sleep 1000; done
    ;;
crowd)
    start_load
    say "recording the truth"
    truth
    # Afterwards: a look at each would take minutes.
    echo 20000 >/proc/sys/kernel/threads-max
    lab-load crowd 10000 /tmp/crowd &
    while [ ! -e /tmp/crowd ]; do sleep 1; done
    sync
    umount /out || mount -o remount,ro /out
    say "ready"
    while :; do sleep 1000; done
    ;;
live)
    start_load
    mkdir /live
    mount -t ext4 -o ro /dev/vdd /live || say "no /live"
    mount -t tmpfs tmpfs /live/tmp
    for i in dev proc sys; do mount --bind /$i /live/$i; done
    say "ready"
    # Lines of its own, as all that the guest says.
    { HOME=/tmp chroot /live /bin/python -u /live.py 2>&1; echo "live ended with $?"; } |
        while IFS= read -r line; do say "$line"; done
    ;;
kyber | kyber-kdump)
    [ $scenario = kyber-kdump ] && load_crash_kernel
    say "scheduler $(cat /sys/block/vdc/queue/scheduler)"
    echo kyber-buggy >/sys/block/vdc/queue/scheduler || say "no kyber-buggy"
    say "scheduler $(cat /sys/block/vdc/queue/scheduler)"
    for d in /sys/block/vdc/mq/*; do say "hctx ${d##*/} cpus $(cat $d/cpu_list)"; done
    echo 1 >/proc/sys/kernel/softlockup_panic
    echo 1 >/proc/sys/kernel/hung_task_panic
    start_load
    ncpu=$(grep -c ^processor /proc/cpuinfo)
    pids=
    say "recording the truth"
    truth
    sync
    umount /out || mount -o remount,ro /out
    say "ready"
    for i in 0 1 2 3 4 5; do
        lab-load writer /mnt/btrfs/w$i 256 & pids="$pids $!"
    done
    lab-load hop $ncpu $pids &
    # Buffered writers too: their pages go out from the flusher kworkers.
    while :; do
        dd if=/dev/urandom of=/mnt/btrfs/buffered bs=16k count=64 conv=notrunc 2>/dev/null
        sync
    done
    ;;
*)
    say "unknown scenario"
    ;;
esac
while :; do sleep 1000; done
