//! What QEMU's monitor prints of the guest's physical memory.

/// A range of physical addresses that a part of a RAM or ROM block of QEMU's stands at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RamRange {
    /// The first address.
    pub start: u64,
    /// The last address.
    pub last: u64,
    /// The name of the block: `pc.ram`.
    pub block: String,
    /// Whether it is RAM, and no ROM.
    pub is_ram: bool,
}

impl RamRange {
    /// How many bytes there are.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.last.wrapping_sub(self.start).saturating_add(1)
    }
}

/// The smallest part of memory that QEMU dumps: where it starts, and its size. What matters are the notes beside it.
///
/// QEMU refuses a part without RAM; flash, with which the memory of some machines begins, does not count.
#[must_use]
pub(crate) fn smallest_dump(ranges: &[RamRange]) -> (u64, u64) {
    const SIZE: u64 = 4096;
    let mut large = ranges
        .iter()
        .filter(|range| range.is_ram && range.size() >= SIZE);
    (large.next().map_or(0, |range| range.start), SIZE)
}

/// The memory in the address space that devices and CPUs share, from what `info mtree -f` prints:
///
/// ```text
/// FlatView #5
///  AS "memory", root: system
///  AS "cpu-memory-0", root: system
///  Root memory region: system
///   0000000000000000-000000000009ffff (prio 0, ram): pc.ram
///   00000000000c0000-00000000000c0fff (prio 0, rom): pc.ram @00000000000c0000
///   00000000febc0000-00000000febc003f (prio 0, i/o): msix-table
/// ```
#[must_use]
pub fn parse_flat_view(text: &str) -> Vec<RamRange> {
    let mut ranges = Vec::new();
    let mut is_wanted = false;
    for line in text.lines() {
        if line.starts_with("FlatView") {
            if is_wanted {
                break;
            }
        } else if line.trim_start().starts_with("AS \"memory\"") {
            is_wanted = true;
        } else if is_wanted {
            ranges.extend(parse_range(line));
        }
    }
    ranges
}

fn parse_range(line: &str) -> Option<RamRange> {
    let (addresses, rest) = line.trim_start().split_once(" (")?;
    let (start, last) = addresses.split_once('-')?;
    let (attributes, name) = rest.split_once("): ")?;
    let (_, kind) = attributes.rsplit_once(", ")?;
    // Of a nested hypervisor's devices the kind is followed by more.
    let is_memory = ["ram", "rom", "romd", "nv-ram"].contains(&kind.trim());
    let block = name.split(" @").next().unwrap_or(name).trim();
    let start = u64::from_str_radix(start, 16).ok()?;
    let last = u64::from_str_radix(last, 16).ok()?;
    (is_memory && start <= last).then(|| RamRange {
        start,
        last,
        block: block.to_owned(),
        is_ram: kind.trim() == "ram",
    })
}

/// The address in QEMU's own memory, from what `gpa2hva` prints:
/// `Host virtual address for 0x0 (pc.ram) is 0x7ff7a7e00000`.
#[must_use]
pub fn parse_host_address(text: &str) -> Option<u64> {
    let (_, address) = text.trim().rsplit_once(" is 0x")?;
    u64::from_str_radix(address, 16).ok()
}

/// The words that `xp /Ngx` prints, from the first address on; empty where it could not read all of them:
///
/// ```text
/// 0000000000001000: 0x0000000000000000 0x0000000000000000
/// ```
#[must_use]
pub fn parse_words(text: &str) -> Vec<u64> {
    let lines = text.lines().filter_map(|line| line.split_once(": "));
    let words = lines.flat_map(|(_, words)| words.split_whitespace());
    let words = words.map(|word| u64::from_str_radix(word.strip_prefix("0x")?, 16).ok());
    words.collect::<Option<_>>().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shared_address_space_is_taken_and_devices_are_not() {
        let text = "FlatView #0\n AS \"cpu-smm-0\", root: memory\n  0000000000000000-00000000000bffff (prio 0, ram): no\n\n\
            FlatView #1\n AS \"memory\", root: system\n AS \"cpu-memory-0\", root: system\n Root memory region: system\n\
            \x20 0000000000000000-000000000009ffff (prio 0, ram): pc.ram\n\
            \x20 00000000000c0000-00000000000c0fff (prio 0, rom): pc.ram @00000000000c0000\n\
            \x20 00000000000c1000-00000000000c1fff (prio 1, i/o): vga-lowmem\n\
            \x20 0000000100000000-00000001ffffffff (prio 0, nv-ram): nvdimm KVM\n\
            FlatView #2\n AS \"I/O\", root: io\n  0000000000000000-0000000000000007 (prio 0, ram): no\n";
        let ranges = parse_flat_view(text);
        let ranges: Vec<_> = ranges
            .iter()
            .map(|range| (range.start, range.last, &*range.block))
            .collect();
        assert_eq!(
            ranges,
            [
                (0, 0x9_ffff, "pc.ram"),
                (0xc_0000, 0xc_0fff, "pc.ram"),
                (0x1_0000_0000, 0x1_ffff_ffff, "nvdimm KVM"),
            ]
        );
    }

    // QEMU's "virt" machine for AArch64.
    #[test]
    fn notes_are_dumped_with_ram_and_not_with_flash() {
        let ranges = parse_flat_view(
            "FlatView #1\n AS \"memory\", root: system\n Root memory region: system\n\
            \x20 0000000000000000-0000000003ffffff (prio 0, romd): virt.flash0\n\
            \x20 0000000004000000-0000000007ffffff (prio 0, romd): virt.flash1\n\
            \x20 0000000040000000-000000005fffffff (prio 0, ram): mach-virt.ram\n",
        );
        assert_eq!(ranges.len(), 3);
        assert_eq!(smallest_dump(&ranges), (0x4000_0000, 4096));
        assert_eq!(smallest_dump(&[]), (0, 4096));
    }

    #[test]
    fn nonsense_gives_nothing() {
        for text in [
            "",
            "AS \"memory\"\n  1-0 (prio 0, ram): x\n  -1 (, ram): x\n ( (",
            "AS \"memory\"\n  zz-00 (prio 0, ram): x\n  10-20 (ram): x",
        ] {
            assert_eq!(parse_flat_view(text), []);
        }
        assert_eq!(
            parse_host_address("No memory is mapped at address 0x1"),
            None
        );
        assert_eq!(
            parse_host_address("Host virtual address for 0x0 (pc.ram) is 0x7f00\r\n"),
            Some(0x7f00)
        );
    }

    #[test]
    fn words_are_there_as_a_whole_or_not() {
        assert_eq!(
            parse_words("0000000000001000: 0x0000000000000001 0xff00000000000000\n0010: 0x03\n"),
            [1, 0xff00_0000_0000_0000, 3]
        );
        assert_eq!(
            parse_words("0000: 0x1 0x2\n0010: Cannot access memory\n"),
            Vec::<u64>::new()
        );
    }
}
