use spelunk_base::{Architecture, BuildId, Platform};
use std::collections::HashMap;

/// VMCOREINFO: what a kernel tells of itself to those who read its dump.
///
/// A text of lines `KEY=VALUE`; the kernel's `Documentation/admin-guide/kdump/vmcoreinfo.rst` says
/// what the keys mean. Lines of another form are passed over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Vmcoreinfo {
    text: String,
    values: HashMap<String, String>,
}

impl Vmcoreinfo {
    /// Parses the text of the note, up to the first NUL.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        let end = bytes.iter().position(|byte| *byte == 0);
        let bytes = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or(bytes);
        let text = String::from_utf8_lossy(bytes).into_owned();
        let mut values = HashMap::new();
        for line in text.lines() {
            if let Some((key, value)) = line.split_once('=') {
                values
                    .entry(key.to_owned())
                    .or_insert_with(|| value.to_owned());
            }
        }
        Self { text, values }
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The value of `key`, such as `OSRELEASE`.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(String::as_str)
    }

    fn find_in(&self, group: &str, name: &str) -> Option<&str> {
        self.find(&format!("{group}({name})"))
    }

    /// `OSRELEASE`: the kernel's release.
    #[must_use]
    pub fn os_release(&self) -> Option<&str> {
        self.find("OSRELEASE")
    }

    /// `BUILD-ID`: the build ID of vmlinux; since Linux 5.9.
    #[must_use]
    pub fn build_id(&self) -> Option<BuildId> {
        self.find("BUILD-ID")?.parse().ok()
    }

    /// `PAGESIZE`: the size of a page in bytes.
    #[must_use]
    pub fn page_size(&self) -> Option<u64> {
        self.find("PAGESIZE")?.parse().ok()
    }

    /// `SYMBOL(name)`: the address of a symbol, after relocation by KASLR.
    #[must_use]
    pub fn symbol(&self, name: &str) -> Option<u64> {
        u64::from_str_radix(self.find_in("SYMBOL", name)?, 16).ok()
    }

    /// `NUMBER(name)`: a number, in decimal or after `0x`.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<i64> {
        parse_number(self.find_in("NUMBER", name)?)
    }

    /// `SIZE(name)`: the size of a type in bytes.
    #[must_use]
    pub fn size(&self, name: &str) -> Option<u64> {
        self.find_in("SIZE", name)?.parse().ok()
    }

    /// `OFFSET(name)`: the offset of a member (`type.member`) in bytes.
    #[must_use]
    pub fn offset(&self, name: &str) -> Option<u64> {
        self.find_in("OFFSET", name)?.parse().ok()
    }

    /// `LENGTH(name)`: the number of elements of an array.
    #[must_use]
    pub fn length(&self, name: &str) -> Option<u64> {
        self.find_in("LENGTH", name)?.parse().ok()
    }

    /// `KERNELOFFSET`: by how much KASLR moved the kernel.
    #[must_use]
    pub fn kernel_offset(&self) -> Option<u64> {
        u64::from_str_radix(self.find("KERNELOFFSET")?, 16).ok()
    }

    /// `CRASHTIME`: when the kernel crashed, in seconds since 1970; only after a crash.
    #[must_use]
    pub fn crash_time(&self) -> Option<u64> {
        self.find("CRASHTIME")?.parse().ok()
    }

    /// The machine, where keys tell it that one architecture alone writes: `arch_crash_save_vmcoreinfo` in the kernel's
    /// `arch/*/kernel/`.
    #[must_use]
    pub fn platform(&self) -> Option<Platform> {
        let architecture = if self.number("pgtable_l5_enabled").is_some()
            || self.symbol("init_level4_pgt").is_some()
        {
            Architecture::X86_64
        } else if self.number("kimage_voffset").is_some() {
            Architecture::Aarch64
        } else if self.number("satp").is_some() {
            Architecture::Riscv64
        } else if self.find("CONFIG_X86_PAE").is_some() {
            Architecture::I386
        } else {
            return None;
        };
        Some(Platform::of(architecture))
    }

    /// What lacks for a kernel to be found by it, in words; `None` if nothing does.
    #[must_use]
    pub fn missing(&self) -> Option<&'static str> {
        let bad = |key: &str, base| {
            let number = |text| u64::from_str_radix(text, base).is_err();
            self.find(key).is_some_and(number)
        };
        if self.os_release().is_none() {
            Some("VMCOREINFO does not contain valid OSRELEASE")
        } else if bad("PAGESIZE", 10)
            || bad("KERNELOFFSET", 16)
            || bad("SYMBOL(swapper_pg_dir)", 16)
        {
            Some("number in VMCOREINFO is invalid")
        } else if !self.page_size().is_some_and(u64::is_power_of_two) {
            Some("VMCOREINFO does not contain valid PAGESIZE")
        } else if self.symbol("swapper_pg_dir").is_none() {
            Some("VMCOREINFO does not contain valid swapper_pg_dir")
        } else {
            None
        }
    }

    /// Whether this is from a kernel, rather than bytes that look a bit like it.
    pub(crate) fn is_plausible(&self) -> bool {
        self.os_release().is_some()
            && self.page_size().is_some_and(u64::is_power_of_two)
            && self
                .symbol("_stext")
                .or(self.symbol("init_uts_ns"))
                .is_some()
    }
}

