use super::process::Process;
use spelunk::FormatOptions;
use spelunk::object::Key;

const SOURCE: &str = r#"
#include <array>
#include <atomic>
#include <bitset>
#include <chrono>
#include <complex>
#include <cstdio>
#include <deque>
#include <forward_list>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <span>
#include <stack>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

struct Point { int x, y; };
struct Tree { int value; std::vector<Tree> children; };
struct Wide { char c; alignas(16) long l[2]; };

std::string empty, hello = "hello", long_one(40, 'x'), odd("a\0b\"\xff\n", 6), umlaut = "gr\u00fc\u00df";
std::wstring wide = L"w\u00e4";
std::u16string utf16 = u"\U0001f600!";
std::u32string utf32 = U"z\u00df";
std::string_view view = "viewed";
std::vector<int> none, numbers = { 1, 2, 0, 0 };
std::vector<bool> bits = { true, false, true };
std::vector<Point> points = { { 1, 2 }, { 3, 4 } };
std::vector<std::vector<std::string>> nested = { { "a" }, {}, { "b", "c" } };
std::array<int, 3> three = { 7, 8, 0 };
std::array<int, 0> zero;
std::deque<int> queue;
std::deque<Wide> wide_queue(3);
std::list<std::string> words = { "one", "two" };
std::forward_list<short> forward = { 5, 6, 7 };
std::map<int, std::string> names = { { 2, "two" }, { 1, "one" }, { 3, "three" } };
std::map<char, Wide> wide_map;
std::map<std::string, std::map<int, int>> maps = { { "k", { { 1, 2 } } } };
std::multimap<int, int> multi = { { 1, 1 }, { 1, 2 } };
std::set<long> primes;
std::set<Wide, bool (*)(const Wide &, const Wide &)> wide_set([](const Wide &a, const Wide &b) { return a.c < b.c; });
std::unordered_map<std::string, int> table = { { "only", 1 } };
std::unordered_set<int> hashed = { 42 };
std::unique_ptr<Point> owner(new Point { 5, 6 }), nobody;
std::unique_ptr<int[]> owned_array(new int[2]);
std::shared_ptr<Point> shared = std::make_shared<Point>(Point { 1, 1 }), shared_too = shared, unshared;
std::weak_ptr<Point> weak = shared, expired;
std::optional<int> five = 5, nothing;
std::optional<std::optional<int>> no_optional, empty_optional = std::optional<int>(), full_optional = five;
std::optional<std::string> text = "t";
std::optional<Point> maybe = Point { 1, 2 };
std::variant<int, std::string, double> number = 3, word = "v", floating = 0.5;
std::tuple<int, std::string, Point> triple = { 1, "x", { 2, 3 } };
std::tuple<> unit;
std::pair<int, std::string> pair = { 1, "p" };
std::atomic<int> counter { 9 };
std::atomic<bool> flag { true };
std::atomic<Point *> atomic_pointer { nullptr };
std::bitset<10> set_bits(0x205);
std::bitset<70> many_bits(1);
std::chrono::milliseconds five_ms(5);
std::chrono::duration<double> seconds(1.5);
std::chrono::duration<int, std::ratio<1, 30>> frames(7);
std::chrono::hours hours(3);
std::complex<double> complex(1, -2);
std::span<int> span(numbers), *span_pointer = &span;
std::span<int, 2> fixed_span(numbers.data(), 2);
std::stack<int> stack;
std::priority_queue<int> heap;
std::reference_wrapper<Point> wrapped(points[0]);
std::function<int(int)> unset;
Tree tree = { 1, { { 2, { { 3, {} } } }, { 4, {} } } };
struct Holder { std::string name; std::vector<int> list; std::unique_ptr<int> owner; std::map<int, Point> map; }
	holder = { "n", { 1 }, nullptr, { { 1, { 2, 3 } } } };
std::vector<int> damaged_vector, wild_vector = { 1 };
std::string damaged_string = "short", wild_string;
std::list<int> circle = { 1, 2, 3 };
std::set<int> broken_set = { 1, 2, 3 };
std::set<int> endless_set = { 1 };
std::vector<Tree> looped;
std::vector<int> &numbers_reference = numbers, *numbers_pointer = &numbers;
const std::string *string_pointer = &hello;
std::initializer_list<int> initial = { 4, 5 };
std::vector<int>::iterator iterator = numbers.begin() + 1;
struct alignas(64) Line { int n; };
std::list<Line> lines(2, Line { 6 });
std::unordered_map<char, Line> line_table = { { 1, { 7 } } };

