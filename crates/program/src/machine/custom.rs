use super::Machine;
use spelunk_image::Vmcoreinfo;

/// A machine of which a user gives the memory.
pub(crate) struct CustomMachine {
    pub(crate) info: Vmcoreinfo,
    pub(crate) is_live: bool,
}

impl Machine for CustomMachine {
    fn describe(&self) -> String {
        "custom memory".to_owned()
    }

    fn is_live(&self) -> bool {
        self.is_live
    }

    fn is_memory_given_later(&self) -> bool {
        true
    }

    fn vmcoreinfo(&self) -> Option<Vmcoreinfo> {
        Some(self.info.clone())
    }
}
