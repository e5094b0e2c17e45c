//! Search by comparison.

use super::walk::{Layout, too_deep};
use crate::helper::{Callback, Value};
use crate::helpers::entry::Entries;
use crate::walk::Cycle;
use spelunk_object::Object;
use spelunk_program::{Error, Program, Result};
use spelunk_types::QualifiedType;
use std::cmp::Ordering;

/// An entry of the tree at `root` that `compare` finds equal to what is sought, which it compares with entries.
pub fn rb_find(
    program: &Program,
    ty: QualifiedType,
    root: &Object,
    member: &str,
    compare: &mut dyn FnMut(&Object) -> Result<Ordering>,
) -> Result<Object> {
    let entries = Entries::new(program, ty, member)?;
    let top = root.member(program, "rb_node")?;
    let layout = Layout::new(program, top.ty())?;
    let mut address = top.to_u64(program)?;
    let mut cycle = Cycle::default();
    while address != 0 {
        if cycle.comes_back_to(address) {
            return Err(too_deep(address));
        }
        let entry = entries.containing(program, address)?;
        address = match compare(&entry)? {
            Ordering::Equal => return Ok(entry),
            Ordering::Less => layout.left.read(program, address)?,
            Ordering::Greater => layout.right.read(program, address)?,
        };
    }
    entries.null(program)
}

/// What a comparison function of the front end says of two things.
pub(super) fn compare(
    program: &Program,
    callback: &dyn Callback,
    left: Value,
    right: &Object,
) -> Result<Ordering> {
    let answer = callback.call(program, vec![left, right.clone().into()])?;
    let number = match answer {
        Value::Int(number) => number,
        Value::Bool(value) => i128::from(value),
        Value::Object(object) => object.to_i128(program)?,
        other => {
            return Err(Error::type_(format!(
                "comparison must return an integer, not {}",
                other.kind()
            )));
        }
    };
    Ok(number.cmp(&0))
}
