//! Thread-local variables at the scope of files and classes: each thread has its own.

use crate::{Error, Module, Program, Result, Thread};
use spelunk_debuginfo::{FoundObject, ObjectKinds, ObjectValue};
use spelunk_object::{AbsenceReason, Object};
use spelunk_unwind::Registers;
use std::sync::Arc;

impl Thread {
    /// The variable called `name`, defined in `filename` if that is given: this thread's own if it is
    /// thread-local, else the program's.
    ///
    /// # Errors
    ///
    /// As [`Program::object`]; a lookup error if the thread has none yet.
    pub fn variable(
        &self,
        program: &Program,
        name: &str,
        filename: Option<&str>,
    ) -> Result<Object> {
        let kinds = ObjectKinds::VARIABLE;
        if let Some(local) = program.find_thread_local(name, kinds, filename)? {
            return local.of(program, self, name);
        }
        program.object(name, kinds, filename)
    }
}

/// A variable of which each thread has its own.
pub(crate) struct ThreadLocal {
    found: FoundObject,
    module: Arc<Module>,
    /// Where it is in what a thread has for the module.
    offset: u64,
}

impl ThreadLocal {
    /// What the thread with these registers has.
    pub(crate) fn at(&self, program: &Program, registers: &Registers) -> Result<Object> {
        let os = program.lookup_os()?;
        let address = os.thread_local(program, registers, &self.module, self.offset)?;
        Ok(Object::at(self.found.ty, address))
    }

    /// What `thread` has; `name` is for the message.
    fn of(&self, program: &Program, thread: &Thread, name: &str) -> Result<Object> {
        let registers = || program.lookup_os()?.initial_registers(program, thread);
        let object = registers().and_then(|initial| self.at(program, &initial.registers));
        object.map_err(|error| error.context(format!("'{name}' of thread {}", thread.tid)))
    }
}

impl Program {
    /// The thread-local variable that debugging information has under this name.
    pub(crate) fn find_thread_local(
        &self,
        name: &str,
        kinds: ObjectKinds,
        filename: Option<&str>,
    ) -> Result<Option<ThreadLocal>> {
        let found = self.debug_info.find_object(name, filename, kinds)?;
        Ok(found.and_then(|found| self.as_thread_local(found)))
    }

    fn as_thread_local(&self, found: FoundObject) -> Option<ThreadLocal> {
        let ObjectValue::ThreadLocal(offset) = found.value else {
            return None;
        };
        let files = self.debug_info.files();
        let file = files.get(found.file)?;
        let mut modules = self.modules().into_iter();
        let module = modules.find(|module| {
            let debug = module.debug_file();
            debug.is_some_and(|debug| Arc::ptr_eq(debug.debug(), file))
        })?;
        Some(ThreadLocal {
            found,
            module,
            offset,
        })
    }

    /// What the main thread has of a thread-local variable.
    pub(crate) fn object_of_main_thread(&self, found: &FoundObject, name: &str) -> Result<Object> {
        let local = self.as_thread_local(found.clone());
        let (Some(os), Some(local)) = (self.os(), local) else {
            return Ok(Object::absent(found.ty, AbsenceReason::NotImplemented));
        };
        let thread = os.main_thread(self).map_err(|error| {
            error.context(format!(
                "'{name}' is thread-local; ask a thread for its own (thread.variable)"
            ))
        })?;
        local.of(self, &thread, name)
    }

    /// What a frame of the thread with these registers means by a name that is not local.
    pub(crate) fn object_in_thread(
        &self,
        registers: Option<&Registers>,
        name: &str,
        filename: Option<&str>,
    ) -> Result<Option<Object>> {
        let kinds = ObjectKinds::ANY;
        match self.find_thread_local(name, kinds, filename)? {
            Some(local) => {
                let registers = registers.ok_or_else(|| {
                    Error::lookup(format!(
                        "'{name}' is thread-local, and the thread not known"
                    ))
                })?;
                local.at(self, registers).map(Some)
            }
            None => self.find_object(name, kinds, filename),
        }
    }
}
