use crate::error::DebugInfoError;
use crate::sources::{SourceFile, Sources};
use gimli::SectionId;
use memchr::memmem::Finder;
use rayon::prelude::*;

/// Bytes that one thread looks through at a time.
const CHUNK: usize = 4 << 20;

/// Whether `word` may be the name of an entry, with template arguments or without: whether it stands
/// at the end of any text, or in front of a `<`. That takes a hundredth of the time that it takes to
/// make an index of the names in namespaces.
pub(super) fn is_mentioned(sources: &Sources, word: &str) -> Result<bool, DebugInfoError> {
    sources.lookup_found()?;
    let finder = Finder::new(word.as_bytes());
    let texts = |file: &SourceFile| {
        let mut texts = [SectionId::DebugStr, SectionId::DebugLineStr].into_iter();
        texts.any(|id| has_name(file.strings(id).unwrap_or_default(), &finder))
    };
    // Where there is only one entry of a name, or it is short, the name may stand in the entry.
    let units = || {
        let mut units = sources.load_units().into_iter();
        units.any(|(_, data)| has_name(&data, &finder))
    };
    Ok((0..).map_while(|number| sources.file(number)).any(texts) || units())
}

fn has_name(bytes: &[u8], finder: &Finder<'_>) -> bool {
    let length = finder.needle().len();
    (0..bytes.len().div_ceil(CHUNK))
        .into_par_iter()
        .any(|chunk| {
            let start = chunk.saturating_mul(CHUNK);
            let end = start.saturating_add(CHUNK).saturating_add(length);
            let chunk = bytes.get(start..end.min(bytes.len())).unwrap_or_default();
            finder
                .find_iter(chunk)
                .filter_map(|at| chunk.get(at.checked_add(length)?))
                .any(|next| matches!(next, 0 | b'<'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_ends_with_the_text_or_at_its_arguments() {
        let has = |bytes: &[u8], word: &str| has_name(bytes, &Finder::new(word));
        let text = b"int\0vector<int>\0string\0";
        for word in ["int", "vector", "string", "ring"] {
            assert!(has(text, word), "{word}");
        }
        for word in ["vec", "str", "strings", "vector<"] {
            assert!(!has(text, word), "{word}");
        }
        // Also where two threads meet.
        for before in CHUNK - 5..CHUNK + 2 {
            let mut bytes = vec![b'x'; CHUNK + 100];
            bytes[before..before + 4].copy_from_slice(b"abc\0");
            assert!(has(&bytes, "abc"), "{before}");
        }
    }
}
