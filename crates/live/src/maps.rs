//! `/proc/PID/maps`: proc_pid_maps(5), `show_map_vma()` in Linux' `fs/proc/task_mmu.c`.

use std::ops::Range;

/// A line of the file: a range of memory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MapEntry {
    /// The addresses.
    pub range: Range<u64>,
    /// Whether the process may read it.
    pub is_readable: bool,
    /// The offset in the file of what is at the first address.
    pub offset: u64,
    /// The device that the file is on.
    pub device: Device,
    /// The file's number there; 0 for memory that is of no file.
    pub inode: u64,
    /// The file's path, or what the kernel calls other memory (`[stack]`). Empty for most of that.
    pub path: Vec<u8>,
}

/// A device.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Device {
    /// Its major number.
    pub major: u32,
    /// Its minor number.
    pub minor: u32,
}

/// The entries of `text`, in its order. A line that makes no sense is passed over.
pub fn parse_maps(text: &[u8]) -> impl Iterator<Item = MapEntry> {
    text.split(|byte| *byte == b'\n').filter_map(parse_entry)
}

/// `55d0c0a5f000-55d0c0a61000 r-xp 00002000 fe:00 1835 /usr/bin/cat`; the path is padded with spaces.
fn parse_entry(line: &[u8]) -> Option<MapEntry> {
    let (range, rest) = word(line)?;
    let (permissions, rest) = word(rest)?;
    let (offset, rest) = word(rest)?;
    let (device, rest) = word(rest)?;
    let (inode, rest) = word(rest)?;
    let (start, end) = split(range, b'-')?;
    let (major, minor) = split(device, b':')?;
    let path = rest.iter().position(|byte| *byte != b' ');
    let path = path.and_then(|start| rest.get(start..)).unwrap_or_default();
    Some(MapEntry {
        range: number(start, 16)?..number(end, 16)?,
        is_readable: permissions.first() == Some(&b'r'),
        offset: number(offset, 16)?,
        device: Device {
            major: u32::try_from(number(major, 16)?).ok()?,
            minor: u32::try_from(number(minor, 16)?).ok()?,
        },
        inode: number(inode, 10)?,
        path: unescape(path),
    })
}

/// The bytes up to the next space, and those behind it.
fn word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = text.iter().position(|byte| *byte == b' ');
    let (word, rest) = text.split_at_checked(end.unwrap_or(text.len()))?;
    (!word.is_empty()).then_some((word, rest.get(1..).unwrap_or_default()))
}

fn split(text: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let place = text.iter().position(|byte| *byte == separator)?;
    let (before, behind) = text.split_at_checked(place)?;
    Some((before, behind.get(1..)?))
}

fn number(text: &[u8], radix: u32) -> Option<u64> {
    let text = std::str::from_utf8(text).ok()?;
    u64::from_str_radix(text, radix).ok()
}

/// A path with its newlines, which the kernel writes as `\012`. It escapes nothing else, so that a path
/// that has these four characters cannot be told from one with a newline; that one is rarer still.
fn unescape(path: &[u8]) -> Vec<u8> {
    const NEWLINE: &[u8] = b"\\012";
    let mut result = Vec::with_capacity(path.len());
    let mut rest = path;
    while let Some((first, behind)) = rest.split_first() {
        match rest.strip_prefix(NEWLINE) {
            Some(behind) => {
                result.push(b'\n');
                rest = behind;
            }
            None => {
                result.push(*first);
                rest = behind;
            }
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(text: &str) -> Vec<MapEntry> {
        parse_maps(text.as_bytes()).collect()
    }

    // The example in proc_pid_maps(5).
    #[test]
    fn the_manual_is_understood() {
        let entries = entries(
            "00400000-00452000 r-xp 00001000 08:02 173521      /usr/bin/dbus-daemon\n\
             00e24000-011f7000 rw-p 00000000 00:00 0           [heap]\n\
             35b1a21000-35b1a22000 rw-p 00000000 00:00 0\n\
             ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\n",
        );
        assert_eq!(
            entries[0],
            MapEntry {
                range: 0x40_0000..0x45_2000,
                is_readable: true,
                offset: 0x1000,
                device: Device { major: 8, minor: 2 },
                inode: 173_521,
                path: b"/usr/bin/dbus-daemon".to_vec(),
            }
        );
        assert_eq!(entries[1].path, b"[heap]");
        assert_eq!((entries[2].path.len(), entries[2].inode), (0, 0));
        assert!(!entries[3].is_readable);
        assert_eq!(entries.len(), 4);
    }

    #[test]
    fn paths_have_spaces_newlines_and_any_bytes() {
        let line = b"1000-2000 r--p 0 fe:00 7    /a b/c\\012d\xff (deleted)";
        let entry = parse_maps(line).next().unwrap();
        assert_eq!(entry.path, b"/a b/c\nd\xff (deleted)");
        assert_eq!(entry.device.major, 0xfe);
    }

    #[test]
    fn nonsense_is_passed_over() {
        let text = "\n \n1000\n1000-\n1000-2000 r\nx-y r--p 0 0:0 0\n1000-2000 r--p 0 0:0 0 /a\n\
                    11112222333344445-2 r--p 0 0:0 0\n1000-2000 r--p 0 100000000:0 0";
        assert_eq!(entries(text).len(), 1);
    }
}
