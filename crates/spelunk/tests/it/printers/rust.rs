use super::process::Process;
use spelunk::object::Key;

const SOURCE: &str = r#"
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, LinkedList, VecDeque};
use std::rc::Rc;
use std::sync::atomic::AtomicU32;
use std::num::NonZero;
use std::ptr::NonNull;
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

pub struct Meters(f64);
pub struct Point { x: i32, y: i32 }
pub enum Shape { Circle(f64), Rectangle { width: u8, height: u8 }, Empty }
pub enum List { Cons(i32, Box<List>), Nil }

pub struct All {
    string: String,
    text: &'static str,
    boxed_text: Box<str>,
    path: std::path::PathBuf,
    c_string: std::ffi::CString,
    vec: Vec<u32>,
    empty: Vec<u32>,
    points: Vec<Point>,
    strings: Vec<String>,
    slice: &'static [u16],
    boxed_slice: Box<[u16]>,
    deque: VecDeque<u8>,
    linked: LinkedList<u8>,
    some: Option<u8>,
    none: Option<u8>,
    niche: Option<Box<u8>>,
    no_niche: Option<String>,
    ok: Result<u8, String>,
    err: Result<u8, String>,
    tuple: (i32, String),
    meters: Meters,
    circle: Shape,
    rectangle: Shape,
    nothing: Shape,
    list: List,
    rc: Rc<u8>,
    arc: Arc<Point>,
    cell: Cell<u8>,
    refcell: RefCell<u8>,
    mutex: Mutex<Vec<u8>>,
    atomic: AtomicU32,
    duration: Duration,
    map: HashMap<u32, String>,
    big_map: HashMap<u32, u32>,
    set: HashSet<u8>,
    tree: BTreeMap<u32, u16>,
    big_tree: BTreeMap<u32, u32>,
    tree_set: BTreeSet<u8>,
    nested: Option<Option<Vec<(u8, u8)>>>,
    rc_text: Rc<str>,
    arc_slice: Arc<[u16]>,
    lock: RwLock<u8>,
    non_null: NonNull<u8>,
    non_zero: NonZero<u16>,
    options: [Option<u8>; 3],
    flags: [bool; 3],
    zeros: [u8; 2],
}

#[no_mangle]
pub static mut ALL: Option<Box<All>> = None;

fn main() {
    let mut deque = VecDeque::with_capacity(4);
    for i in 0..4 { deque.push_back(i); }
    deque.pop_front();
    deque.push_back(9);
    let rc = Rc::new(7);
    let weak = Rc::downgrade(&rc);
    let all = All {
        string: "h\u{e9}".into(),
        text: "t",
        boxed_text: "b".into(),
        path: "/p".into(),
        c_string: std::ffi::CString::new("c").unwrap(),
        vec: vec![1, 2, 0],
        empty: vec![],
        points: vec![Point { x: 1, y: -1 }],
        strings: vec!["a".into(), String::new()],
        slice: &[5, 6],
        boxed_slice: Box::new([7]),
        deque,
        linked: [1, 2].into_iter().collect(),
        some: Some(5),
        none: None,
        niche: Some(Box::new(1)),
        no_niche: None,
        ok: Ok(1),
        err: Err("e".into()),
        tuple: (1, "x".into()),
        meters: Meters(2.5),
        circle: Shape::Circle(1.5),
        rectangle: Shape::Rectangle { width: 1, height: 2 },
        nothing: Shape::Empty,
        list: List::Cons(1, Box::new(List::Nil)),
        rc,
        arc: Arc::new(Point { x: 3, y: 4 }),
        cell: Cell::new(4),
        refcell: RefCell::new(5),
        mutex: Mutex::new(vec![6]),
        atomic: AtomicU32::new(8),
        duration: Duration::from_millis(1500),
        map: [(1, "one".into())].into_iter().collect(),
        big_map: (0..1000).map(|i| (i, i * 2)).collect(),
        set: [3].into_iter().collect(),
        tree: [(2, 20), (1, 10)].into_iter().collect(),
        big_tree: (0..1000).map(|i| (i, i + 1)).collect(),
        tree_set: [2, 1].into_iter().collect(),
        nested: Some(Some(vec![(1, 2)])),
        rc_text: "shared".into(),
        arc_slice: Arc::new([8, 9]),
        lock: RwLock::new(3),
        non_null: NonNull::from(Box::leak(Box::new(4u8))),
        non_zero: NonZero::new(5).unwrap(),
        options: [Some(3), None, None],
        flags: [true, false, false],
        zeros: [0; 2],
    };
    unsafe { ALL = Some(Box::new(all)) };
    println!("ready");
    let _ = std::io::stdin().read_line(&mut String::new());
    drop(weak);
}
"#;

