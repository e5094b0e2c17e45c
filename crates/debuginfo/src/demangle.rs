//! Names as the source code has them, out of those that linkers see.

use cpp_demangle::{DemangleOptions, ParseOptions, Symbol};
use std::fmt::{self, Write};

/// Longer names are not looked at, and longer results not given: a few bytes can stand for any
/// number, as parts refer to earlier ones.
const MAX_LENGTH: usize = 1 << 14;

/// Productions of C++'s grammar within one another. The parser goes back and tries again at each of
/// them where a name makes no sense, so that its default of 96 takes seconds for 137 bytes. Of the
/// 47806 names of libclang-cpp 19 and libstdc++ it reads 47562; three fewer with this.
const MAX_DEPTH: u32 = 64;

/// The name that a mangled one stands for: of Rust (legacy and v0 mangling; without the hash) or
/// C++ (Itanium C++ ABI, section 5.1). `None` for one that is not mangled, as those of C.
#[must_use]
pub fn demangle(name: &str) -> Option<String> {
    demangle_with(name, DemangleOptions::new())
}

/// As [`demangle`], without the types of a C++ function's parameters and of what it returns.
#[must_use]
pub fn demangle_function(name: &str) -> Option<String> {
    let options = DemangleOptions::new().no_params().no_return_type();
    demangle_with(name, options)
}

fn demangle_with(name: &str, options: DemangleOptions) -> Option<String> {
    let is_mangled = name.starts_with("_Z") || name.starts_with("_R");
    if name.len() > MAX_LENGTH || !is_mangled {
        return None;
    }
    let mut text = Bounded(String::new());
    // Rust's legacy names are C++'s, but for a hash at the end.
    let may_be_rust = name.starts_with("_R") || name.contains("17h");
    let rust = may_be_rust.then(|| rustc_demangle::try_demangle(name).ok());
    if let Some(demangled) = rust.flatten() {
        write!(text, "{demangled:#}").ok()?;
    } else {
        let depth = ParseOptions::default().recursion_limit(MAX_DEPTH);
        let symbol = Symbol::new_with_options(name, &depth).ok()?;
        symbol.structured_demangle(&mut text, &options).ok()?;
        text.0 = as_compilers_say(text.0);
    }
    Some(text.0).filter(|text| !text.is_empty())
}

/// `vtable for Foo` and `(anonymous namespace)`, where the library says `{vtable(Foo)}` and leaves
/// the name that GCC and Clang give to the namespace.
fn as_compilers_say(text: String) -> String {
    let text = text.replace("_GLOBAL__N_1", "(anonymous namespace)");
    let table = |prefix| text.strip_prefix(prefix)?.strip_suffix(")}");
    match (table("{vtable("), table("{vtt(")) {
        (Some(class), _) => format!("vtable for {class}"),
        (_, Some(class)) => format!("VTT for {class}"),
        _ => text,
    }
}

/// Text that may get [`MAX_LENGTH`] long.
struct Bounded(String);

impl Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.0.len() + text.len() > MAX_LENGTH {
            return Err(fmt::Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pairs of `c++filt` and of Rust's RFC 2603.
    #[test]
    fn names_are_those_of_the_source() {
        let pairs = [
            ("_Z1fv", "f()"),
            ("_ZN2ns3FooC1Ei", "ns::Foo::Foo(int)"),
            ("_ZTV3Foo", "vtable for Foo"),
            (
                "_ZNSt6vectorIiSaIiEE9push_backERKi",
                "std::vector<int, std::allocator<int> >::push_back(int const&)",
            ),
            ("_ZN12_GLOBAL__N_14hereE", "(anonymous namespace)::here"),
            (
                "_ZN4core3fmt9Formatter3pad17h0123456789abcdefE",
                "core::fmt::Formatter::pad",
            ),
            (
                "_ZN71_$LT$Test$u20$$u2b$$u20$$u27$static$u20$as$u20$foo..Bar$LT$Test$GT$$GT$3bar17h930b740aa94f1d3aE",
                "<Test + 'static as foo::Bar<Test>>::bar",
            ),
            ("_RNvC7mycrate3foo", "mycrate::foo"),
            (
                "_RNvNtNtCs1234_7mycrate3foo3bar3baz",
                "mycrate::foo::bar::baz",
            ),
        ];
        for (mangled, expected) in pairs {
            assert_eq!(demangle(mangled).as_deref(), Some(expected), "{mangled}");
        }
    }

    #[test]
    fn functions_go_without_parameters() {
        let name = demangle_function("_ZNSt6vectorIiSaIiEE9push_backERKi");
        assert_eq!(
            name.as_deref(),
            Some("std::vector<int, std::allocator<int> >::push_back")
        );
        let template = demangle_function("_Z3maxIiET_S0_S0_");
        assert_eq!(template.as_deref(), Some("max<int>"));
    }

    #[test]
    fn names_of_c_stay_as_they_are() {
        for name in ["", "_", "__schedule", "f", "i", "_R", "_Renew", "_ZN"] {
            assert_eq!(demangle(name), None, "{name}");
        }
    }

    #[test]
    fn names_that_never_end_are_given_up() {
        // Each parameter is a pair of the one before it.
        let mut name = String::from("_Z1fSt4pairIiiE");
        for index in 0..30 {
            let last = char::from_digit(index, 36).unwrap().to_ascii_uppercase();
            name.push_str(&format!("S_IS{last}_S{last}_E"));
        }
        assert_eq!(demangle(&name), None);
        assert_eq!(demangle(&format!("_Z{}i", "P".repeat(1 << 20))), None);
        assert_eq!(demangle(&format!("_Z1f{}i", "P".repeat(1 << 13))), None);
    }
}
