use spelunk_image::Image;
use std::path::{Path, PathBuf};

/// A dump of the lab. Tests over real dumps fail, rather than pass unrun, where it is missing.
pub(crate) fn dump(name: &str, file: &str) -> PathBuf {
    let cache = std::env::var_os("SPELUNK_CACHE").map_or_else(
        || PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cache/spelunk"),
        PathBuf::from,
    );
    let path = cache.join("dumps").join(name).join(file);
    assert!(
        path.exists(),
        "{} is missing: make it with `cargo xtask lab {name}`",
        path.display()
    );
    path
}

pub(crate) fn open(name: &str, files: &[&str]) -> Image {
    let paths: Vec<PathBuf> = files.iter().map(|file| dump(name, file)).collect();
    let paths: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
    Image::open(&paths).unwrap_or_else(|error| panic!("{name}: {error}"))
}
