#!/bin/busybox sh
# PID 1 of the crash kernel: save /proc/vmcore to the results disk, in the
# scenario "kdump" in every format that this makedumpfile can write.
/bin/busybox --install -s /bin
export PATH=/bin
mkdir -p /proc /sys /dev /out /tmp
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tmpfs tmpfs /tmp
say() { echo "LAB: $*" >/dev/console; }
say "crash kernel is up"
while read -r ko params; do insmod "$ko" $params || say "insmod $ko failed"; done </lab/modules.list
for i in 1 2 3 4 5 6 7 8 9 10; do [ -b /dev/vda ] && break; sleep 0.3; done
mount -t ext4 /dev/vda /out || say "cannot mount /out"
o=/out/dumps
mkdir -p $o
save() { # save FILE MAKEDUMPFILE-OPTIONS...
    local f=$1 s e
    shift
    read -r s x </proc/uptime
    makedumpfile "$@" /proc/vmcore $o/$f >$o/$f.log 2>&1
    rc=$?
    read -r e x </proc/uptime
    say "saved $f rc $rc from $s to $e"
}
save kdump.zlib.d31 -c -d 31
# The unfiltered copy: the other formats can be made from it elsewhere.
cp /proc/vmcore $o/vmcore.elf
say "saved raw copy rc $?"
case $(cat /proc/cmdline) in *lab.scenario=kdump*)
    save kdump.lzo.d31 -l -d 31
    save kdump.raw.d31 -d 31
    save elf.d31 -E -d 31
    makedumpfile -F -c -d 31 /proc/vmcore 2>$o/flat.zlib.d31.log >$o/flat.zlib.d31
    say "saved flat rc $?"
    makedumpfile --split -c -d 31 /proc/vmcore $o/split.1 $o/split.2 >$o/split.log 2>&1
    say "saved split rc $?"
    ;;
esac
sync
umount /out
say "kdump finished"
while :; do sleep 100; done
