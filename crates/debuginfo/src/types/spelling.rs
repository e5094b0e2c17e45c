//! The two ways to spell C's numbers: GCC writes `long unsigned int` and `complex float`, Clang and
//! people write `unsigned long` and `float _Complex`. Types are called by the latter.

/// GCC's spelling, and the usual one.
const SPELLINGS: [(&str, &str); 12] = [
    ("short int", "short"),
    ("short unsigned int", "unsigned short"),
    ("long int", "long"),
    ("long unsigned int", "unsigned long"),
    ("long long int", "long long"),
    ("long long unsigned int", "unsigned long long"),
    ("__int128 unsigned", "unsigned __int128"),
    ("complex float", "float _Complex"),
    ("complex double", "double _Complex"),
    ("complex long double", "long double _Complex"),
    ("complex _Float16", "_Float16 _Complex"),
    ("complex _Float128", "_Float128 _Complex"),
];

/// The usual spelling of a type that a compiler called `name`.
pub(super) fn usual(name: &str) -> &str {
    let pair = SPELLINGS.iter().find(|(gcc, _)| *gcc == name);
    pair.map_or(name, |(_, usual)| usual)
}
