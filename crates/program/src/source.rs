//! Source code of an address.

use crate::{Error, Program, Result, SourceLocation};
use spelunk_debuginfo::ObjectKinds;

impl Program {
    /// The places in source code that `address` was compiled from: the innermost inlined
    /// function's first, then its callers'.
    ///
    /// # Errors
    ///
    /// A lookup error if none is known.
    pub fn source_location(&self, address: u64) -> Result<Vec<SourceLocation>> {
        let places = self.find_source_location(address)?;
        match places.is_empty() {
            true => Err(Error::lookup("source code location not found")),
            false => Ok(places),
        }
    }

    fn find_source_location(&self, address: u64) -> Result<Vec<SourceLocation>> {
        let module = self.find_module(address);
        let Some(file) = module.as_ref().and_then(|module| module.debug_file()) else {
            return Ok(Vec::new());
        };
        let file = file.debug();
        let mut place = file.find_line(address)?;
        let mut places = Vec::new();
        for scope in file.scopes(address)? {
            // Where this function is inlined is where the next one is at.
            let here = std::mem::replace(&mut place, scope.call_site);
            places.extend(here.map(|place| SourceLocation::new(scope.name, place)));
        }
        if places.is_empty() {
            // Assembly has lines, but no functions.
            if let Some(place) = place {
                let name = self.find_symbol(address)?;
                let name = name.map(|symbol| symbol.name.to_string().into());
                places.push(SourceLocation::new(name, place));
            }
        }
        Ok(places)
    }

    /// The address that a text means: the name of a symbol or a hexadecimal number, then perhaps a
    /// `+` and an offset (`schedule+0x1f`, `0xffffffff81000000 + 12`). What is none of these may be the
    /// name of a function, as C++ and Rust have it: `ns::add<unsigned int>+0x1f`.
    ///
    /// # Errors
    ///
    /// A value error if the text is neither; an overflow error if a number does not fit 64 bits; a
    /// lookup error if there is no such symbol.
    pub fn parse_address(&self, text: &str) -> Result<u64> {
        let text = text.trim_ascii();
        self.parse_symbol(text).or_else(|error| {
            let address = self.find_in_function(text)?;
            address.ok_or(error)
        })
    }

    fn find_in_function(&self, text: &str) -> Result<Option<u64>> {
        let address = |name: &str| -> Result<Option<u64>> {
            let found = self.find_object(name, ObjectKinds::FUNCTION, None)?;
            Ok(found.and_then(|function| function.address()))
        };
        if let Some(whole) = address(text)? {
            return Ok(Some(whole));
        }
        // The name of an operator may have a `+` of its own.
        let Some((name, offset)) = text.rsplit_once('+') else {
            return Ok(None);
        };
        let Ok(offset) = parse_offset(offset.trim_ascii_start()) else {
            return Ok(None);
        };
        let start = address(name.trim_ascii_end())?;
        Ok(start.map(|start| start.wrapping_add(offset)))
    }

    fn parse_symbol(&self, text: &str) -> Result<u64> {
        let end = text
            .find(|c: char| c.is_ascii_whitespace() || c == '+')
            .unwrap_or(text.len());
        let (base, rest) = text.split_at(end);
        if base.is_empty() {
            return Err(Error::value(match rest {
                "" => "expected symbol name or address",
                _ => "expected symbol name",
            }));
        }
        let offset = match rest.trim_ascii_start() {
            "" => 0,
            rest => {
                let offset = rest
                    .strip_prefix('+')
                    .ok_or_else(|| Error::value("unexpected input after symbol name or address"))?;
                parse_offset(offset.trim_ascii_start())?
            }
        };
        let address = match hexadecimal(base) {
            Some((digits, "")) => u64::from_str_radix(digits, 16)
                .map_err(|_| Error::overflow("address out of range"))?,
            _ => self.symbol_by_name(base)?.address,
        };
        Ok(address.wrapping_add(offset))
    }
}

/// A decimal number, or a hexadecimal one behind `0x`.
fn parse_offset(text: &str) -> Result<u64> {
    let (number, rest) = if text.starts_with("0x") || text.starts_with("0X") {
        let (digits, rest) =
            hexadecimal(text).ok_or_else(|| Error::value("expected symbol offset"))?;
        (u64::from_str_radix(digits, 16), rest)
    } else {
        let (digits, rest) = digits(text, 10);
        if digits.is_empty() {
            return Err(Error::value("expected symbol offset"));
        }
        (digits.parse(), rest)
    };
    match rest {
        "" => number.map_err(|_| Error::overflow("symbol offset out of range")),
        _ => Err(Error::value("unexpected input after symbol offset")),
    }
}

/// The digits behind `0x`, and what follows them: `None` if there are none.
fn hexadecimal(text: &str) -> Option<(&str, &str)> {
    let text = text
        .strip_prefix("0x")
        .or_else(|| text.strip_prefix("0X"))?;
    let (digits, rest) = digits(text, 16);
    (!digits.is_empty()).then_some((digits, rest))
}

/// The digits that a text starts with, and what follows them.
fn digits(text: &str, radix: u32) -> (&str, &str) {
    let end = text
        .find(|c: char| !c.is_digit(radix))
        .unwrap_or(text.len());
    text.split_at(end)
}
