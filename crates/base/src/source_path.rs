//! Paths of source files, as debugging information and users write them.

/// Whether the last components of `path` are all those of `wanted`.
///
/// `sched/core.c` and `/linux/kernel/sched/./core.c` end in `sched/core.c`, while `ed/core.c` does not.
#[must_use]
pub fn path_ends_in(path: &str, wanted: &str) -> bool {
    let path = components(path);
    let wanted = components(wanted);
    path.ends_with(&wanted)
}

/// The components of a path, without `.`, `..` and what `..` takes back; the root is one.
fn components(path: &str) -> Vec<&str> {
    let mut components = Vec::new();
    if path.starts_with('/') {
        components.push("/");
    }
    for component in path.split('/') {
        match component {
            "" | "." => {}
            ".." if !matches!(components.last(), None | Some(&".." | &"/")) => {
                components.pop();
            }
            ".." if components.last() == Some(&"/") => {}
            component => components.push(component),
        }
    }
    components
}

#[cfg(test)]
mod tests {
    use super::path_ends_in;

    #[test]
    fn paths_match_by_whole_components() {
        let path = "/build/linux/kernel/sched/../sched/./core.c";
        for wanted in [
            "core.c",
            "sched/core.c",
            "kernel/sched//core.c",
            "./core.c",
            "",
        ] {
            assert!(path_ends_in(path, wanted), "{wanted}");
        }
        assert!(path_ends_in(path, "/build/linux/kernel/sched/core.c"));
        for wanted in [
            "ore.c",
            "/core.c",
            "kernel/core.c",
            "/linux/kernel/sched/core.c",
        ] {
            assert!(!path_ends_in(path, wanted), "{wanted}");
        }
        assert!(path_ends_in("../include/a.h", "../include/a.h"));
        assert!(!path_ends_in("include/a.h", "../include/a.h"));
    }
}
