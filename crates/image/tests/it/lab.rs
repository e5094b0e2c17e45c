use spelunk_image::Image;
use std::path::{Path, PathBuf};

/// A dump of the lab. Tests over real dumps fail, rather than pass unrun, where it is missing.
pub(crate) fn dump(name: &str, file: &str) -> PathBuf {
    let folder = |variable| std::env::var_os(variable).map(PathBuf::from);
    let cache = folder("SPELUNK_CACHE")
        .or_else(|| folder("XDG_CACHE_HOME").map(|caches| caches.join("spelunk")))
        .or_else(|| folder("HOME").map(|home| home.join(".cache/spelunk")))
        .unwrap_or_default();
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
