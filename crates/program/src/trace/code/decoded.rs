use super::function::Function;
use crate::Program;
use crate::trace::unwinder::StackMemory;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Bytes of code whose instructions are kept; they take ten times as much.
const MAX_SIZE: usize = 1 << 18;

/// Functions that were decoded. Each stands for its code as long as that has the same bytes: tasks
/// that sleep do so in few functions.
#[derive(Default)]
pub(crate) struct DecodedFunctions(RwLock<Known>);

#[derive(Default)]
struct Known {
    /// The number of files that symbols are known from.
    files: usize,
    /// By an address that was asked for.
    functions: HashMap<u64, Arc<Function>>,
    size: usize,
}

impl DecodedFunctions {
    /// The function around `address`.
    pub(super) fn around(
        &self,
        program: &Program,
        memory: &StackMemory<'_>,
        address: u64,
    ) -> Option<Arc<Function>> {
        let files = program.debug_info().files().len();
        if let Some(function) = self.find(files, address)
            && function.is_as_in(memory)
        {
            return Some(function);
        }
        let function = Arc::new(Function::around(program, memory, address)?);
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.files != files || known.size > MAX_SIZE {
            *known = Known {
                files,
                ..Known::default()
            };
        }
        known.size = known.size.saturating_add(function.size());
        known.functions.insert(address, Arc::clone(&function));
        Some(function)
    }

    fn find(&self, files: usize, address: u64) -> Option<Arc<Function>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let function = known.functions.get(&address);
        function.filter(|_| known.files == files).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Symbol, SymbolIndex};
    use spelunk_base::{Architecture, Platform};
    use spelunk_elf::constants::{STB_LOCAL, STT_FUNC};
    use spelunk_memory::{AddressSpace, SegmentFault, SegmentReader};
    use std::sync::Mutex;

    const F: u64 = 0x1000;
    const COLD: u64 = 0x2000;

    /// Memory from `F` on, which may change.
    struct Changing(Mutex<Vec<u8>>);

    impl SegmentReader for Changing {
        fn read(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SegmentFault> {
            let start = usize::try_from(offset).unwrap();
            let bytes = self.0.lock().unwrap();
            buffer.copy_from_slice(&bytes[start..start + buffer.len()]);
            Ok(())
        }
    }

    #[test]
    fn functions_are_decoded_again_where_their_code_changes() {
        let mut bytes = vec![0; 0x1100];
        // jne COLD; jne COLD + 1; ret
        bytes[..13].copy_from_slice(&[
            0x0f, 0x85, 0xfa, 0x0f, 0, 0, 0x0f, 0x85, 0xf5, 0x0f, 0, 0, 0xc3,
        ]);
        // nop; jmp F + 12
        bytes[0x1000..0x1006].copy_from_slice(&[0x90, 0xe9, 0x06, 0xf0, 0xff, 0xff]);
        let memory = Arc::new(Changing(Mutex::new(bytes)));
        let program = Program::new(Some(Platform::of(Architecture::X86_64)));
        program.add_memory_segment(
            AddressSpace::Virtual,
            F,
            0x1100,
            Arc::clone(&memory) as Arc<dyn SegmentReader>,
        );
        let symbol = |name: &str, address, size| Symbol {
            name: name.into(),
            address,
            size,
            binding: STB_LOCAL,
            kind: STT_FUNC,
        };
        let symbols = SymbolIndex::new(vec![symbol("f", F, 13), symbol("f.cold", COLD, 6)]);
        let finders = program.symbol_finders();
        finders
            .register("test", Arc::new(symbols), Some(0))
            .unwrap();

        let around = |address| {
            let memory = StackMemory::now(&program);
            let decoded = &program.decoded_functions;
            decoded.around(&program, &memory, address).unwrap()
        };
        let first = around(F + 7);
        assert_eq!(first.instructions.len(), 3);
        assert_eq!(first.size(), 13 + 6, "two jumps lead to the cold part");
        assert!(!first.is_reached_from_before(2), "the cold part jumps here");
        assert!(Arc::ptr_eq(&first, &around(F + 7)));

        // The cold part jumps elsewhere now.
        memory.0.lock().unwrap()[0x1002] = 0;
        let second = around(F + 7);
        assert!(second.is_reached_from_before(2));
        assert!(Arc::ptr_eq(&second, &around(F + 7)));
    }
}
