use super::Machine;
use spelunk_image::{Image, Vmcoreinfo};

/// The machine that this program runs on: `/proc/kcore`.
///
/// Its notes of registers tell of the process that opens the file, and of no CPU.
pub(crate) struct KcoreMachine {
    pub(crate) info: Vmcoreinfo,
}

impl KcoreMachine {
    /// `image` is `/proc/kcore`; `None` if that does not tell what kernel it is of.
    pub(crate) fn find(image: &Image) -> Option<Self> {
        let info = image.vmcoreinfo()?.clone();
        Some(Self { info })
    }
}

impl Machine for KcoreMachine {
    fn describe(&self) -> String {
        "the running kernel".to_owned()
    }

    fn is_live(&self) -> bool {
        true
    }

    fn is_local(&self) -> bool {
        true
    }

    /// `KCORE_RAM`, `KCORE_TEXT`, `KCORE_VMALLOC`, `KCORE_VMEMMAP` in `include/linux/kcore.h`.
    fn has_virtual_memory(&self) -> bool {
        true
    }

    fn vmcoreinfo(&self) -> Option<Vmcoreinfo> {
        Some(self.info.clone())
    }
}
