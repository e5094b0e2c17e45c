pub mod model {
    #[derive(Clone, Copy)]
    pub struct Point { pub x: i32, pub y: u64 }
    pub enum Shape { Empty, Circle { center: Point, radius: f64 }, Line(Point, Point) }
    pub union Word { pub whole: u32, pub bytes: [u8; 4] }
    #[repr(u8)]
    pub enum Color { Red = 1, Green = 7 }
    pub struct Pair<T> { pub first: T, pub second: T }
}
pub static mut COUNT: u32 = 3;
pub static ORIGIN: model::Point = model::Point { x: 1, y: 2 };
#[inline(never)]
pub fn area(shape: &model::Shape) -> f64 {
    match shape {
        model::Shape::Empty => 0.0,
        model::Shape::Circle { center, radius } => radius * f64::from(center.x),
        model::Shape::Line(from, to) => (from.y + to.y) as f64,
    }
}
fn main() {
    let word = model::Word { whole: 7 };
    let pair = model::Pair { first: model::Color::Red, second: model::Color::Green };
    let circle = model::Shape::Circle { center: ORIGIN, radius: 2.0 };
    unsafe { COUNT += word.whole };
    let line = model::Shape::Line(ORIGIN, ORIGIN);
    println!("{} {} {}", area(&circle) + area(&line) + area(&model::Shape::Empty), pair.first as u8, pair.second as u8);
}