int main()
{
	for (int i = 0; i < 300; i++)
		queue.push_back(i);
	for (int i = 0; i < 150; i++)
		queue.pop_front();
	queue.push_front(-1);
	wide_queue[1].c = 'w';
	wide_map['m'].l[1] = 5;
	wide_set.insert(Wide { 'a', { 1, 2 } });
	for (long prime : { 7, 2, 5, 3, 11, 13, 17 })
		primes.insert(prime);
	for (int i : { 1, 3, 2 }) {
		stack.push(i);
		heap.push(i);
	}
	owned_array[0] = 3;
	{
		auto dead = std::make_shared<Point>();
		expired = dead;
	}
	// Damage: an end before the start, absurd sizes, wild pointers, a list in a circle.
	// (As libstdc++ has it.)
#ifdef __GLIBCXX__
	((int **)&damaged_vector)[0] = (int *)0x1000;
	((int **)&damaged_vector)[1] = (int *)0x10;
	((int **)&wild_vector)[1] = (int *)(1ul << 46);
	((int **)&wild_vector)[2] = (int *)(1ul << 46);
	((size_t *)&damaged_string)[1] = 1ul << 60;
	((char **)&wild_string)[0] = (char *)0x10;
	// The third node leads to the second.
	void **first = *(void ***)&circle, **second = (void **)*first, **third = (void **)*second;
	*third = second;
	// The root's left child is its own left child.
	void **header = (void **)&broken_set + 1, **root = (void **)header[1], **left = (void **)root[2];
	left[2] = left;
	left[3] = left;
	// The root is its own right child, time and again.
	size_t *endless = (size_t *)&endless_set;
	((size_t *)endless[2])[3] = endless[2];
	endless[5] = 1ul << 50;
#endif
	looped.push_back(Tree { 1, {} });
	new (&looped[0].children) std::vector<Tree>();
	((void **)&looped[0].children)[0] = looped.data();
	((void **)&looped[0].children)[1] = looped.data() + 1;
	((void **)&looped[0].children)[2] = looped.data() + 1;
	puts("ready");
	fflush(stdout);
	getchar();
	_Exit(0);
}
"#;

