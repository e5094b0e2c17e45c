//! `HashMap` and `HashSet`: the table of the crate hashbrown, which the standard library uses.

use crate::layout::sizeof;
use crate::object::add;
use crate::printer::reach::{argument, innermost, number};
use crate::printer::{Child, Key, Presentation, damaged};
use crate::{Object, Result, Target};
use spelunk_types::QualifiedType;

/// Control bytes that are read at once.
const CHUNK: usize = 1 << 10;
/// The bit of a control byte that says that the bucket is empty or deleted.
const FREE: u8 = 0x80;

/// The full buckets of a table. A byte for each stands from `control` on; the buckets themselves
/// stand before that, the first one last.
struct Buckets {
    bucket: QualifiedType,
    size: u64,
    control: u64,
    count: u64,
    /// The bucket to look at next.
    index: u64,
    /// Full buckets that are still to come.
    left: u64,
    /// Control bytes that were read, for the buckets up to `read`.
    bytes: Vec<u8>,
    read: u64,
}

impl Buckets {
    fn new(target: &dyn Target, map: &Object) -> Result<Self> {
        let table = map.member(target, "table")?;
        let bucket = argument(target, &table, 0)?;
        let table = table.member(target, "table").unwrap_or(table);
        let mask = number(target, &table, &["bucket_mask"])?;
        let count = mask
            .checked_add(1)
            .filter(|count| count.is_power_of_two())
            .ok_or_else(|| damaged("table has no size"))?;
        let left = number(target, &table, &["items"])?;
        if left > count {
            return Err(damaged("table is fuller than it is large"));
        }
        Ok(Self {
            bucket,
            size: sizeof(target.types(), bucket)?,
            control: innermost(target, &table.member(target, "ctrl")?)?.to_u64(target)?,
            count,
            index: 0,
            left,
            bytes: Vec::new(),
            read: 0,
        })
    }

    fn next(&mut self, target: &dyn Target) -> Result<Option<Object>> {
        while self.left > 0 {
            if self.index >= self.count {
                return Err(damaged("table has fewer elements than it counts"));
            }
            if self.index >= self.read {
                let length = usize::try_from(self.count - self.read).unwrap_or(CHUNK);
                self.bytes.resize(length.min(CHUNK), 0);
                target.read(add(target, self.control, self.read), &mut self.bytes)?;
                self.read += self.bytes.len() as u64;
            }
            let from_end = usize::try_from(self.read - self.index).unwrap_or(0);
            let place = self.bytes.len().checked_sub(from_end);
            let byte = place.and_then(|place| self.bytes.get(place));
            self.index += 1;
            if byte.is_some_and(|byte| byte & FREE == 0) {
                self.left -= 1;
                let offset = self.index.wrapping_mul(self.size);
                let address = add(target, self.control, offset.wrapping_neg());
                return Ok(Some(Object::at(self.bucket, address)));
            }
        }
        Ok(None)
    }
}

/// Those of the standard library are newtypes of hashbrown's.
fn base(target: &dyn Target, object: &Object) -> Object {
    let base = object.member(target, "base");
    base.unwrap_or_else(|_| object.clone())
}

pub(super) fn map(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let mut buckets = Buckets::new(target, &base(target, object))?;
    Ok(Presentation::Children(Box::new(
        move |target: &dyn Target| match buckets.next(target)? {
            Some(pair) => Ok(Some(Child {
                key: Some(Key::Object(pair.member(target, "__0")?)),
                value: pair.member(target, "__1")?,
            })),
            None => Ok(None),
        },
    )))
}

/// A map to nothing.
pub(super) fn set(target: &dyn Target, object: &Object) -> Result<Presentation> {
    let map = base(target, object).member(target, "map")?;
    let mut buckets = Buckets::new(target, &base(target, &map))?;
    Ok(Presentation::Children(Box::new(
        move |target: &dyn Target| match buckets.next(target)? {
            Some(pair) => Ok(Some(pair.member(target, "__0")?.into())),
            None => Ok(None),
        },
    )))
}
