use spelunk_base::Architecture;

/// The formats of floating-point numbers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FloatFormat {
    /// IEEE 754 binary16: `_Float16`.
    Half,
    /// The upper half of a [`Single`](Self::Single): `__bf16`.
    Bfloat16,
    /// IEEE 754 binary32: `float`.
    Single,
    /// IEEE 754 binary64: `double`.
    Double,
    /// The 80 bits of the x87, in 10, 12 or 16 bytes: `long double` on x86.
    Extended,
    /// IEEE 754 binary128: `_Float128`, and `long double` on most 64-bit machines.
    Quadruple,
    /// The sum of two [`Double`](Self::Double)s, the greater first: `long double` on PowerPC.
    DoubleDouble,
}

impl FloatFormat {
    /// The format of the floating-point type that a compiler for `architecture` calls `name`, of
    /// `size` bytes. DWARF does not say it, so the name must. `None` if there is no such format.
    #[must_use]
    pub fn of(name: &str, size: u64, architecture: Architecture) -> Option<Self> {
        use Architecture as A;
        let is = |names: &[&str]| names.iter().any(|part| name.contains(part));
        match size {
            2 if is(&["bf16", "bfloat16"]) => Some(Self::Bfloat16),
            2 => Some(Self::Half),
            4 => Some(Self::Single),
            8 => Some(Self::Double),
            10 | 12 => Some(Self::Extended),
            // `_Float64x` is the x87's on x86, too.
            16 if is(&["128", "__ieee128"]) && !is(&["__ibm128"]) => Some(Self::Quadruple),
            16 => match architecture {
                A::X86_64 | A::I386 => Some(Self::Extended),
                A::Ppc64 if !is(&["_Float64x"]) => Some(Self::DoubleDouble),
                _ => Some(Self::Quadruple),
            },
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_bytes_are_of_the_machine_or_of_the_name() {
        use FloatFormat as F;
        let of = |name, architecture| FloatFormat::of(name, 16, architecture);
        assert_eq!(of("long double", Architecture::X86_64), Some(F::Extended));
        assert_eq!(of("__float128", Architecture::X86_64), Some(F::Quadruple));
        assert_eq!(of("_Float128", Architecture::X86_64), Some(F::Quadruple));
        assert_eq!(of("long double", Architecture::Aarch64), Some(F::Quadruple));
        assert_eq!(of("long double", Architecture::S390x), Some(F::Quadruple));
        assert_eq!(
            of("long double", Architecture::Ppc64),
            Some(F::DoubleDouble)
        );
        assert_eq!(of("__ibm128", Architecture::Ppc64), Some(F::DoubleDouble));
        assert_eq!(of("__ieee128", Architecture::Ppc64), Some(F::Quadruple));
    }

    #[test]
    fn two_bytes_are_of_the_name() {
        let of = |name| FloatFormat::of(name, 2, Architecture::X86_64);
        assert_eq!(of("_Float16"), Some(FloatFormat::Half));
        assert_eq!(of("__bf16"), Some(FloatFormat::Bfloat16));
        assert_eq!(FloatFormat::of("odd", 3, Architecture::X86_64), None);
    }
}
