//! Packets: `$DATA#CC`, where CC is the sum of the bytes of DATA modulo 256.

/// No packet is longer: servers say so themselves, and none says more than some KiB.
const MAX_PACKET: usize = 4 << 20;

/// What a server sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Packet {
    /// The last packet arrived whole.
    Ack,
    /// It did not: it is to be sent again.
    Nack,
    /// An answer, unescaped and with its runs expanded.
    Data(Vec<u8>),
    /// A packet that arrived damaged, or is longer than any.
    Damaged,
}

/// Takes packets out of the bytes that come.
#[derive(Default)]
pub struct PacketReader(Vec<u8>);

impl PacketReader {
    /// Adds what came.
    pub fn push(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// The next packet, if it is there as a whole. Notifications (`%`) are passed over, and so is what belongs to none.
    #[expect(
        clippy::should_implement_trait,
        reason = "None is no end: more may come"
    )]
    pub fn next(&mut self) -> Option<Packet> {
        loop {
            let start = self.0.iter().position(|byte| b"+-$%".contains(byte));
            self.0.drain(..start.unwrap_or(self.0.len()));
            match self.0.first()? {
                b'+' => {
                    self.0.drain(..1);
                    return Some(Packet::Ack);
                }
                b'-' => {
                    self.0.drain(..1);
                    return Some(Packet::Nack);
                }
                first => {
                    let is_notification = *first == b'%';
                    let packet = self.data()?;
                    if !is_notification {
                        return Some(packet);
                    }
                }
            }
        }
    }

    /// The packet that the bytes begin with.
    fn data(&mut self) -> Option<Packet> {
        let Some(end) = self.0.iter().position(|byte| *byte == b'#') else {
            if self.0.len() > MAX_PACKET {
                self.0.clear();
                return Some(Packet::Damaged);
            }
            return None;
        };
        let sum = self.0.get(end.saturating_add(1)..)?.get(..2)?;
        let sum = parse_hex(sum);
        let body = self.0.get(1..end).unwrap_or_default();
        let expected = body.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
        let packet = match expand(body) {
            Some(data) if sum.as_deref() == Some(&[expected]) => Packet::Data(data),
            _ => Packet::Damaged,
        };
        self.0.drain(..end.saturating_add(3).min(self.0.len()));
        Some(packet)
    }
}

/// The data without escapes (`}` before a byte that is inverted in bit 5) and runs (`*` and how often the byte before it
/// is repeated, plus 29).
fn expand(body: &[u8]) -> Option<Vec<u8>> {
    let mut data = Vec::with_capacity(body.len());
    let mut bytes = body.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'}' => data.push(bytes.next()? ^ 0x20),
            b'*' => {
                let count = bytes.next()?.checked_sub(29)?;
                let last = *data.last()?;
                data.resize(data.len().saturating_add(usize::from(count)), last);
            }
            _ => data.push(*byte),
        }
        if data.len() > MAX_PACKET {
            return None;
        }
    }
    Some(data)
}

/// A packet with this data, escaped where that is needed.
#[must_use]
pub fn write_packet(data: &[u8]) -> Vec<u8> {
    let mut packet = vec![b'$'];
    for byte in data {
        if b"$#}*".contains(byte) {
            packet.extend([b'}', byte ^ 0x20]);
        } else {
            packet.push(*byte);
        }
    }
    let body = packet.iter().skip(1);
    let sum = body.fold(0u8, |sum, byte| sum.wrapping_add(*byte));
    packet.extend(format!("#{sum:02x}").bytes());
    packet
}

/// The bytes that stand in `digits`, two for each.
#[must_use]
pub fn parse_hex(digits: &[u8]) -> Option<Vec<u8>> {
    let (pairs, rest) = digits.as_chunks::<2>();
    let digit = |digit: u8| char::from(digit).to_digit(16);
    let byte = |[high, low]: &[u8; 2]| u8::try_from(digit(*high)? << 4 | digit(*low)?).ok();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packets(bytes: &[u8]) -> Vec<Packet> {
        let mut reader = PacketReader::default();
        let mut found = Vec::new();
        // One byte at a time: packets come in pieces.
        for byte in bytes {
            reader.push(&[*byte]);
            found.extend(std::iter::from_fn(|| reader.next()));
        }
        found
    }

    // The examples in "Debugging with GDB", section "Overview": `0* ` is four zeros.
    #[test]
    fn the_manual_is_understood() {
        let data = |bytes: &[u8]| Packet::Data(bytes.to_vec());
        assert_eq!(packets(b"+$0* #7a"), [Packet::Ack, data(b"0000")]);
        assert_eq!(packets(b"$OK#9a"), [data(b"OK")]);
        assert_eq!(packets(b"$#00-"), [data(b""), Packet::Nack]);
        assert_eq!(packets(&write_packet(b"a$b#c}d*e")), [data(b"a$b#c}d*e")]);
        assert_eq!(packets(b"junk%Stop:x#00$OK#9a"), [data(b"OK")]);
    }

    #[test]
    fn what_is_damaged_says_so() {
        for bytes in [
            &b"$OK#9b"[..],
            b"$*#2a",
            b"$* #4a",
            b"$}#7d",
            b"$OK#zz",
            b"$a*\x1c#a7",
        ] {
            assert_eq!(packets(bytes), [Packet::Damaged], "{bytes:?}");
        }
        assert_eq!(packets(b"$OK#9"), []);
        assert_eq!(parse_hex(b"0aFf"), Some(vec![0x0a, 0xff]));
        assert_eq!(parse_hex(b"0"), None);
        assert_eq!(parse_hex(b"x0"), None);
    }

    #[test]
    fn runs_cannot_grow_without_end() {
        let mut bytes = b"$a".to_vec();
        for _ in 0..200_000 {
            bytes.extend(b"*~");
        }
        bytes.extend(b"#00");
        let mut reader = PacketReader::default();
        reader.push(&bytes);
        assert_eq!(reader.next(), Some(Packet::Damaged));
    }
}
