//! What scripts answered, and where two debuggers' answers differ.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

/// How much of an answer is shown.
const WIDTH: usize = 300;

/// Keys and answers, as the script printed them.
pub(super) type Answers = BTreeMap<String, String>;

/// Whether an exception of drgn's must be one of ours.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Raised {
    /// The same, with the same message.
    Compared,
    /// Ours may be another, or a value.
    Ignored,
}

/// What is wrong in our answers, one text each.
pub(super) fn differences(
    ours: &Answers,
    theirs: &Answers,
    raised: Raised,
    is_better: impl Fn(&str) -> bool,
) -> Vec<String> {
    theirs
        .iter()
        .filter(|(_, answer)| raised == Raised::Compared || !answer.starts_with(r#"{"raised""#))
        .filter(|(key, answer)| ours.get(*key) != Some(answer) && !is_better(key))
        .map(|(key, answer)| {
            let our_answer = ours.get(key).map_or("nothing", String::as_str);
            let same = common_start(our_answer, answer);
            let (our_answer, answer) = (cut(our_answer, same), cut(answer, same));
            format!("  {key}\n    ours   {our_answer}\n    drgn's {answer}")
        })
        .collect()
}

pub(super) fn parse_answers(output: &str) -> Answers {
    output
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(key, answer)| (key.to_owned(), answer.to_owned()))
        .collect()
}

/// How many characters two answers have in common at the start.
fn common_start(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count()
}

/// An answer around the place where it starts to differ.
fn cut(answer: &str, same: usize) -> String {
    let skipped = same.saturating_sub(WIDTH / 3);
    let text: String = answer.chars().skip(skipped).take(WIDTH).collect();
    let dots = if skipped > 0 { "..." } else { "" };
    format!("{dots}{text}")
}

/// Where Spelunk's answers differ because they are better.
pub(super) struct Better {
    /// Script, dump, key; each may end in `*`.
    rules: Vec<[String; 3]>,
}

impl Better {
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let rules = text
            .lines()
            .map(
                |line| match line.split('\t').collect::<Vec<_>>().as_slice() {
                    [script, dump, key, _reason] => {
                        Ok([script, dump, key].map(|s| (*s).to_owned()))
                    }
                    _ => bail!(
                        "{}: no script, dump, key and reason: {line}",
                        path.display()
                    ),
                },
            )
            .collect::<Result<_>>()?;
        Ok(Self { rules })
    }

    pub(super) fn contains(&self, script: &str, dump: &str, key: &str) -> bool {
        let fits = |pattern: &String, text: &str| match pattern.strip_suffix('*') {
            Some(start) => text.starts_with(start),
            None => text == pattern,
        };
        self.rules
            .iter()
            .any(|[s, d, k]| fits(s, script) && fits(d, dump) && fits(k, key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_must_be_drgns_unless_drgn_has_none_or_ours_is_better() {
        let theirs = parse_answers("1\t\"a\"\n2\t{\"raised\": \"x\"}\n3\t\"c\"\n4\t4\n");
        let ours = parse_answers("1\t\"a\"\n2\t\"b\"\n3\t\"d\"\n5\t5\n");
        let wrong = |raised| differences(&ours, &theirs, raised, |key| key == "3");
        let different = "  4\n    ours   nothing\n    drgn's 4";
        assert_eq!(wrong(Raised::Ignored), [different]);
        let other = "  2\n    ours   \"b\"\n    drgn's {\"raised\": \"x\"}";
        assert_eq!(wrong(Raised::Compared), [other, different]);
    }

    #[test]
    fn rules_fit_whole_words_or_beginnings() {
        let better = Better {
            rules: vec![["stacks".into(), "panic*".into(), "12".into()]],
        };
        assert!(better.contains("stacks", "panic-5.10", "12"));
        assert!(!better.contains("stacks", "panic-5.10", "123"));
        assert!(!better.contains("variables", "panic", "12"));
    }
}
