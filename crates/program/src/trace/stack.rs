use super::StackCopy;
use super::call::Call;
use super::entered::Entered;
use std::sync::Arc;

/// The calls of a trace, innermost first.
#[derive(Default)]
pub(super) struct Stack {
    pub(super) calls: Vec<Arc<Call>>,
    /// What was on it, if the thread runs on.
    pub(super) copy: Option<StackCopy>,
}

/// Which call of a stack: one that is there, or one whose frame is gone since its function ended in
/// a jump to the next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct At {
    /// The call that is there.
    pub(super) index: usize,
    /// 0 for that itself, else the how manieth of those outside of it that are gone.
    pub(super) gone: usize,
}

impl Stack {
    /// The call, if it is known.
    pub(super) fn call(&self, at: At) -> Option<&Arc<Call>> {
        let call = self.calls.get(at.index)?;
        match at.gone.checked_sub(1) {
            None => Some(call),
            Some(gone) => call.known_entry()?.gone.get(gone),
        }
    }
}

impl Call {
    fn known_entry(&self) -> Option<&Entered> {
        self.entered.get()?.as_ref().ok()
    }
}
