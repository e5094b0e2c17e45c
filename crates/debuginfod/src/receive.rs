//! Taking in a file that a server gives.

use crate::part::{Origin, Part};
use crate::speed::Speed;
use crate::transfer::{Event, TransferId};
use crate::work::{TICK, Work};
use crate::{Answer, Head, Request};
use spelunk_base::Cancelled;
use std::sync::mpsc::{Receiver as Events, RecvTimeoutError};
use std::time::Instant;

/// A file whose length nobody says may be so long; else a disk would be filled in silence.
const LONGEST_UNSAID: u64 = 8 << 30;

/// How every file begins that debuginfod has.
const ELF: &[u8; 4] = b"\x7fELF";

/// Why the file was not got.
pub(crate) enum Lost {
    Cancelled(Cancelled),
    /// The server is too slow.
    Slow(String),
    /// The connection broke: the rest may be got another time.
    Broken(String),
    /// What comes is not the file, or must not be got.
    Useless(String),
}

pub(crate) struct Receiver<'a> {
    pub(crate) work: &'a Work<'a>,
    pub(crate) request: &'a Request,
    pub(crate) place: usize,
    pub(crate) part: &'a mut Part,
    pub(crate) events: &'a Events<(TransferId, Event)>,
    /// The one that is listened to.
    pub(crate) transfer: TransferId,
    pub(crate) speed: Speed,
}

impl Receiver<'_> {
    /// Takes in the file from `url`, and checks that it is the one that is wanted.
    pub(crate) fn receive(&mut self, url: &str, head: &Head, answer: &Answer) -> Result<(), Lost> {
        let total = self.begin(url, head, answer)?;
        let result = self.take_in(total);
        let checked = result.and_then(|()| {
            (self.work.verify)(self.request, self.part.path()).map_err(Lost::Useless)
        });
        if matches!(checked, Err(Lost::Useless(_))) {
            // Nobody is to go on with it.
            self.part.restart(None).map_err(|error| cache(&error))?;
        }
        checked
    }

    /// Where the part has to be for what comes; the file's length, if it is known.
    fn begin(&mut self, url: &str, head: &Head, answer: &Answer) -> Result<Option<u64>, Lost> {
        let total = match *answer {
            Answer::Rest { start, total } => {
                let is_rest = self.part.length() == start
                    && self
                        .part
                        .origin()
                        .is_some_and(|origin| origin.url == url && origin.total == total);
                if !is_rest {
                    self.part.restart(None).map_err(|error| cache(&error))?;
                    return Err(Lost::Broken(
                        "it sends a part that was not asked for".into(),
                    ));
                }
                Some(total)
            }
            Answer::Whole { length } => {
                let origin = head
                    .validator
                    .clone()
                    .zip(length)
                    .map(|(validator, total)| Origin {
                        url: url.to_owned(),
                        validator,
                        total,
                    });
                self.part.restart(origin).map_err(|error| cache(&error))?;
                length
            }
            _ => return Err(Lost::Useless("it sends no file".into())),
        };
        if let (Some(total), Some(max)) = (total, self.work.config.max_size)
            && total > max
        {
            return Err(Lost::Useless(too_large(total, max)));
        }
        self.work.tally.expect(self.place, total.unwrap_or(0));
        Ok(total)
    }

    fn take_in(&mut self, total: Option<u64>) -> Result<(), Lost> {
        let start = Instant::now();
        let already = self.part.length();
        let config = self.work.config;
        loop {
            self.work.cancel.check().map_err(Lost::Cancelled)?;
            match self.events.recv_timeout(TICK) {
                Ok((id, _)) if id != self.transfer => continue,
                Ok((_, Event::Chunk(chunk))) => self.add(&chunk, total)?,
                Ok((_, Event::End)) => return self.end(total),
                Ok((_, Event::Failed(broken))) => return Err(Lost::Broken(broken.reason)),
                Ok((_, Event::Head(_))) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(Lost::Broken("the connection was lost".into()));
                }
            }
            let received = self.part.length().saturating_sub(already);
            if self.speed.is_too_low(received, Instant::now()) {
                let text = "it is too slow: see DEBUGINFOD_TIMEOUT";
                return Err(Lost::Slow(text.into()));
            }
            if config.max_time.is_some_and(|max| start.elapsed() > max) {
                let text = "the file takes longer than DEBUGINFOD_MAXTIME";
                return Err(Lost::Useless(text.into()));
            }
        }
    }

    fn add(&mut self, chunk: &[u8], total: Option<u64>) -> Result<(), Lost> {
        let before = self.part.length();
        if !begins_like_elf(before, chunk) {
            return Err(Lost::Useless(
                "it sends something that is no ELF file".into(),
            ));
        }
        let after = before.saturating_add(chunk.len() as u64);
        let max = self.work.config.max_size;
        match (total, max) {
            (Some(total), _) if after > total => {
                return Err(Lost::Useless("it sends more than it said".into()));
            }
            (None, Some(max)) if after > max => {
                return Err(Lost::Useless(too_large(after, max)));
            }
            (None, None) if after > LONGEST_UNSAID => {
                let text = "it sends without end: set DEBUGINFOD_MAXSIZE if the file is so large";
                return Err(Lost::Useless(text.into()));
            }
            _ => {}
        }
        self.part.write(chunk).map_err(|error| cache(&error))?;
        self.work.tally.came(self.place, after);
        Ok(())
    }

    fn end(&self, total: Option<u64>) -> Result<(), Lost> {
        match total {
            Some(total) if self.part.length() != total => Err(Lost::Broken(format!(
                "it broke off after {} of {total} bytes",
                self.part.length()
            ))),
            _ => Ok(()),
        }
    }
}

/// Whether the file may be an ELF file, with these bytes at `offset`.
fn begins_like_elf(offset: u64, bytes: &[u8]) -> bool {
    let rest = usize::try_from(offset)
        .ok()
        .and_then(|offset| ELF.get(offset..));
    let mut pairs = rest.into_iter().flatten().zip(bytes);
    pairs.all(|(wanted, found)| wanted == found)
}

fn too_large(size: u64, max: u64) -> String {
    format!("the file has {size} bytes, more than DEBUGINFOD_MAXSIZE, which is {max}")
}

fn cache(error: &std::io::Error) -> Lost {
    Lost::Useless(format!(
        "the file cannot be kept: {error}: see DEBUGINFOD_CACHE_PATH"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_is_looked_at_however_it_comes() {
        assert!(begins_like_elf(0, b"\x7fELF\x02"));
        assert!(begins_like_elf(0, b"\x7f") && begins_like_elf(1, b"EL"));
        assert!(begins_like_elf(4, b"x") && begins_like_elf(u64::MAX, b"x"));
        assert!(!begins_like_elf(0, b"<html>") && !begins_like_elf(3, b"G"));
    }
}
