//! Supplementary files: what `dwz` moved out of several debug files, named in `.gnu_debugaltlink`.

use super::{DebugInfoOptions, build_id};
use crate::WantedSupplementaryFile;
use spelunk_base::BuildId;
use std::path::PathBuf;

/// Where the file may be: where the debug file says, and below each of the directories.
pub(super) fn paths(wanted: &WantedSupplementaryFile, options: &DebugInfoOptions) -> Vec<PathBuf> {
    let mut paths = vec![wanted.resolved_path()];
    if let Ok(relative) = wanted.supplementary_path.strip_prefix("/") {
        paths.extend(
            options
                .directories
                .iter()
                .map(|directory| directory.join(relative)),
        );
    }
    if let Some(id) = BuildId::new(&wanted.checksum) {
        let directories = options.directories.iter();
        let by_id = directories.filter_map(|directory| build_id::paths(directory, &id));
        paths.extend(by_id.map(|(debug, _)| debug));
    }
    paths
}
