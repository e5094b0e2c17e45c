//! The seeds of the fuzz targets of this crate.

#[path = "../../../../fuzz/bodies/maps.rs"]
mod maps;

#[test]
fn maps() {
    let own = std::fs::read("/proc/self/maps").unwrap();
    let text = "00400000-00452000 r-xp 00001000 08:02 173521      /a b\\012c (deleted)\n\
                35b1a21000-35b1a22000 rw-p 00000000 00:00 0\n\
                ffffffffff600000-ffffffffff601000 --xp 0 00:00 0 [vsyscall]\n";
    spelunk_synth::exercise(&[own, text.into()], 200, maps::run);
}
