/// Operators that the brackets of templates are part of.
const OPERATORS: [&str; 10] = [
    "<=>", "<<=", ">>=", "->*", "<<", ">>", "<=", ">=", "->", "<",
];

/// `shapes::array::first` for `shapes::array<int, 3>::first`; `None` for a path that has no
/// arguments.
pub(crate) fn without_arguments(path: &str) -> Option<String> {
    // Most names have none, and are asked of hundreds of files.
    if !path.contains('<') {
        return None;
    }
    let mut simple = String::with_capacity(path.len());
    let mut depth = 0u32;
    let mut rest = path;
    while let Some(next) = rest.chars().next() {
        let length = match next {
            '\'' => quoted(rest),
            'o' if depth == 0 => operator(&simple, rest),
            _ => next.len_utf8(),
        };
        let (token, after) = rest.split_at_checked(length)?;
        match token {
            "<" => depth = depth.saturating_add(1),
            ">" => depth = depth.checked_sub(1)?,
            _ if depth == 0 => simple.push_str(token),
            _ => {}
        }
        rest = after;
    }
    (depth == 0 && simple != path).then_some(simple)
}

/// The length of the character between quotes that `text` starts with.
fn quoted(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, next) in text.char_indices().skip(1) {
        match next {
            '\'' if !is_escaped => return at.saturating_add(1),
            '\\' => is_escaped = !is_escaped,
            _ => is_escaped = false,
        }
    }
    1
}

/// The length of the operator's name that `text` may start with, behind `before`.
fn operator(before: &str, text: &str) -> usize {
    let starts_here = !before.ends_with(|last: char| last.is_alphanumeric() || last == '_');
    let Some(sign) = text.strip_prefix("operator").filter(|_| starts_here) else {
        return 1;
    };
    let sign = OPERATORS
        .iter()
        .find(|operator| sign.starts_with(*operator));
    "operator"
        .len()
        .saturating_add(sign.map_or(0, |sign| sign.len()))
}

/// Whether two paths are the same but for blanks, of which compilers put more or less.
pub(crate) fn is_same_path(one: &str, other: &str) -> bool {
    words(one).eq(words(other))
}

/// The characters of a path with the blanks that part words.
fn words(path: &str) -> impl Iterator<Item = char> {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let mut last = ' ';
    let mut characters = path.chars().peekable();
    std::iter::from_fn(move || {
        loop {
            let next = characters.next()?;
            let parts = is_word(last) && characters.peek().is_some_and(|next| is_word(*next));
            if next != ' ' || parts {
                last = next;
                return Some(next);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_left_out() {
        let pairs = [
            ("shapes::array<int, 3>", "shapes::array"),
            ("a<b<c>, (d)3>::e<f> ::g", "a::e ::g"),
            ("values<'>', '\\'', '<'>::b", "values::b"),
            ("operator< <int>", "operator< "),
            ("a<int>::operator->", "a::operator->"),
            ("P<int (*)(int, ...)>", "P"),
        ];
        for (full, simple) in pairs {
            assert_eq!(without_arguments(full).as_deref(), Some(simple), "{full}");
        }
        for plain in ["a::b", "operator<", "a::operator>>=", "a<b", "a>b<"] {
            assert_eq!(without_arguments(plain), None, "{plain}");
        }
    }

    #[test]
    fn blanks_that_part_no_words_do_not_count() {
        assert!(is_same_path("a<b<int> >", "a<b<int>>"));
        assert!(is_same_path("a<const char *>", "a<const char*>"));
        assert!(!is_same_path("a<unsigned int>", "a<unsignedint>"));
    }
}
