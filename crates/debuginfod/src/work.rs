//! What all downloads of a batch share.

use crate::server::Server;
use crate::tally::Tally;
use crate::{Config, Request};
use spelunk_base::Cancel;
use std::path::Path;
use std::time::Duration;

/// How soon one who cancels is heard.
pub(crate) const TICK: Duration = Duration::from_millis(25);

/// Says whether the file at a path is the one that was requested, or why not.
pub type Verify<'a> = &'a (dyn Fn(&Request, &Path) -> Result<(), String> + Sync);

pub(crate) struct Work<'a> {
    pub(crate) config: &'a Config,
    pub(crate) servers: &'a [Server],
    pub(crate) verify: Verify<'a>,
    pub(crate) cancel: &'a Cancel,
    pub(crate) tally: Tally<'a>,
}
