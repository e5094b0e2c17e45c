pub mod model {
    #[derive(Clone, Copy)]
    pub struct Point { pub x: i32, pub y: u64 }
    pub enum Shape { Empty, Circle { center: Point, radius: f64 }, Line(Point, Point) }
    pub union Word { pub whole: u32, pub bytes: [u8; 4] }
    #[repr(u8)]
    pub enum Color { Red = 1, Green = 7 }
    #[repr(i64)]
    pub enum Far { Near = -1, Away = 0x1234_5678_9abc }
    pub struct Pair<T> { pub first: T, pub second: T }
    pub struct Fixed<const N: usize, T> { pub items: [T; N] }
    #[repr(C, packed)]
    pub struct Packed { pub c: u8, pub i: u32 }
    #[repr(align(64))]
    pub struct Aligned(pub u8);
    pub struct Unit;
    pub enum Never {}
    pub trait Area { fn area(&self) -> f64; fn name(&self) -> &'static str { "area" } }
    impl Area for Point { fn area(&self) -> f64 { 0.0 } }
    impl<T: Area> Area for Pair<T> { fn area(&self) -> f64 { self.first.area() + self.second.area() } }
    pub mod inner {
        pub struct Deep<'a> { pub name: &'a str, pub all: &'a [super::Point], pub up: Option<Box<Deep<'a>>> }
        pub static LEVEL: i8 = -3;
        pub fn depth(deep: &Deep<'_>) -> usize { 1 + deep.up.as_ref().map_or(0, |up| depth(up)) }
    }
}
use model::Area;
pub static mut COUNT: u32 = 3;
pub static ORIGIN: model::Point = model::Point { x: 1, y: 2 };
pub static TUPLE: (i8, u128, char, bool) = (1, 2, 'x', true);
pub static NAMES: [&str; 2] = ["one", "two"];
pub static MAYBE: Option<&'static model::Point> = Some(&ORIGIN);
pub static CALL: fn(&model::Shape) -> f64 = area;
#[inline(never)]
pub fn area(shape: &model::Shape) -> f64 {
    match shape {
        model::Shape::Empty => 0.0,
        model::Shape::Circle { center, radius } => radius * f64::from(center.x),
        model::Shape::Line(from, to) => (from.y + to.y) as f64,
    }
}
#[inline(never)]
pub fn generic<T: Area + ?Sized>(value: &T) -> f64 { value.area() }
#[inline(never)]
pub fn counted() -> u32 { static mut CALLS: u32 = 0; unsafe { CALLS += 1; CALLS } }
fn main() {
    let word = model::Word { whole: 7 };
    let pair = model::Pair { first: model::Color::Red, second: model::Color::Green };
    let circle = model::Shape::Circle { center: ORIGIN, radius: 2.0 };
    let fixed = model::Fixed { items: [model::Unit, model::Unit] };
    let packed = model::Packed { c: 1, i: 2 };
    let far = [model::Far::Near, model::Far::Away];
    let deep = model::inner::Deep { name: NAMES[1], all: &[ORIGIN], up: None };
    let aligned = Box::new(model::Aligned(3));
    let never: Result<u8, model::Never> = Ok(TUPLE.0 as u8);
    let object: &dyn model::Area = &ORIGIN;
    let add = |value: u32| value + word_of(&word) + aligned.0 as u32;
    unsafe { COUNT += add(word.whole) + counted() };
    let line = model::Shape::Line(ORIGIN, ORIGIN);
    let sum = CALL(&circle) + area(&line) + area(&model::Shape::Empty) + generic(object) + generic(&model::Pair { first: ORIGIN, second: ORIGIN });
    let [near, away] = far;
    println!("{} {} {} {} {}", sum, pair.first as u8, pair.second as u8, near as i64, away as i64);
    println!("{} {} {} {} {}", fixed.items.len(), { packed.i }, model::inner::depth(&deep), never.is_ok(), model::inner::LEVEL);
    println!("{} {} {} {}", deep.name, deep.all.len(), MAYBE.is_some(), object.name());
}
fn word_of(word: &model::Word) -> u32 { unsafe { word.whole } }
