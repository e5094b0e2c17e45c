use spelunk_base::ByteOrder;

/// A fast hash that is the same everywhere and always, unlike the hash tables'.
pub(crate) fn hash_bytes(bytes: &[u8]) -> u64 {
    const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: u64| {
        let product = u128::from(hash ^ word) * u128::from(MULTIPLIER);
        (product as u64) ^ ((product >> 64) as u64)
    };
    let (words, rest) = bytes.as_chunks::<8>();
    let hash = words
        .iter()
        .fold(bytes.len() as u64 ^ MULTIPLIER, |hash, word| {
            mix(hash, u64::from_le_bytes(*word))
        });
    mix(mix(hash, ByteOrder::Little.uint(rest)), MULTIPLIER)
}
