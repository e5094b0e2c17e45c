use super::{PRINTER, answer, open};
use spelunk_synth::{Random, Workshop};
use std::fmt::Write;

const INTEGERS: &[&str] = &[
    "0",
    "1",
    "7",
    "42",
    "127",
    "128",
    "255",
    "2147483647",
    "2147483648",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "0x7f",
    "0xff",
    "0x7fffffff",
    "0x80000000",
    "0xffffffff",
    "0x100000000",
    "0xffffffffffffffff",
    "017",
    "0777",
    "0b1011",
    "1u",
    "4294967296u",
    "3L",
    "0x80000000L",
    "5ul",
    "6LL",
    "7ULL",
    "8llu",
    "0u",
    "'a'",
    r"'\n'",
    r"'\0'",
    r"'\xff'",
    r"'\377'",
    "'ab'",
    "L'x'",
    "u'y'",
    "U'z'",
    "ONE",
    "MINUS",
    "LARGE",
    "sizeof(int)",
    "sizeof(struct pair)",
    "sizeof(char[3 + 4])",
    "sizeof \"text\"",
    "sizeof(((struct pair *)0)->b)",
    "_Alignof(long)",
    "__builtin_offsetof(struct pair, b)",
    "sizeof(int (*)(void))",
    "sizeof(1 ? 1 : 2L)",
    "sizeof(table) / sizeof(table[0])",
    "__builtin_popcount(0xff)",
    "__builtin_clzll(1)",
    "__builtin_bswap32(0x12345678)",
    "__builtin_constant_p(3)",
    "__builtin_types_compatible_p(int, unsigned)",
    "_Generic(1L, int: 3, long: 4u, default: 5)",
];
const FLOATS: &[&str] = &[
    "1.5",
    ".25",
    "2.",
    "1e3",
    "1.5f",
    "3.25L",
    "0x1.8p3",
    "0x.8p-2f",
    "1e-3",
    "0.1",
    "0.1f",
    "0.1L",
    "3.14159265358979323846L",
    "1e300",
    "1e-310",
    "123456789012345678901234567890.0",
];
const TYPES: &[&str] = &[
    "char",
    "signed char",
    "unsigned char",
    "short",
    "unsigned short",
    "int",
    "unsigned int",
    "long",
    "unsigned long",
    "long long",
    "unsigned long long",
    "_Bool",
    "u64",
    "s16",
    "unsigned",
];

struct Generator {
    random: Random,
    source: String,
    names: Vec<(String, bool, usize)>,
    /// How many literals the current expression comes to.
    weight: usize,
}

impl Generator {
    fn one<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.random.below(of.len())]
    }

    /// An expression, and whether it is a floating-point number.
    fn expression(&mut self, depth: usize) -> (String, bool) {
        if depth == 0 || self.random.below(6) == 0 {
            return match self.random.below(8) {
                0 => (self.one(FLOATS).to_owned(), true),
                1..=3 if !self.names.is_empty() => {
                    let index = self.random.below(self.names.len());
                    let (name, is_float, weight) = self.names[index].clone();
                    self.weight += weight;
                    (name, is_float)
                }
                _ => (self.one(INTEGERS).to_owned(), false),
            };
        }
        self.weight += 4;
        let (a, a_float) = self.expression(depth - 1);
        let (b, b_float) = self.expression(depth - 1);
        let is_float = a_float || b_float;
        let integers = !is_float;
        match self.random.below(16) {
            0..=2 => {
                let operator = self.one(&["+", "-", "*"]);
                (format!("({a}) {operator} ({b})"), is_float)
            }
            3 if integers => {
                let operator = self.one(&["/", "%"]);
                (format!("(({a}) {operator} (({b}) | 1))"), false)
            }
            4 if integers => {
                let operator = self.one(&["<<", ">>"]);
                (format!("(({a}) {operator} (({b}) & 7))"), false)
            }
            5 if integers => {
                let operator = self.one(&["|", "&", "^"]);
                (format!("({a} {operator} {b})").replace("((", "( ("), false)
            }
            6..=8 => {
                let operator = self.one(&["<", "<=", ">", ">=", "==", "!=", "&&", "||"]);
                (format!("(({a}) {operator} ({b}))"), false)
            }
            9 => (format!("(({a}) < ({b}) ? ({a}) : ({b}))"), is_float),
            10 if !a_float => {
                let ty = self.one(TYPES);
                (format!("(({ty})({a}))"), false)
            }
            11 => {
                let ty = self.one(&["float", "double", "long double"]);
                (format!("(({ty})({a}))"), true)
            }
            12 if !a_float => {
                let operator = self.one(&["~", "-", "+", "!"]);
                (format!("({operator}({a}))"), false)
            }
            13 => {
                let call = self.one(&["MAX", "SUM3", "TWICE_OF", "SECOND"]);
                (format!("{call}({a}, {b})"), is_float)
            }
            14 => (format!("CAT(ON, E) + XCAT(PRE, FIX) + ({a})"), a_float),
            _ => (format!("(-({a}))"), a_float),
        }
    }
}

