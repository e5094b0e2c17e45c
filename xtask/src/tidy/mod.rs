//! `cargo xtask tidy`: rules of the house that neither the compiler nor clippy knows.

mod edges;
mod files;
mod fuzz;

use anyhow::{Result, bail};

pub(crate) use fuzz::rust_files;

use crate::place::Place;

pub(crate) fn tidy(place: &Place) -> Result<()> {
    let mut complaints = edges::check(place)?;
    complaints.extend(files::check(place)?);
    complaints.extend(fuzz::check(&place.root)?);
    if complaints.is_empty() {
        eprintln!("tidy: nothing to say");
        return Ok(());
    }
    bail!("tidy:\n  {}", complaints.join("\n  "));
}
