use spelunk_elf::SectionData;
use std::borrow::{Borrow, Cow};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::{Deref, Range};
use std::sync::Arc;

/// The name of a symbol, which stands in a table of strings that it keeps, or by itself: a program has
/// hundreds of thousands, of which few are looked at.
#[derive(Clone)]
pub struct SymbolName(Text);

#[derive(Clone)]
enum Text {
    Shared {
        strings: Arc<SectionData>,
        start: u32,
        end: u32,
    },
    Own(Box<str>),
}

impl SymbolName {
    /// The name in this range of the strings. What is not UTF-8 is replaced.
    pub(super) fn new(strings: &Arc<SectionData>, range: Range<usize>) -> Self {
        let bytes = strings.get(range.clone()).unwrap_or_default();
        let text = String::from_utf8_lossy(bytes);
        Self(
            match (&text, u32::try_from(range.start), u32::try_from(range.end)) {
                (Cow::Borrowed(_), Ok(start), Ok(end)) => Text::Shared {
                    strings: Arc::clone(strings),
                    start,
                    end,
                },
                _ => Text::Own(text.into()),
            },
        )
    }
}

impl Deref for SymbolName {
    type Target = str;

    fn deref(&self) -> &str {
        match &self.0 {
            Text::Shared {
                strings,
                start,
                end,
            } => {
                let bytes = strings.get(*start as usize..*end as usize);
                // A file that is written to under our feet may have any bytes by now.
                std::str::from_utf8(bytes.unwrap_or_default()).unwrap_or_default()
            }
            Text::Own(text) => text,
        }
    }
}

impl From<&str> for SymbolName {
    fn from(name: &str) -> Self {
        Self(Text::Own(name.into()))
    }
}

impl From<String> for SymbolName {
    fn from(name: String) -> Self {
        Self(Text::Own(name.into()))
    }
}

impl fmt::Display for SymbolName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl fmt::Debug for SymbolName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl PartialEq for SymbolName {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for SymbolName {}

impl PartialOrd for SymbolName {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SymbolName {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (**self).cmp(other)
    }
}

impl Hash for SymbolName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl Borrow<str> for SymbolName {
    fn borrow(&self) -> &str {
        self
    }
}
