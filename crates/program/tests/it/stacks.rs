//! Stacks of many threads at once.

use crate::files::Directory;
use crate::system::program;
use spelunk_program::{ErrorKind, StackEnd, StackOptions, Thread};

#[test]
fn a_stack_that_cannot_be_begun_says_why() {
    let directory = Directory::new();
    let program = program(&directory);
    let threads = [1, 2].map(|tid| Thread { tid, object: None });
    let traces = program
        .stack_traces(&threads, StackOptions::default())
        .unwrap();
    assert_eq!(traces.len(), 2);
    for trace in traces {
        assert!(trace.frames().is_empty());
        let StackEnd::Lost { reason } = trace.end() else {
            panic!("{:?}", trace.end());
        };
        assert!(reason.contains("address is not mapped: 0x5678"), "{reason}");
        // Nothing is left to tell it from others by.
        assert_eq!(trace.signature(&program, 5), None);
    }
}

#[test]
fn who_cancels_waits_for_no_more_stacks() {
    let directory = Directory::new();
    let program = program(&directory);
    program.cancel().cancel();
    let threads = [Thread {
        tid: 1,
        object: None,
    }];
    let result = program.stack_traces(&threads, StackOptions::default());
    assert_eq!(*result.unwrap_err().kind(), ErrorKind::Cancelled);
}
