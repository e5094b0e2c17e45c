use super::{Backtrace, Backtraces, Line, Local};
use crate::BacktraceOptions;
use rayon::prelude::*;
use spelunk_object::FormatOptions;
use spelunk_program::{
    Error, ErrorKind, Frame, LocalValue, ModuleKind, Program, Result, Signature, StackOptions,
    StackTrace, TailCallFrames, Thread,
};

/// The stacks that `options` ask for. Threads that do not exist are among the problems.
///
/// # Errors
///
/// If no thread is known, or the user cancelled.
pub fn backtraces(program: &Program, options: &BacktraceOptions) -> Result<Backtraces> {
    let crashed = program.crashed_thread();
    let crashed_tid = crashed.as_ref().ok().map(|thread| thread.tid);
    let reason = program.os().and_then(|os| os.crash_reason());
    let mut problems = Vec::new();
    let threads = if options.all {
        all(program, crashed.ok(), &mut problems)?
    } else if options.tids.is_empty() {
        vec![crashed.or_else(|error| instead_of_crashed(program, error))?]
    } else {
        named(program, &options.tids, &mut problems)?
    };
    let traces = program.stack_traces(
        &threads,
        StackOptions {
            tail_calls: TailCallFrames::PutBack,
            user_frames: options.user && program.os().is_some_and(|os| os.is_kernel()),
        },
    )?;
    let stacks: Vec<(Thread, StackTrace)> = threads.into_iter().zip(traces).collect();
    let threads = stacks.par_iter().map(|(thread, trace)| {
        program.cancel().check()?;
        Ok(Backtrace {
            tid: thread.tid,
            name: name(program, thread),
            is_crashed: crashed_tid == Some(thread.tid),
            crash_reason: reason.clone().filter(|_| crashed_tid == Some(thread.tid)),
            signature: trace.signature(program, Signature::DEPTH),
            frames: lines(program, trace, options.locals)?,
            gap: trace.gap().cloned(),
            end: trace.end().clone(),
        })
    });
    let threads = threads.collect::<Result<Vec<_>>>()?;
    problems.extend(no_stack(&threads));
    Ok(Backtraces { threads, problems })
}

/// What is wrong if none of the threads has a frame.
fn no_stack(threads: &[Backtrace]) -> Option<String> {
    let reason = &threads.first()?.end;
    let none = threads.iter().all(|thread| thread.frames.is_empty());
    none.then(|| format!("no stack could be read: {reason}"))
}

/// All threads, the crashed one first: it may be one of those that no list has, an idle one.
fn all(
    program: &Program,
    crashed: Option<Thread>,
    problems: &mut Vec<String>,
) -> Result<Vec<Thread>> {
    let (mut threads, damage) = program.listed_threads()?;
    problems.extend(damage.map(|damage| format!("the list of threads ends early: {damage}")));
    if let Some(crashed) = crashed {
        // Idle threads have the same ID on all processors.
        threads.retain(|thread| thread.tid != crashed.tid);
        threads.insert(0, crashed);
    }
    Ok(threads)
}

/// A running process has not crashed.
fn instead_of_crashed(program: &Program, error: Error) -> Result<Thread> {
    if program.os().is_some_and(|os| os.is_kernel()) {
        let text = format!("{error}: name threads by their IDs, or -a for all");
        return Err(Error::lookup(text));
    }
    program.main_thread()
}

fn named(program: &Program, tids: &[u64], problems: &mut Vec<String>) -> Result<Vec<Thread>> {
    let mut threads = Vec::new();
    for tid in tids {
        match program.thread(*tid) {
            Ok(thread) => threads.push(thread),
            Err(error) if *error.kind() == ErrorKind::Cancelled => return Err(error),
            Err(error) => problems.push(error.to_string()),
        }
    }
    Ok(threads)
}

fn name(program: &Program, thread: &Thread) -> Option<String> {
    let name = thread.name(program).ok()??;
    Some(String::from_utf8_lossy(&name).into_owned())
}

fn lines(program: &Program, trace: &StackTrace, with_locals: bool) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for frame in trace.frames() {
        let program = trace.program_of(frame.index(), program);
        lines.push(Line {
            index: frame.index(),
            function: frame.name(program),
            module: module(frame),
            source: frame.source().ok().cloned(),
            pc: frame.pc(),
            is_inline: frame.is_inline(),
            is_tail_call: frame.is_tail_call(),
            is_user: trace.is_user(frame.index()),
            found_by: frame.found_by(),
            locals: match with_locals {
                true => locals(program, frame)?,
                false => Vec::new(),
            },
        });
    }
    Ok(lines)
}

/// The name of the frame's module, unless it is the main one.
fn module(frame: &Frame) -> Option<String> {
    let module = frame.module()?;
    let file = module.name().rsplit('/').next()?;
    (module.kind() != ModuleKind::Main).then(|| file.to_owned())
}

fn locals(program: &Program, frame: &Frame) -> Result<Vec<Local>> {
    program.cancel().check()?;
    match frame.local_values(program) {
        Ok(values) => Ok(values.into_iter().map(|it| local(program, it)).collect()),
        Err(error) => Ok(vec![Local {
            name: "?".into(),
            value: None,
            how: error.to_string(),
        }]),
    }
}

fn local(program: &Program, local: LocalValue) -> Local {
    let options = FormatOptions {
        dereference: false,
        ..FormatOptions::default()
    };
    let shown = local.found.and_then(|(object, how)| {
        match object.is_absent() && !object.has_known_parts() {
            true => Ok((None, how.to_string())),
            false => Ok((Some(object.format(program, &options)?), how.to_string())),
        }
    });
    let (value, how) = shown.unwrap_or_else(|error| (None, error.to_string()));
    Local {
        name: local.name.to_string(),
        value,
        how,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spelunk_program::{FoundBy, StackEnd};

    fn thread(frames: Vec<Line>) -> Backtrace {
        Backtrace {
            tid: 1,
            name: None,
            is_crashed: false,
            crash_reason: None,
            signature: None,
            frames,
            gap: None,
            end: StackEnd::Lost {
                reason: "it is lost".into(),
            },
        }
    }

    #[test]
    fn it_is_a_problem_if_there_is_no_stack_at_all() {
        let lost = || thread(Vec::new());
        let text = "no stack could be read: it is lost";
        assert_eq!(no_stack(&[lost(), lost()]).as_deref(), Some(text));
        let frame = Line {
            index: 0,
            function: "f".into(),
            module: None,
            source: None,
            pc: None,
            is_inline: false,
            is_tail_call: false,
            is_user: false,
            found_by: FoundBy::Registers,
            locals: Vec::new(),
        };
        assert_eq!(no_stack(&[lost(), thread(vec![frame])]), None);
        // Threads that do not exist are a problem of their own.
        assert_eq!(no_stack(&[]), None);
    }
}
