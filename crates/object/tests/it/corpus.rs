//! The seeds of the fuzz targets of this crate.

#[path = "../../../../fuzz/bodies/constants.rs"]
mod constants;
#[path = "../../../../fuzz/bodies/hostile_target.rs"]
mod hostile_target;
#[path = "../../../../fuzz/bodies/numbers.rs"]
mod numbers;
#[path = "../../../../fuzz/bodies/objects.rs"]
mod objects;
#[path = "../../../../fuzz/bodies/type_name.rs"]
mod type_name;

use spelunk_synth::{Random, exercise};

#[test]
fn type_names() {
    let texts = [
        "const struct foo *(*const x[0x10])(unsigned long int, struct bar *(*)[3], ...)",
        "std::map<int, A<B>>::iterator * volatile **",
        "x < unsigned long,char const*, 'a', 3ul, fn(i32) -> u8, A::operator<< >::*const&&&(*)(...)",
        "A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<A<x>>>>",
        "(anonymous namespace)::{closure_env#0}<T>::<lambda(int)> /* x */ _Atomic(int) _BitInt(17)",
        "&mut [[&'a str; 4]; 0x10]",
        "complex long double _Complex __restrict ['\\x41'][0b1'1ull]",
        "enum e [1][][07] a.b[3].c[18446744073709551615]",
        "((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((int",
        "int ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((",
        "int ****************************************************************[1][1][1][1][1][1][1]",
    ];
    exercise(
        &texts.map(|text| text.as_bytes().to_vec()),
        50,
        type_name::run,
    );
}

#[test]
fn objects_of_any_type() {
    // A structure in itself, an array of itself, a typedef of itself, a pointer to itself.
    let circles = [
        vec![5, 4, 4, 8, 0x10, 0x20, 0x10, 0x30],
        vec![11, 0, 4, 0xf8, 0, 0, 0, 0],
        vec![9, 0, 0, 0, 0, 0, 0, 0],
        vec![10, 0, 0, 8, 0, 0, 0, 0],
        // Each structure holds the next one four times.
        (1..20u8)
            .flat_map(|next| {
                [
                    5,
                    4,
                    4,
                    8,
                    next | 0x10,
                    next | 0x20,
                    next | 0x30,
                    next | 0x10,
                ]
            })
            .collect(),
    ];
    let mut random = Random::new(1);
    let mut seeds: Vec<Vec<u8>> = circles.to_vec();
    for _ in 0..12 {
        seeds.push((0..80).map(|_| random.below(256) as u8).collect());
    }
    // Containers of C++ and Rust: a compound, its name, its language, its size.
    for container in 0..16 {
        let mut seed: Vec<u8> = (0..96).map(|_| random.below(256) as u8).collect();
        for start in seed.chunks_exact_mut(8).step_by(2) {
            let language = if container < 8 { 0x24 } else { 0x44 };
            start[..4].copy_from_slice(&[0x91, 0x84, language, 16 + container]);
        }
        seeds.push(seed);
    }
    exercise(&seeds, 4, objects::run);
}

#[test]
fn numbers_of_any_type() {
    let mut random = Random::new(2);
    let seeds: Vec<Vec<u8>> = (0..40)
        .map(|_| (0..240).map(|_| random.below(256) as u8).collect())
        .collect();
    exercise(&seeds, 10, numbers::run);
}

#[test]
fn constants_of_any_text() {
    let deep = format!("{}1{}", "(".repeat(3000), ")".repeat(3000));
    let ladder: String = (0..3000).map(|_| "1 ? 2 : ").collect();
    let texts = [
        "A(1, 2)\nA(x,y...) B(x ## y, #x, ## y)\nB(...) (__VA_ARGS__ + sizeof(struct s))",
        "A\nA B B B B\nB C C C C\nC D(D(D(1)))\nD(x) x x x x x x x x",
        "1.5e3f + 0x1p-3L / 'ab' ? \"a\" \"b\"[1] : (long)&((struct s *)0)->m - ~!-+1 << 3 % 2",
        "__builtin_offsetof(struct s, a[1].b) + _Generic(1, int: 1, default: 2) + (typeof(1) *)0",
        "sizeof(int[sizeof(char[3])]) && __builtin_choose_expr(1, 2, 3) || L'\\x41' == u\"\\u1234\"",
        "1e99999999999 * 1e-99999999999L == 0x1p999999999",
        &deep,
        &"-".repeat(5000),
        &ladder,
        &"*&".repeat(3000),
        &"a::".repeat(3000),
        &"sizeof ".repeat(3000),
        &"(int)".repeat(3000),
        &"typeof(".repeat(3000),
    ];
    let mut seeds: Vec<_> = texts.map(|text| text.as_bytes().to_vec()).into();
    // The type of characters has 2^61 bytes.
    seeds.push(b".5 +  +\"\xfd\xfd\xfd\xfd\"".to_vec());
    exercise(&seeds, 50, constants::run);
}