/// Variables and what is shown of them, addresses as `*`.
const SHOWN: &[(&str, &str)] = &[
    ("empty", r#"(std::string)"""#),
    ("hello", r#"(std::string)"hello""#),
    ("odd", r#"(std::string)"a\0b\"\xff\n""#),
    ("umlaut", r#"(std::string)"grüß""#),
    ("wide", r#"(std::wstring)L"wä""#),
    ("utf16", r#"(std::u16string)u"😀!""#),
    ("utf32", r#"(std::u32string)U"zß""#),
    ("view", r#"(std::string_view)"viewed""#),
    ("none", "(std::vector<int>){}"),
    ("numbers", "(std::vector<int>){ 1, 2, 0, 0 }"),
    ("bits", "(std::vector<bool>){ 1, 0, 1 }"),
    (
        "points",
        "(std::vector<Point>){ { .x = (int)1, .y = (int)2 }, { .x = (int)3, .y = (int)4 } }",
    ),
    (
        "nested",
        r#"(std::vector<std::vector<std::string>>){ { "a" }, {}, { "b", "c" } }"#,
    ),
    ("three", "(std::array<int, 3>){ 7, 8, 0 }"),
    ("zero", "(std::array<int, 0>){}"),
    ("words", r#"(std::list<std::string>){ "one", "two" }"#),
    ("forward", "(std::forward_list<short int>){ 5, 6, 7 }"),
    (
        "names",
        r#"(std::map<int, std::string>){ [1] = "one", [2] = "two", [3] = "three" }"#,
    ),
    (
        "wide_map",
        "(std::map<char, Wide>){ [109] = { .c = (char)0, .l = (long [2]){ 0, 5 } } }",
    ),
    (
        "maps",
        r#"(std::map<std::string, std::map<int, int>>){ ["k"] = { [1] = 2 } }"#,
    ),
    ("multi", "(std::multimap<int, int>){ [1] = 1, [1] = 2 }"),
    ("primes", "(std::set<long int>){ 2, 3, 5, 7, 11, 13, 17 }"),
    (
        "wide_set",
        "(std::set<Wide, bool (*)(const Wide&, const Wide&)>){ { .c = (char)97, .l = (long [2]){ 1, 2 } } }",
    ),
    (
        "table",
        r#"(std::unordered_map<std::string, int>){ ["only"] = 1 }"#,
    ),
    ("hashed", "(std::unordered_set<int>){ 42 }"),
    (
        "owner",
        "(std::unique_ptr<Point>)* = { .x = (int)5, .y = (int)6 }",
    ),
    ("nobody", "(std::unique_ptr<Point>)*"),
    ("owned_array", "(std::unique_ptr<int []>)*"),
    (
        "shared",
        "(std::shared_ptr<Point>)* (use count 2, weak count 1) = { .x = (int)1, .y = (int)1 }",
    ),
    ("unshared", "(std::shared_ptr<Point>)*"),
    (
        "expired",
        "(std::weak_ptr<Point>)* (use count 0, weak count 1)",
    ),
    ("five", "(std::optional<int>)5"),
    ("nothing", "(std::optional<int>)nullopt"),
    ("no_optional", "(std::optional<std::optional<int>>)nullopt"),
    (
        "empty_optional",
        "(std::optional<std::optional<int>>)optional(nullopt)",
    ),
    (
        "full_optional",
        "(std::optional<std::optional<int>>)optional(5)",
    ),
    ("text", r#"(std::optional<std::string>)"t""#),
    (
        "maybe",
        "(std::optional<Point>){ .x = (int)1, .y = (int)2 }",
    ),
    ("number", "(std::variant<int, std::string, double>)(int)3"),
    (
        "word",
        r#"(std::variant<int, std::string, double>)(std::string)"v""#,
    ),
    (
        "floating",
        "(std::variant<int, std::string, double>)(double)0.5",
    ),
    (
        "triple",
        r#"(std::tuple<int, std::string, Point>){ 1, "x", { .x = (int)2, .y = (int)3 } }"#,
    ),
    ("unit", "(std::tuple<>){}"),
    (
        "pair",
        r#"(std::pair<int, std::string>){ .first = (int)1, .second = (std::string)"p" }"#,
    ),
    ("counter", "(std::atomic<int>)9"),
    ("flag", "(std::atomic<bool>)1"),
    ("atomic_pointer", "(std::atomic<Point*>)*"),
    ("set_bits", r#"(std::bitset<10>)"1000000101""#),
    ("five_ms", "(std::chrono::milliseconds)5ms"),
    (
        "seconds",
        "(std::chrono::duration<double, std::ratio<1, 1>>)1.5s",
    ),
    (
        "frames",
        "(std::chrono::duration<int, std::ratio<1, 30>>)7[1/30]s",
    ),
    ("hours", "(std::chrono::hours)3h"),
    ("span", "(std::span<int>){ 1, 2, 0, 0 }"),
    (
        "span_pointer",
        "*(std::span<int, 18446744073709551615> *)* = { 1, 2, 0, 0 }",
    ),
    ("fixed_span", "(std::span<int, 2>){ 1, 2 }"),
    ("stack", "(std::stack<int>){ 1, 3, 2 }"),
    (
        "heap",
        "(std::priority_queue<int, std::vector<int>>){ 3, 1, 2 }",
    ),
    (
        "wrapped",
        "(std::reference_wrapper<Point>)* = { .x = (int)1, .y = (int)2 }",
    ),
    ("unset", "(std::function<int(int)>)empty"),
    (
        "tree",
        "(Tree){ .value = (int)1, .children = (std::vector<Tree>){ { .value = (int)2, .children = (std::vector<Tree>){ { .value = (int)3, .children = (std::vector<Tree>){} } } }, { .value = (int)4, .children = (std::vector<Tree>){} } } }",
    ),
    (
        "holder",
        r#"(Holder){ .name = (std::string)"n", .list = (std::vector<int>){ 1 }, .owner = (std::unique_ptr<int>)*, .map = (std::map<int, Point>){ [1] = { .x = (int)2, .y = (int)3 } } }"#,
    ),
    ("complex", "(std::complex<double>)1.0 - 2.0i"),
    ("initial", "(std::initializer_list<int>){ 4, 5 }"),
    (
        "iterator",
        "(std::vector<int, std::allocator<int> >::iterator)* = 2",
    ),
    (
        "lines",
        "(std::list<Line>){ { .n = (int)6 }, { .n = (int)6 } }",
    ),
    (
        "line_table",
        "(std::unordered_map<char, Line>){ [1] = { .n = (int)7 } }",
    ),
    ("string_pointer", r#"*(const std::string *)* = "hello""#),
];

fn start(interface: &str) -> Process {
    let abi = format!("-D_GLIBCXX_USE_CXX11_ABI={interface}");
    Process::start(
        &["g++", "-std=c++20", "-g", "-O0", "-no-pie", "-w", &abi],
        &format!("interface-{interface}.cpp"),
        SOURCE,
    )
}

#[test]
fn libstdcxx_shows_what_its_classes_hold() {
    let process = start("1");
    process.expect_all(SHOWN);
    children_are_the_elements(&process);
    damage_stays_where_it_is(&process);
    walks_end(&process);
    strings_are_bytes(&process);
    let variables = SHOWN.iter().map(|(name, _)| process.variable(name));
    process.survives_damage(&variables.collect::<Vec<_>>());
    raw_is_the_plain_structure(&process);
}

#[test]
fn libcxx_survives_as_much() {
    let command = [
        "clang++-19",
        "-stdlib=libc++",
        "-std=c++20",
        "-g",
        "-O0",
        "-no-pie",
        "-w",
    ];
    let process = Process::start(&command, "libcxx.cpp", SOURCE);
    children_are_the_elements(&process);
    let variables = SHOWN.iter().map(|(name, _)| process.variable(name));
    process.survives_damage(&variables.collect::<Vec<_>>());
    // Without the library's debugging information nobody knows the counts.
    process.expect_all(&[
        (
            "shared",
            "(std::shared_ptr<Point>)* = { .x = (int)1, .y = (int)1 }",
        ),
        ("initial", "(std::initializer_list<int>){ 4, 5 }"),
        ("numbers", "(std::vector<int>){ 1, 2, 0, 0 }"),
        (
            "maps",
            r#"(std::map<std::string, std::map<int, int>>){ ["k"] = { [1] = 2 } }"#,
        ),
        (
            "triple",
            r#"(std::tuple<int, std::string, Point>){ 1, "x", { .x = (int)2, .y = (int)3 } }"#,
        ),
    ]);
}

/// Strings have their length elsewhere, lists do not count their nodes.
#[test]
fn so_do_those_of_its_older_interface() {
    start("0").expect_all(SHOWN);
}

fn damage_stays_where_it_is(process: &Process) {
    // An end before the start, a string longer than its memory: the plain structure.
    let text = process.text("damaged_vector");
    assert!(text.contains("._M_finish = "), "{text}");
    let text = process.text("damaged_string");
    assert!(text.contains("._M_string_length = "), "{text}");
    // As much as anyone reads.
    let text = process.text("wild_vector");
    assert!(
        text.starts_with("(std::vector<int>){ 1, 0, "),
        "{}",
        text.len()
    );
    assert!(text.len() < 1 << 21, "{}", text.len());
    for (name, error) in [
        ("looped", "<error: container contains itself>"),
        ("circle", "{ 1, 2, 3, 2, <error: list goes in a circle> }"),
        ("broken_set", "<error: tree is too deep>"),
        ("endless_set", "<error: tree goes in a circle> }"),
    ] {
        let text = process.text(name);
        assert!(text.contains(error), "{text}");
    }
}

/// Walks end where memory does, or where they were before.
fn walks_end(process: &Process) {
    let target = &*process.program;
    for name in ["endless_set", "broken_set", "circle", "wild_vector"] {
        let mut walk = process.variable(name).children(target).unwrap();
        let mut children = 0;
        while let Ok(child) = walk.next(target) {
            assert!(child.is_some(), "{name}");
            children += 1;
            assert!(children < 1 << 24, "{name}");
        }
    }
}

fn strings_are_bytes(process: &Process) {
    let string = |name: &str| process.variable(name).string(&*process.program);
    for (name, expected) in [
        ("hello", &b"hello"[..]),
        ("odd", b"a\0b\"\xff\n"),
        ("wide", "wä".as_bytes()),
        ("view", b"viewed"),
    ] {
        assert_eq!(string(name).unwrap(), expected, "{name}");
    }
    assert!(string("numbers").is_err());
    assert!(string("damaged_string").is_err());
}

fn children_are_the_elements(process: &Process) {
    let target = &*process.program;
    let numbers = |name: &str| -> Vec<i128> {
        let mut walk = process.variable(name).children(target).unwrap();
        let mut numbers = Vec::new();
        while let Some(child) = walk.next(target).unwrap() {
            if let Some(Key::Object(key)) = child.key {
                numbers.push(key.to_i128(target).unwrap());
            }
            numbers.push(child.value.to_i128(target).unwrap());
        }
        numbers
    };
    assert_eq!(numbers("numbers"), [1, 2, 0, 0]);
    let queue: Vec<i128> = std::iter::once(-1).chain(150..300).collect();
    assert_eq!(numbers("queue"), queue);
    assert_eq!(numbers("multi"), [1, 1, 1, 2]);
    assert_eq!(numbers("five"), [5]);
    assert_eq!(numbers("nothing"), []);
    assert_eq!(numbers("numbers_reference"), [1, 2, 0, 0]);
    assert_eq!(numbers("numbers_pointer"), [1, 2, 0, 0]);
    assert!(process.variable("hello").children(target).is_err());
}

fn raw_is_the_plain_structure(process: &Process) {
    let options = FormatOptions {
        raw: true,
        ..FormatOptions::default()
    };
    let object = process.variable("numbers");
    let text = object.format(&*process.program, &options).unwrap();
    assert!(text.contains("._M_end_of_storage = "), "{text}");
    process.program.printers().set_enabled(&["rust"]).unwrap();
    assert_eq!(process.text("numbers"), text);
}
