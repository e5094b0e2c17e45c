//! The seeds of the fuzz targets of this crate.

#[path = "../../../../fuzz/bodies/maps.rs"]
mod maps;

#[path = "../../../../fuzz/bodies/gdb_remote.rs"]
mod gdb_remote;

#[test]
fn gdb_remote() {
    let packets = b"+$T05thread:p1.1;#a8$OK#9a%Stop:T05#00$m1,2,ff#00$0* }\x03}]#11-".to_vec();
    let xml = "<target><architecture>i386:x86-64</architecture><xi:include href=\"a.xml\"/>\
               <reg name=\"rax\" bitsize=\"64\" regnum='0'/><reg name=\"eflags\" bitsize=\"32\"/></target>";
    let monitor = "FlatView #1\n AS \"memory\", root: system\n\
                   \x20 0000000000000000-000000000009ffff (prio 0, ram): pc.ram\n\
                   \x20 00000000000c0000-00000000000c0fff (prio 0, rom): pc.ram @00000000000c0000\n\
                   0000000000001000: 0x0000000000000001 0xff00000000000000\n\
                   Host virtual address for 0x0 (pc.ram) is 0x7ff7a7e00000\n";
    let seeds = [packets, xml.into(), monitor.into()];
    spelunk_synth::exercise(&seeds, 200, gdb_remote::run);
}

#[test]
fn maps() {
    let own = std::fs::read("/proc/self/maps").unwrap();
    let text = "00400000-00452000 r-xp 00001000 08:02 173521      /a b\\012c (deleted)\n\
                35b1a21000-35b1a22000 rw-p 00000000 00:00 0\n\
                ffffffffff600000-ffffffffff601000 --xp 0 00:00 0 [vsyscall]\n";
    spelunk_synth::exercise(&[own, text.into()], 200, maps::run);
}
