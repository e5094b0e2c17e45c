//! What a server's answer means, by its status and headers (RFC 9110).

use std::time::Duration;

/// A status and the headers that matter.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Head {
    /// The status: 200 and so on.
    pub status: u16,
    /// How long the body is, by `Content-Length`.
    content_length: Option<u64>,
    /// How long the file is, by the header that debuginfod adds for bodies without a length.
    file_size: Option<u64>,
    /// `Content-Range`, if it is good.
    range: Option<ContentRange>,
    /// What tells this version of the file from others: a strong `ETag`, or `Last-Modified`.
    pub(crate) validator: Option<String>,
    retry_after: Option<Duration>,
    /// Whether the body is the file in some encoding, for which nobody asked.
    is_encoded: bool,
}

/// `bytes START-END/TOTAL`; the end is the last byte's place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct ContentRange {
    start: u64,
    total: u64,
}

/// What an answer means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// The whole file follows, this long.
    Whole {
        /// Its length, if the server says it.
        length: Option<u64>,
    },
    /// The rest of the file follows.
    Rest {
        /// Where it begins.
        start: u64,
        /// The length of the whole file.
        total: u64,
    },
    /// The server does not have the file.
    Missing,
    /// The server cannot answer now; it may say for how long.
    Busy {
        /// When to ask again.
        retry_after: Option<Duration>,
    },
    /// It will not, or is no such server. With the reason.
    Refused(String),
}

impl Head {
    /// A status with headers; those that make no sense count as not given.
    pub fn new<'a>(status: u16, headers: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Self {
        let mut head = Self {
            status,
            ..Self::default()
        };
        let mut last_modified = None;
        for (name, value) in headers {
            let Ok(value) = std::str::from_utf8(value) else {
                continue;
            };
            let value = value.trim();
            match &*name.to_ascii_lowercase() {
                "content-length" => head.content_length = decimal(value),
                "x-debuginfod-size" => head.file_size = decimal(value),
                "content-range" => head.range = ContentRange::parse(value),
                "content-encoding" => head.is_encoded = !value.eq_ignore_ascii_case("identity"),
                // A date says nothing that would be worth a parser.
                "retry-after" => head.retry_after = decimal(value).map(Duration::from_secs),
                "last-modified" => last_modified = validator(value),
                "etag" if value.starts_with('"') => head.validator = validator(value),
                _ => {}
            }
        }
        head.validator = head.validator.or(last_modified);
        head
    }

    /// What it means for one who asked for a file, or for the rest of one.
    #[must_use]
    pub fn answer(&self) -> Answer {
        if self.is_encoded && matches!(self.status, 200 | 206) {
            return Answer::Refused(
                "it sends the file in an encoding that was not asked for".into(),
            );
        }
        match (self.status, self.range) {
            (200, _) => Answer::Whole {
                length: self.content_length.or(self.file_size),
            },
            (206, Some(ContentRange { start, total })) => Answer::Rest { start, total },
            (404 | 410, _) => Answer::Missing,
            (401 | 403 | 407, _) => Answer::Refused(format!(
                "status {}, it wants authentication: see DEBUGINFOD_HEADERS_FILE",
                self.status
            )),
            (406 | 413, _) => Answer::Refused(format!(
                "status {}, the file is larger than DEBUGINFOD_MAXSIZE",
                self.status
            )),
            (408 | 425 | 429 | 500..=599, _) => Answer::Busy {
                retry_after: self.retry_after,
            },
            (status, _) => {
                Answer::Refused(format!("status {status}, as no debuginfod server does"))
            }
        }
    }
}

impl ContentRange {
    fn parse(value: &str) -> Option<Self> {
        let (range, total) = value.strip_prefix("bytes ")?.split_once('/')?;
        let (start, last) = range.trim().split_once('-')?;
        let (start, last) = (decimal(start)?, decimal(last)?);
        let total = decimal(total)?;
        // The rest, and nothing less, is what was asked for.
        (start <= last && last.checked_add(1) == Some(total)).then_some(Self { start, total })
    }
}

fn decimal(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

/// A validator that can be sent back and kept on a line.
fn validator(value: &str) -> Option<String> {
    let is_plain = value.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    (is_plain && (1..=256).contains(&value.len())).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(status: u16, headers: &[(&str, &str)]) -> Head {
        Head::new(
            status,
            headers
                .iter()
                .map(|(name, value)| (*name, value.as_bytes())),
        )
    }

    #[test]
    fn lengths_are_taken_from_the_body_or_from_debuginfod() {
        let sizes = [("X-DEBUGINFOD-SIZE", "7"), ("Content-Length", "5")];
        let whole = |length| Answer::Whole { length };
        assert_eq!(head(200, &sizes).answer(), whole(Some(5)));
        assert_eq!(head(200, &sizes[..1]).answer(), whole(Some(7)));
        for wrong in ["", "-1", "+1", "1 2", "99999999999999999999", "0x10"] {
            let headers = [("content-length", wrong)];
            assert_eq!(head(200, &headers).answer(), whole(None), "{wrong}");
        }
    }

    #[test]
    fn a_part_must_be_the_rest() {
        let range = |value| head(206, &[("content-range", value)]).answer();
        let rest = Answer::Rest {
            start: 2,
            total: 10,
        };
        assert_eq!(range("bytes 2-9/10"), rest);
        let max = u64::MAX.to_string();
        for wrong in [
            "bytes 2-8/10",
            "bytes 2-9/*",
            "bytes 9-2/3",
            "bytes */10",
            "2-9/10",
            &format!("bytes 0-{max}/0"),
        ] {
            assert!(matches!(range(wrong), Answer::Refused(_)), "{wrong}");
        }
    }

    #[test]
    fn only_a_strong_etag_tells_versions_apart() {
        let date = ("last-modified", "Sun, 22 Nov 2026 10:56:48 GMT");
        let strong = head(200, &[("etag", "\"a\""), date]);
        assert_eq!(strong.validator.as_deref(), Some("\"a\""));
        let weak = head(200, &[date, ("etag", "W/\"a\"")]);
        assert_eq!(weak.validator.as_deref(), Some(date.1));
        assert_eq!(head(200, &[("etag", "\"\u{1}\"")]).validator, None);
    }

    #[test]
    fn statuses_mean_what_the_standard_says() {
        let retry = head(503, &[("Retry-After", "3")]).answer();
        let retry_after = Some(Duration::from_secs(3));
        assert_eq!(retry, Answer::Busy { retry_after });
        assert_eq!(head(404, &[]).answer(), Answer::Missing);
        let is_refused = |head: Head| matches!(head.answer(), Answer::Refused(_));
        assert!(is_refused(head(204, &[])) && is_refused(head(403, &[])));
        assert!(is_refused(head(200, &[("content-encoding", "gzip")])));
        assert!(!is_refused(head(200, &[("content-encoding", "identity")])));
    }
}