/// Members and what is shown of them, addresses as `*`.
const SHOWN: &[(&str, &str)] = &[
    ("string", r#"(String)"hé""#),
    ("text", r#"(&str)"t""#),
    ("boxed_text", r#"(Box<str>)"b""#),
    ("path", r#"(PathBuf)"/p""#),
    ("c_string", r#"(CString)"c""#),
    ("vec", "(Vec<u32>){ 1, 2, 0 }"),
    ("empty", "(Vec<u32>){}"),
    ("points", "(Vec<Point>){ { .x = (i32)1, .y = (i32)-1 } }"),
    ("strings", r#"(Vec<String>){ "a", "" }"#),
    ("slice", "(&[u16]){ 5, 6 }"),
    ("boxed_slice", "(Box<[u16]>){ 7 }"),
    ("deque", "(VecDeque<u8>){ 1, 2, 3, 9 }"),
    ("linked", "(LinkedList<u8>){ 1, 2 }"),
    ("some", "(Option<u8>)Some(5)"),
    ("none", "(Option<u8>)None"),
    ("niche", "(Option<Box<u8>>)Some(*)"),
    ("no_niche", "(Option<String>)None"),
    ("ok", "(Result<u8, String>)Ok(1)"),
    ("err", r#"(Result<u8, String>)Err("e")"#),
    ("tuple", r#"(i32, String)(1, "x")"#),
    ("meters", "(Meters)(2.5)"),
    ("circle", "(Shape)Circle(1.5)"),
    (
        "rectangle",
        "(Shape)Rectangle { .width = (u8)1, .height = (u8)2 }",
    ),
    ("nothing", "(Shape)Empty"),
    ("list", "(List)Cons(1, *)"),
    ("rc", "(Rc<u8>)* (strong count 1, weak count 1) = 7"),
    (
        "arc",
        "(Arc<Point>)* (strong count 1, weak count 0) = { .x = (i32)3, .y = (i32)4 }",
    ),
    ("cell", "(Cell<u8>)4"),
    ("refcell", "(RefCell<u8>)5"),
    ("mutex", "(Mutex<Vec<u8>>){ 6 }"),
    ("atomic", "(AtomicU32)8"),
    ("duration", "(Duration)1.5s"),
    ("map", r#"(HashMap<u32, String>){ [1] = "one" }"#),
    ("set", "(HashSet<u8>){ 3 }"),
    ("tree", "(BTreeMap<u32, u16>){ [1] = 10, [2] = 20 }"),
    ("tree_set", "(BTreeSet<u8>){ 1, 2 }"),
    (
        "nested",
        "(Option<Option<Vec<(u8, u8)>>>)Some(Some({ (1, 2) }))",
    ),
    ("rc_text", r#"(Rc<str>)"shared""#),
    (
        "arc_slice",
        "(Arc<[u16]>)* (strong count 1, weak count 0) = { 8, 9 }",
    ),
    ("lock", "(RwLock<u8>)3"),
    ("non_null", "(NonNull<u8>)* = 4"),
    ("non_zero", "(NonZero<u16>)5"),
    (
        "options",
        "([core::option::Option<u8>; 3]){ Some(3), None, None }",
    ),
    ("flags", "([bool; 3]){ true, false, false }"),
    ("zeros", "([u8; 2]){ 0, 0 }"),
];

#[test]
fn rust_shows_what_its_types_hold() {
    let compiler = [
        "rustc",
        "--edition=2021",
        "-g",
        "-Awarnings",
        "-Crelocation-model=static",
        "-Clink-arg=-no-pie",
    ];
    let process = Process::start(&compiler, "program.rs", SOURCE);
    let target = &*process.program;
    let all = process.variable("program::ALL");
    let (_, all) = all.active_variant(target).unwrap().unwrap();
    let all = all.member(target, "__0").unwrap();
    let mut failures = String::new();
    for (name, expected) in SHOWN {
        let text = process.text_of(&all.member(target, name).unwrap());
        if text != *expected {
            failures += &format!("{name}:\n  {text}\n  {expected}\n");
        }
    }
    assert!(failures.is_empty(), "{failures}");
    for (name, expected) in [
        ("string", "hé"),
        ("text", "t"),
        ("boxed_text", "b"),
        ("rc_text", "shared"),
    ] {
        let text = all.member(target, name).unwrap().string(target);
        assert_eq!(text.unwrap(), expected.as_bytes(), "{name}");
    }
    let vec = all.member(target, "vec").unwrap();
    assert!(vec.string(target).is_err());
    process.survives_damage(std::slice::from_ref(&all));
    let pairs = |name: &str| -> Vec<(i128, i128)> {
        let mut walk = all.member(target, name).unwrap().children(target).unwrap();
        let mut pairs = Vec::new();
        while let Some(child) = walk.next(target).unwrap() {
            let Some(Key::Object(key)) = child.key else {
                panic!("no key");
            };
            pairs.push((
                key.to_i128(target).unwrap(),
                child.value.to_i128(target).unwrap(),
            ));
        }
        pairs
    };
    let mut map = pairs("big_map");
    map.sort_unstable();
    assert_eq!(map, (0..1000).map(|i| (i, i * 2)).collect::<Vec<_>>());
    let tree: Vec<_> = (0..1000).map(|i| (i, i + 1)).collect();
    assert_eq!(pairs("big_tree"), tree);
}
