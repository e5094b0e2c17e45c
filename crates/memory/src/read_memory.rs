use crate::{AddressSpace, Fault};
use spelunk_base::ByteOrder;

/// Something whose memory can be read: a dump, a running kernel, a process, or a test.
///
/// Called from many threads at once.
pub trait ReadMemory: Send + Sync {
    /// Fills `buf` with the bytes from `address` on.
    ///
    /// # Errors
    ///
    /// A [`Fault`] at the first address that cannot be read. What `buf` then holds is not defined.
    fn read(&self, space: AddressSpace, address: u64, buf: &mut [u8]) -> Result<(), Fault>;

    /// The byte at `address`.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read). So do all others.
    fn read_u8(&self, space: AddressSpace, address: u64) -> Result<u8, Fault> {
        let mut bytes = [0];
        self.read(space, address, &mut bytes)?;
        Ok(u8::from_ne_bytes(bytes))
    }

    /// The 16-bit integer at `address`.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    fn read_u16(&self, space: AddressSpace, address: u64, order: ByteOrder) -> Result<u16, Fault> {
        let mut bytes = [0; 2];
        self.read(space, address, &mut bytes)?;
        Ok(order.u16(bytes))
    }

    /// The 32-bit integer at `address`.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    fn read_u32(&self, space: AddressSpace, address: u64, order: ByteOrder) -> Result<u32, Fault> {
        let mut bytes = [0; 4];
        self.read(space, address, &mut bytes)?;
        Ok(order.u32(bytes))
    }

    /// The 64-bit integer at `address`.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    fn read_u64(&self, space: AddressSpace, address: u64, order: ByteOrder) -> Result<u64, Fault> {
        let mut bytes = [0; 8];
        self.read(space, address, &mut bytes)?;
        Ok(order.u64(bytes))
    }

    /// The unsigned integer of `size` bytes (8 at most) at `address`, such as a pointer.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    fn read_uint(
        &self,
        space: AddressSpace,
        address: u64,
        size: u8,
        order: ByteOrder,
    ) -> Result<u64, Fault> {
        let mut bytes = [0; 8];
        let (bytes, _) = bytes.split_at_mut(usize::from(size.min(8)));
        self.read(space, address, bytes)?;
        Ok(order.uint(bytes))
    }

    /// The bytes from `address` to the next NUL, without it, or `max_size` bytes if there is no
    /// NUL among them.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read), if a fault comes before the end of the string.
    fn read_c_string(
        &self,
        space: AddressSpace,
        address: u64,
        max_size: usize,
    ) -> Result<Vec<u8>, Fault> {
        // Chunks end at multiples of their size, so that none reaches into a page that the string
        // does not reach.
        const CHUNK: usize = 64;
        let mut string = Vec::new();
        let mut address = address;
        while string.len() < max_size {
            let mut chunk = [0; CHUNK];
            let misaligned = usize::try_from(address % CHUNK as u64).unwrap_or(0);
            let size = CHUNK
                .saturating_sub(misaligned)
                .min(max_size.saturating_sub(string.len()));
            let (mut chunk, _) = chunk.split_at_mut(size);
            let mut end_of_memory = None;
            if let Err(fault) = self.read(space, address, chunk) {
                // The string may end before the memory does, in the middle of the chunk.
                let readable = fault.address.wrapping_sub(address).min(size as u64);
                (chunk, _) = chunk.split_at_mut(usize::try_from(readable).unwrap_or(0));
                self.read(space, address, chunk)?;
                end_of_memory = Some(fault);
            }
            if let Some(end) = chunk.iter().position(|byte| *byte == 0) {
                string.extend(chunk.iter().take(end));
                break;
            }
            if let Some(fault) = end_of_memory {
                return Err(fault);
            }
            string.extend_from_slice(chunk);
            address = address.wrapping_add(size as u64);
        }
        Ok(string)
    }
}
