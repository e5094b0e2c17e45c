use super::{Backtrace, Backtraces, Line, Local};
use spelunk_program::StackEnd;
use std::fmt::Write;

/// Parts of the text that have a colour, by the codes of ECMA-48's SGR.
#[derive(Clone, Copy)]
enum Style {
    /// Bold.
    Thread,
    /// Red and bold.
    Crash,
    /// Yellow.
    Function,
    /// Green.
    Source,
    /// Faint.
    Note,
}

impl Style {
    fn code(self) -> &'static str {
        match self {
            Self::Thread => "1",
            Self::Crash => "1;31",
            Self::Function => "33",
            Self::Source => "32",
            Self::Note => "2",
        }
    }
}

/// Text that grows, with or without colours.
struct Page {
    text: String,
    is_coloured: bool,
}

impl Page {
    fn plain(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn styled(&mut self, style: Style, text: &str) {
        if self.is_coloured {
            let _ = write!(self.text, "\x1b[{}m{text}\x1b[0m", style.code());
        } else {
            self.plain(text);
        }
    }
}

impl Backtraces {
    /// The result as text: a line for each thread, frame and variable, and an empty one between
    /// threads.
    #[must_use]
    pub fn text(&self, is_coloured: bool) -> String {
        let mut page = Page {
            text: String::new(),
            is_coloured,
        };
        for (index, thread) in self.threads.iter().enumerate() {
            if index > 0 {
                page.plain("\n");
            }
            write_thread(&mut page, thread);
        }
        page.text
    }
}

fn write_thread(page: &mut Page, thread: &Backtrace) {
    let name = thread.name.as_ref();
    let name = name.map_or(String::new(), |name| format!(" {}", printable(name)));
    page.styled(Style::Thread, &format!("{}{name}", thread.tid));
    if thread.is_crashed {
        page.plain(" ");
        page.styled(Style::Crash, "crashed");
        if let Some(reason) = &thread.crash_reason {
            page.plain(&format!(": {reason}"));
        }
    }
    if let Some(signature) = &thread.signature {
        page.styled(Style::Note, &format!(" {signature}"));
    }
    page.plain("\n");
    let mut gap = thread.gap.as_ref();
    for line in &thread.frames {
        if let Some(gap) = gap.take_if(|_| line.is_user) {
            page.styled(Style::Note, &format!("    gap: {gap}"));
            page.plain("\n");
        }
        write_frame(page, line);
    }
    if !matches!(thread.end, StackEnd::Outermost | StackEnd::UserCode) {
        page.styled(Style::Note, &format!("    end: {}", thread.end));
        page.plain("\n");
    }
}

fn write_frame(page: &mut Page, line: &Line) {
    page.plain(&format!("#{:<3} ", line.index));
    page.styled(Style::Function, &line.function);
    if let Some(module) = &line.module {
        page.plain(&format!(" [{module}]"));
    }
    if let Some(source) = &line.source {
        page.plain(" ");
        page.styled(Style::Source, &source.place());
    }
    for (is_so, mark) in [
        (line.is_inline, " (inlined)"),
        (line.is_tail_call, " (tail call)"),
        (line.is_user, " (user)"),
        (line.found_by.is_guess(), " (guess)"),
    ] {
        if is_so {
            page.styled(Style::Note, mark);
        }
    }
    page.plain("\n");
    for local in &line.locals {
        write_local(page, local);
    }
}

fn write_local(page: &mut Page, local: &Local) {
    page.plain(&format!("        {} = ", local.name));
    match &local.value {
        Some(value) => page.plain(&value.replace('\n', "\n        ")),
        None => page.styled(Style::Note, &format!("<{}>", local.how)),
    }
    page.plain("\n");
}

/// A name out of the target, which may hold anything, without what moves a terminal's cursor.
fn printable(name: &str) -> String {
    let printable = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    name.chars().map(printable).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use spelunk_program::{FoundBy, SourceLocation};

    fn line(index: usize, function: &str) -> Line {
        Line {
            index,
            function: function.into(),
            module: None,
            source: None,
            pc: Some(0xffff_ffff_8100_0000),
            is_inline: false,
            is_tail_call: false,
            is_user: false,
            found_by: FoundBy::Registers,
            locals: Vec::new(),
        }
    }

    fn result() -> Backtraces {
        let local = |name: &str, value: Option<&str>, how: &str| Local {
            name: name.into(),
            value: value.map(Into::into),
            how: how.into(),
        };
        let inner = Line {
            module: Some("some_driver".into()),
            source: Some(SourceLocation {
                function: None,
                filename: "a.c".into(),
                line: 3,
                column: 4,
            }),
            is_inline: true,
            locals: vec![
                local("s", Some("(struct s){\n\t.a = 1,\n}"), "memory"),
                local("i", None, "absent: it is gone"),
                local("i", Some("(int)2"), "register rax"),
            ],
            ..line(0, "inner")
        };
        let tail = Line {
            is_tail_call: true,
            found_by: FoundBy::FramePointer,
            ..line(1, "tail")
        };
        let thread = |tid, name: &str, is_crashed, frames, end| Backtrace {
            tid,
            name: Some(name.into()),
            is_crashed,
            crash_reason: None,
            signature: None,
            frames,
            gap: None,
            end,
        };
        let lost = StackEnd::Lost {
            reason: "it is lost".into(),
        };
        Backtraces {
            threads: vec![
                thread(7, "a\x1b[2J", true, vec![inner, tail], StackEnd::Outermost),
                thread(1, "init", false, Vec::new(), lost),
            ],
            problems: vec!["thread 5 not found".into()],
        }
    }

    #[test]
    fn text_has_a_line_for_each_frame_and_variable() {
        let expected = "\
7 a\u{fffd}[2J crashed
#0   inner [some_driver] a.c:3:4 (inlined)
        s = (struct s){
        \t.a = 1,
        }
        i = <absent: it is gone>
        i = (int)2
#1   tail (tail call) (guess)

1 init
    end: it is lost
";
        assert_eq!(result().text(false), expected);
    }

    #[test]
    fn colours_change_nothing_else() {
        let coloured = result().text(true);
        assert!(coloured.contains("\x1b[33minner\x1b[0m"));
        let mut plain = String::new();
        for part in coloured.split('\x1b') {
            let text = part.strip_prefix('[').and_then(|part| part.split_once('m'));
            plain += text.map_or(part, |(_, text)| text);
        }
        assert_eq!(plain, result().text(false));
    }

    #[test]
    fn json_says_all_of_it() {
        let json: serde_json::Value = serde_json::from_str(&result().json()).unwrap();
        assert_eq!(json["problems"][0], "thread 5 not found");
        assert_eq!(json["threads"][1]["end"], "it is lost");
        assert_eq!(json["threads"][1]["signature"], serde_json::Value::Null);
        let [inner, tail] = &json["threads"][0]["frames"].as_array().unwrap()[..] else {
            panic!("{json}");
        };
        assert_eq!(inner["file"], "a.c");
        assert_eq!(inner["pc"], "0xffffffff81000000");
        let [s, outer, hides_it] = &inner["locals"].as_array().unwrap()[..] else {
            panic!("{inner}");
        };
        assert_eq!((&s["name"], &s["how"]), (&"s".into(), &"memory".into()));
        assert_eq!(outer["name"], "i");
        assert_eq!(outer["value"], serde_json::Value::Null);
        assert_eq!(outer["how"], "absent: it is gone");
        assert_eq!(
            (&hides_it["name"], &hides_it["value"]),
            (&"i".into(), &"(int)2".into())
        );
        assert_eq!(tail["line"], serde_json::Value::Null);
        assert_eq!(tail["found_by"], "frame pointer (guess)");
        assert_eq!(
            (&inner["guess"], &tail["guess"]),
            (&false.into(), &true.into())
        );
        assert!(tail.get("locals").is_none());
    }
}