/// Addresses are written in hexadecimal and belong above `i64::MAX`: they wrap.
fn parse_number(text: &str) -> Option<i64> {
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok().map(u64::cast_signed),
        None => text
            .parse()
            .ok()
            .or_else(|| text.parse().ok().map(u64::cast_signed)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "OSRELEASE=6.1.0\nBUILD-ID=00ff\nPAGESIZE=4096\nSYMBOL(_stext)=ffffffff81000000\n\
        SIZE(page)=64\nOFFSET(page.flags)=0\nLENGTH(zone.free_area)=11\nNUMBER(phys_base)=-555745280\n\
        NUMBER(kimage_voffset)=0xffff800000000000\nKERNELOFFSET=2a200000\nCRASHTIME=1700000000\n";

    #[test]
    fn what_is_missing_is_said() {
        let missing = |text: &str| Vmcoreinfo::parse(text.as_bytes()).missing();
        let says = |text, word| missing(text).is_some_and(|what| what.contains(word));
        assert!(says("", "OSRELEASE"));
        assert!(says("OSRELEASE=6\n", "PAGESIZE"));
        assert!(says("OSRELEASE=6\nPAGESIZE=4097\n", "PAGESIZE"));
        assert!(says("OSRELEASE=6\nPAGESIZE=x\n", "number"));
        assert!(says("OSRELEASE=6\nPAGESIZE=4096\n", "swapper_pg_dir"));
        let whole = "OSRELEASE=6\nPAGESIZE=4096\nSYMBOL(swapper_pg_dir)=ffffffff82810000\n";
        assert_eq!(missing(whole), None);
    }

    #[test]
    fn values_of_all_groups_parse() {
        let info = Vmcoreinfo::parse(TEXT.as_bytes());
        assert_eq!(info.os_release(), Some("6.1.0"));
        assert_eq!(info.build_id(), BuildId::new(&[0, 0xff]));
        assert_eq!(info.page_size(), Some(4096));
        assert_eq!(info.symbol("_stext"), Some(0xffff_ffff_8100_0000));
        assert_eq!(info.size("page"), Some(64));
        assert_eq!(info.offset("page.flags"), Some(0));
        assert_eq!(info.length("zone.free_area"), Some(11));
        assert_eq!(info.number("phys_base"), Some(-555_745_280));
        assert_eq!(
            info.number("kimage_voffset"),
            Some(0xffff_8000_0000_0000_u64.cast_signed())
        );
        assert_eq!(info.kernel_offset(), Some(0x2a20_0000));
        assert_eq!(info.crash_time(), Some(1_700_000_000));
        assert!(info.is_plausible());
    }

    #[test]
    fn what_has_another_form_is_passed_over() {
        let info = Vmcoreinfo::parse(b"no value\n=\nPAGESIZE=big\nSYMBOL(x)=xyz\nA=1\nA=2\0B=3\n");
        assert_eq!(info.page_size(), None);
        assert_eq!(info.symbol("x"), None);
        assert_eq!(info.find("A"), Some("1"));
        assert_eq!(info.find("B"), None);
        assert!(!info.is_plausible());
    }
}
