//! The text of a definition: `NAME body`, `NAME(a,b) body` (DWARF 5, section 6.3.2.1).

/// The name that is defined or undefined.
pub(super) fn name(text: &[u8]) -> &[u8] {
    let end = text.iter().position(|byte| matches!(byte, b' ' | b'('));
    text.get(..end.unwrap_or(text.len())).unwrap_or(text)
}

/// What follows the name: the parameters of a macro that is called, and the body.
pub(super) fn parameters_and_body(behind: &str) -> (Option<Vec<&str>>, &str) {
    let Some((parameters, body)) = behind
        .strip_prefix('(')
        .and_then(|behind| behind.split_once(')'))
    else {
        return (None, behind.trim());
    };
    let names = parameters.split(',').map(str::trim);
    let names = names.filter(|name| !name.is_empty()).collect();
    (Some(names), body.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_fall_into_their_parts() {
        for (text, parameters, body) in [
            ("A", None, ""),
            ("A ", None, ""),
            ("A 1 + (2)", None, "1 + (2)"),
            ("A (b) c", None, "(b) c"),
            ("A() x", Some(vec![]), "x"),
            ("A(a,b...) a b", Some(vec!["a", "b..."]), "a b"),
            ("A(a, ...) a", Some(vec!["a", "..."]), "a"),
        ] {
            let name = name(text.as_bytes());
            assert_eq!(name, b"A");
            assert_eq!(
                parameters_and_body(&text[1..]),
                (parameters, body),
                "{text}"
            );
        }
    }
}
