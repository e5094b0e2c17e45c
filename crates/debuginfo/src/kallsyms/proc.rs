use super::Kallsyms;

/// A symbol of a module, of BPF or of ftrace, as `/proc/kallsyms` shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ModuleSymbol {
    /// What stands in brackets: `kyber_iosched`, `bpf`.
    pub module: String,
    /// The symbol's name.
    pub name: String,
    /// Its address.
    pub address: u64,
    /// `nm`'s letter for its kind.
    pub letter: char,
}

/// The text of `/proc/kallsyms`: lines of address, letter, name, and for what is not the kernel's own its module's name in
/// brackets. Lines of another form are passed over.
///
/// Who may not see addresses (`kernel.kptr_restrict`) is shown 0 for all; this is `None` then.
#[must_use]
pub fn parse_proc_kallsyms(text: &[u8]) -> Option<(Kallsyms, Vec<ModuleSymbol>)> {
    let mut kernel = Kallsyms::default();
    let mut modules = Vec::new();
    let mut is_shown = false;
    for line in text.split(|byte| *byte == b'\n') {
        let mut words = line
            .split(u8::is_ascii_whitespace)
            .filter(|word| !word.is_empty());
        let (Some(address), Some([letter]), Some(name)) =
            (words.next(), words.next(), words.next())
        else {
            continue;
        };
        let address = std::str::from_utf8(address).ok();
        let Some(address) = address.and_then(|digits| u64::from_str_radix(digits, 16).ok()) else {
            continue;
        };
        is_shown |= address != 0;
        let module = words.next().and_then(|word| word.strip_prefix(b"["));
        match module.and_then(|word| word.strip_suffix(b"]")) {
            None => kernel.push(*letter, name, address),
            Some(module) => modules.push(ModuleSymbol {
                module: String::from_utf8_lossy(module).into(),
                name: String::from_utf8_lossy(name).into(),
                address,
                letter: char::from(*letter),
            }),
        }
    }
    is_shown.then_some((kernel, modules))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_as_the_kernel_writes_them() {
        let text = b"0000000000000000 A fixed_percpu_data\nffffffff81000000 T _stext\n\
            no line\nffffffff81000040 t local\nffffffffc0000000 t kyber_init\t[kyber_iosched]\n\
            zz T x\nffffffffc0000010 TT x\n";
        let (kernel, modules) = parse_proc_kallsyms(text).unwrap();
        let kernel: Vec<_> = kernel.iter().collect();
        assert_eq!(
            kernel,
            [
                (0, 'A', &b"fixed_percpu_data"[..]),
                (0xffff_ffff_8100_0000, 'T', b"_stext"),
                (0xffff_ffff_8100_0040, 't', b"local"),
            ]
        );
        let [module] = &modules[..] else {
            panic!("{modules:?}");
        };
        assert_eq!(module.module, "kyber_iosched");
        assert_eq!((&*module.name, module.letter), ("kyber_init", 't'));
    }

    #[test]
    fn addresses_that_are_not_shown_are_none() {
        assert!(parse_proc_kallsyms(b"0000000000000000 T _stext\n").is_none());
        assert!(parse_proc_kallsyms(b"").is_none());
    }
}
