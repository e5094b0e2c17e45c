//! The seeds of the fuzz target.

#[path = "../../../../fuzz/bodies/debuginfod.rs"]
mod debuginfod;

use spelunk_debuginfod::Origin;
use spelunk_synth::exercise;

fn seeds() -> Vec<Vec<u8>> {
    let origin = Origin {
        url: "https://host/buildid/00/debuginfo".into(),
        validator: "\"tag\"".into(),
        total: 1 << 40,
    };
    let answer = |status: u16, headers: &str| [&status.to_le_bytes(), headers.as_bytes()].concat();
    vec![
        answer(
            200,
            "Content-Length: 12\nETag: \"a\"\nX-DEBUGINFOD-SIZE: 13\n",
        ),
        answer(
            206,
            "Content-Range: bytes 2-9/10\nLast-Modified: Sun, 22 Nov\n",
        ),
        answer(503, "Retry-After: 7\nContent-Encoding: gzip\n"),
        [b"body".to_vec(), origin.to_trailer()].concat(),
        b"ima:enforcing https://me:secret@host:1/x/ localhost file:///srv [::1]:2 ftp://x".to_vec(),
        b"X-Token: secret\n\nno header\nA: \x01\n".to_vec(),
    ]
}

#[test]
fn debuginfod() {
    exercise(&seeds(), 300, debuginfod::run);
}
