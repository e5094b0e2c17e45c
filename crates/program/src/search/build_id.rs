//! Files by build ID: `.build-id/xx/yyyy.debug` and, as they were loaded, `.build-id/xx/yyyy` below
//! a directory of debug files.

use spelunk_base::BuildId;
use std::path::{Path, PathBuf};

/// The paths of the debug file and of the loaded file below one directory.
pub(super) fn paths(directory: &Path, build_id: &BuildId) -> Option<(PathBuf, PathBuf)> {
    let id = build_id.to_string();
    let (first, rest) = id
        .split_at_checked(2)
        .filter(|(_, rest)| !rest.is_empty())?;
    let folder = directory.join(".build-id").join(first);
    Some((folder.join(format!("{rest}.debug")), folder.join(rest)))
}
