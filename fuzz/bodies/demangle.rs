//! A text as a mangled name, and behind each of the schemes' prefixes.

/// Must not panic, hang or take more memory than the bytes can justify.
pub(crate) fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for prefix in ["", "_Z", "_R"] {
        let name = format!("{prefix}{text}");
        let _ = spelunk_debuginfo::demangle(&name);
        let _ = spelunk_debuginfo::demangle_function(&name);
    }
}
