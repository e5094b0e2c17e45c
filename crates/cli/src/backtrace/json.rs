use super::{Backtrace, Backtraces, Line, Local};
use serde_json::{Value, json};
use spelunk_program::Signature;

impl Backtraces {
    /// The result as JSON: an object with `threads` and `problems`. Addresses are text, since many
    /// readers of JSON keep no integers above 2^53.
    #[must_use]
    pub fn json(&self) -> String {
        let threads: Vec<Value> = self.threads.iter().map(thread).collect();
        let mut text = format!(
            "{:#}",
            json!({ "threads": threads, "problems": self.problems })
        );
        text.push('\n');
        text
    }
}

fn thread(thread: &Backtrace) -> Value {
    json!({
        "tid": thread.tid,
        "name": thread.name,
        "crashed": thread.is_crashed,
        "crash_reason": thread.crash_reason,
        "signature": thread.signature.as_ref().map(Signature::digest),
        "frames": thread.frames.iter().map(frame).collect::<Vec<_>>(),
        "gap": thread.gap.as_ref().map(ToString::to_string),
        "end": thread.end.to_string(),
    })
}

fn frame(line: &Line) -> Value {
    let source = line.source.as_ref();
    let mut frame = json!({
        "index": line.index,
        "function": line.function,
        "module": line.module,
        "file": source.map(|source| &*source.filename),
        "line": source.map(|source| source.line),
        "column": source.map(|source| source.column),
        "pc": line.pc.map(|pc| format!("{pc:#x}")),
        "inline": line.is_inline,
        "tail_call": line.is_tail_call,
        "user": line.is_user,
        "found_by": line.found_by.to_string(),
        "guess": line.found_by.is_guess(),
    });
    if let Some(frame) = frame.as_object_mut()
        && !line.locals.is_empty()
    {
        // A list: variables of inner blocks may have the names of those around them.
        frame.insert("locals".into(), line.locals.iter().map(local).collect());
    }
    frame
}

fn local(local: &Local) -> Value {
    json!({ "name": local.name, "value": local.value, "how": local.how })
}
