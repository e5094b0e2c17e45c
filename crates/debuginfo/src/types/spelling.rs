//! The two ways to spell C's integers: GCC writes `long unsigned int`, Clang and people write
//! `unsigned long`. Types are called by the latter.

/// GCC's spelling, and the usual one.
const SPELLINGS: [(&str, &str); 6] = [
    ("short int", "short"),
    ("short unsigned int", "unsigned short"),
    ("long int", "long"),
    ("long unsigned int", "unsigned long"),
    ("long long int", "long long"),
    ("long long unsigned int", "unsigned long long"),
];

/// The usual spelling of a type that a compiler called `name`.
pub(super) fn usual(name: &str) -> &str {
    let pair = SPELLINGS.iter().find(|(gcc, _)| *gcc == name);
    pair.map_or(name, |(_, usual)| usual)
}
