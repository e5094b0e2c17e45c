//! What debuginfod servers, a user's files and kept parts say.

use spelunk_debuginfod::{Answer, Config, Head, Origin};

/// Must not panic, hang or take more memory than the bytes can justify.
pub(crate) fn run(data: &[u8]) {
    answer(data);
    part(data);
    let text = String::from_utf8_lossy(data);
    let mut config = Config::default();
    config.add_servers(&text);
    config.add_headers(&text);
    for server in &config.servers {
        let shown = server.to_string();
        assert!(!shown.contains('@') && shown.contains("://"), "{shown}");
    }
}

/// A status in two bytes, and headers on lines.
fn answer(data: &[u8]) {
    let Some((status, rest)) = data.split_first_chunk::<2>() else {
        return;
    };
    let lines = rest.split(|byte| *byte == b'\n').filter_map(|line| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = line.split_at(colon);
        Some((std::str::from_utf8(name).ok()?, value.get(1..)?))
    });
    let head = Head::new(u16::from_le_bytes(*status), lines);
    if let Answer::Rest { start, total } = head.answer() {
        assert!(start < total);
    }
}

fn part(data: &[u8]) {
    if let Some((origin, length)) = Origin::parse_trailer(data) {
        assert!(length <= data.len());
        let again = Origin::parse_trailer(&origin.to_trailer());
        assert_eq!(again.map(|(origin, _)| origin), Some(origin));
    }
}
