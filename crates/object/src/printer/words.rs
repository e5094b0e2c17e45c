//! Durations, dates and bits, which are best said in words.

use super::Presentation;
use super::parts::digits;
use super::reach::{member, unlike, word};
use super::type_name::arguments;
use crate::layout::{name_of, resolve};
use crate::{Object, Result, Target, Value};
use spelunk_base::ByteOrder;

/// Bits that are shown of a bit set.
const MAX_BITS: u64 = 1 << 16;

/// `5ms`: the count, and the period of `std::chrono::duration<long, std::ratio<1, 1000> >`.
pub(super) fn duration(
    target: &dyn Target,
    object: &Object,
    count: &Object,
) -> Result<Presentation> {
    let count = match count.value(target)? {
        Value::Signed(count) => count.to_string(),
        Value::Unsigned(count) => count.to_string(),
        Value::Float(count) => count.to_string(),
        _ => return Err(unlike(target, object)),
    };
    let name = full_name(target, object)?;
    let ratio = arguments(&name).get(1).copied().unwrap_or("").to_owned();
    let ratio: Vec<u64> = arguments(&ratio)
        .iter()
        .filter_map(|text| digits(text))
        .collect();
    let unit = match ratio[..] {
        [1, 1_000_000_000] => "ns".into(),
        [1, 1_000_000] => "us".into(),
        [1, 1_000] => "ms".into(),
        [1, 1] => "s".into(),
        [60, 1] => "min".into(),
        [3_600, 1] => "h".into(),
        [86_400, 1] => "d".into(),
        [number, 1] => format!("[{number}]s"),
        [number, part] => format!("[{number}/{part}]s"),
        _ => return Err(unlike(target, object)),
    };
    Ok(Presentation::Text(count + &unit))
}

/// The name with its arguments, behind typedefs.
fn full_name(target: &dyn Target, object: &Object) -> Result<String> {
    let (id, _) = resolve(target.types(), object.ty().id)?;
    Ok(name_of(target.types(), id))
}

/// A point in time is shown as the time since its clock's start.
pub(super) fn time_point(
    target: &dyn Target,
    object: &Object,
    since: &str,
) -> Result<Presentation> {
    Ok(Presentation::Object(object.member(target, since)?))
}

/// `2024-02-29`, as its output operator has it. The year, month and day are classes of a member each,
/// whose name is that of the date's.
pub(super) fn date(target: &dyn Target, object: &Object, parts: [&str; 3]) -> Result<Presentation> {
    let part = |name| member(target, object, &[name, name])?.to_i128(target);
    let [year, month, day] = parts;
    let (year, month, day) = (part(year)?, part(month)?, part(day)?);
    Ok(Presentation::Text(format!("{year:04}-{month:02}-{day:02}")))
}

/// The bits of a word or several as the constructor takes them, the highest first.
pub(super) fn bitset(
    target: &dyn Target,
    object: &Object,
    words: impl FnOnce() -> Result<Object>,
) -> Result<Presentation> {
    let name = full_name(target, object)?;
    let size = arguments(&name).first().and_then(|text| digits(text));
    let size = size
        .filter(|size| *size <= MAX_BITS)
        .ok_or_else(|| unlike(target, object))?;
    if size == 0 {
        return Ok(Presentation::Text("\"\"".into()));
    }
    let bytes = words()?.to_bytes(target)?;
    let word = word(target)?;
    let is_big = target
        .platform()
        .is_some_and(|platform| platform.byte_order == ByteOrder::Big);
    let mut text = String::from("\"");
    for bit in (0..size).rev() {
        let byte = match (bit / 8, is_big) {
            (byte, false) => byte,
            (byte, true) => byte / word * word + (word - 1 - byte % word),
        };
        let byte = usize::try_from(byte).ok().and_then(|byte| bytes.get(byte));
        let byte = byte.ok_or_else(|| unlike(target, object))?;
        let is_set = byte >> (bit % 8) & 1 == 1;
        text.push(if is_set { '1' } else { '0' });
    }
    text.push('"');
    Ok(Presentation::Text(text))
}
