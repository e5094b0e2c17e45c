use crate::dwarf::Slice;
use crate::entry::Die;
use crate::unit::Unit;
use gimli::{AttributeValue, LineProgramHeader, constants as dw};
use spelunk_base::path_ends_in;

/// Whether the source file that the entry was written in has a path that ends in the components of
/// `wanted`: `sched/core.c` and `/linux/kernel/sched/./core.c` match `kernel/sched/core.c`, while
/// `ed/core.c` does not.
pub(crate) fn matches(die: &Die<'_, '_>, wanted: &str) -> bool {
    match of_its_own(die, wanted) {
        Some(matches) => matches,
        None => {
            let origin = die.origin().ok().flatten();
            origin.and_then(|origin| of_its_own(&origin, wanted)) == Some(true)
        }
    }
}

/// Whether the path of the file that `DW_AT_decl_file` says matches; `None` if it says none.
fn of_its_own(die: &Die<'_, '_>, wanted: &str) -> Option<bool> {
    let unit = die.unit();
    let header = unit.lines()?.header();
    let file = match die.attr(dw::DW_AT_decl_file)? {
        AttributeValue::FileIndex(file) => file,
        value => value.udata_value()?,
    };
    file_matches(unit, header, file, wanted)
}

/// Whether the source file that a unit was compiled from is `wanted`.
pub(crate) fn is_of_unit(unit: &Unit<'_>, wanted: &str) -> bool {
    let text = |text: Option<Slice<'_>>| {
        text.map_or(String::new(), |text| text.to_string_lossy().into_owned())
    };
    let (name, compiled_in) = (text(unit.name), text(unit.comp_dir));
    match name.starts_with('/') {
        true => path_ends_in(&name, wanted),
        false => path_ends_in(&format!("{compiled_in}/{name}"), wanted),
    }
}

/// Whether the path of a file that a line table counts matches; `None` if it has no such file.
pub(crate) fn file_matches(
    unit: &Unit<'_>,
    header: &LineProgramHeader<Slice<'_>>,
    file: u64,
    wanted: &str,
) -> Option<bool> {
    let entry = header.file(file)?;
    let text = |value: AttributeValue<Slice<'_>>| {
        let text = unit.line_dwarf().attr_string(unit, value).ok()?;
        Some(text.to_string_lossy().into_owned())
    };
    let name = text(entry.path_name())?;
    // Nearly every file is another one by its last component already: a header's definitions
    // stand in thousands of units.
    if let (Some(last), Some(wanted)) = (last_component(&name), last_component(wanted))
        && last != wanted
    {
        return Some(false);
    }
    if name.starts_with('/') {
        return Some(path_ends_in(&name, wanted));
    }
    let directory = entry.directory(header).and_then(text).unwrap_or_default();
    if directory.starts_with('/') {
        return Some(path_ends_in(&format!("{directory}/{name}"), wanted));
    }
    let compiled_in = unit.comp_dir.map(|path| path.to_string_lossy());
    let compiled_in = compiled_in.as_deref().unwrap_or_default();
    Some(path_ends_in(
        &format!("{compiled_in}/{directory}/{name}"),
        wanted,
    ))
}

/// The last component of a path, unless what it is depends on those before it.
fn last_component(path: &str) -> Option<&str> {
    let last = path
        .rsplit('/')
        .find(|component| !matches!(*component, "" | "."));
    last.filter(|last| *last != "..")
}
