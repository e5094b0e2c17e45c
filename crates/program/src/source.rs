//! Source code of an address.

use crate::{Error, Program, Result, SourceLocation};

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
                let name = self.find_symbol(address)?.map(|symbol| symbol.name.into());
                places.push(SourceLocation::new(name, place));
            }
        }
        Ok(places)
    }

    /// The address that a text means: `schedule+0x1f`, `0xffffffff81000000 + 12`.
    ///
    /// # Errors
    ///
    /// A value error if the text is neither; a lookup error if there is no such symbol.
    pub fn parse_address(&self, text: &str) -> Result<u64> {
        let (base, offset) = match text.split_once('+') {
            Some((base, offset)) => (base, Some(offset.trim())),
            None => (text, None),
        };
        let base = base.trim();
        let address = match hexadecimal(base) {
            Some(address) => address.map_err(|()| invalid(text))?,
            None if base.is_empty() => return Err(invalid(text)),
            None => self.symbol_by_name(base)?.address,
        };
        let offset = match offset {
            None => 0,
            Some(offset) => match hexadecimal(offset) {
                Some(offset) => offset.map_err(|()| invalid(text))?,
                None => offset.parse().map_err(|_| invalid(text))?,
            },
        };
        Ok(address.wrapping_add(offset))
    }
}

fn invalid(text: &str) -> Error {
    Error::value(format!(
        "invalid address: '{text}': expected symbol+offset or 0x..."
    ))
}

/// The number behind `0x`, if that is how the text starts.
fn hexadecimal(text: &str) -> Option<std::result::Result<u64, ()>> {
    let digits = text
        .strip_prefix("0x")
        .or_else(|| text.strip_prefix("0X"))?;
    let number = match digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        true => u64::from_str_radix(digits, 16).map_err(|_| ()),
        false => Err(()),
    };
    Some(number)
}