const HEAD: &str = r#"
typedef unsigned long u64;
typedef short s16;
typedef struct pair { char a; long b; } pair_t;
enum { ONE = 1, MINUS = -5, LARGE = 0x7fffffff };
enum color { RED = 0xffffffffu };
int table[12];
#define PREFIX 9
#define CAT(a, b) a ## b
#define XCAT(a, b) CAT(a, b)
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define SUM(first, ...) ((first) + (__VA_ARGS__))
#define SUM3(a, b) SUM(a, SUM(b, 1))
#define TWICE_OF(a, rest...) ((a) + (a))
#define SECOND(a, b) MAX(b, b)
#define SELF (SELF_2)
#define SELF_2 3
"#;

const TEXTS: &[(&str, &str)] = &[
    ("TEXT", r#""hello" " " "world\n""#),
    ("EMPTY", r#""""#),
    ("ESCAPES", r#""\x41\101\t\"\\ \e""#),
    ("WIDE", r#"L"wide" "r""#),
    ("UTF16", r#"u"a\u00e9""#),
    ("UTF8", r#"u8"\u00e9\U0001f600""#),
    ("VERSION", "STRING(PREFIX) \".\" STRING_OF(PREFIX)"),
];

/// Macros of random expressions, then texts.
fn program(seed: u64, count: usize) -> String {
    let mut generator = Generator {
        random: Random::new(seed),
        source: format!("{HEAD}#define STRING_OF(x) #x\n#define STRING(x) STRING_OF(x)\n"),
        names: Vec::new(),
        weight: 0,
    };
    for number in 0..count {
        generator.weight = 1;
        let (expression, is_float) = generator.expression(4);
        // Names that stand for ever longer text make no better test.
        if expression.len() > 500 || generator.weight > 150 {
            continue;
        }
        let name = format!("M{number}");
        writeln!(generator.source, "#define {name} ({expression})").unwrap();
        if number % 3 == 0 {
            generator.names.push((
                name,
                is_float,
                2 * expression.len() / 10 + 2 * generator.weight,
            ));
        }
        if generator.names.len() > 12 {
            generator.names.remove(0);
        }
    }
    for (name, text) in TEXTS {
        writeln!(generator.source, "#define {name} {text}").unwrap();
    }
    let mut main = String::from("int main(void)\n{\n");
    for line in generator.source.clone().lines() {
        if let Some(name) = line
            .strip_prefix("#define M")
            .and_then(|rest| rest.split_once(' '))
            && name.0.bytes().all(|byte| byte.is_ascii_digit())
        {
            writeln!(main, "PRINT(M{});", name.0).unwrap();
        }
    }
    for (name, _) in TEXTS {
        writeln!(main, "PRINT_TEXT({name});").unwrap();
    }
    let uses = "struct pair pair_used; u64 u64_used; s16 s16_used; enum color color_used;\n";
    format!("{}{uses}{PRINTER}{main}return 0;\n}}\n", generator.source)
}

fn check(compiler: &str, flags: &[&str], seed: u64) {
    let name = format!("macros-random-{compiler}-{}", flags.join(""));
    let workshop = Workshop::new(env!("CARGO_TARGET_TMPDIR"), &name);
    workshop.write("a.c", program(seed, 1500));
    workshop.run(
        compiler,
        [&["-w", "-Wl,--build-id=none", "-o", "a", "a.c"], flags].concat(),
    );
    let printed = workshop.run::<&str>("./a", []);
    let program = open(&workshop.path("a"));
    let mut wrong = String::new();
    let mut right = 0;
    for line in printed.lines() {
        let name = line.split('\t').next().unwrap();
        let answer = answer(&program, name).unwrap_or_else(|error| error);
        if answer == line {
            right += 1;
        } else {
            let text = program.lookup_macro(name, None).map(|found| found.body);
            writeln!(wrong, "{line}\n{answer}\n  {text:?}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{right} right, but\n{wrong}");
    assert!(right > 300, "{right}");
    workshop.remove();
}

#[test]
fn random_macros_have_the_values_that_gcc_gives_them() {
    check("gcc", &["-g3"], 1);
    check("gcc", &["-g3", "-gdwarf-4"], 2);
    check("gcc", &["-g3", "-m32"], 3);
}

#[test]
fn random_macros_have_the_values_that_clang_gives_them() {
    check("clang", &["-g", "-fdebug-macro"], 4);
    check("clang", &["-g", "-fdebug-macro", "-gdwarf-4"], 5);
}
