//! One file: out of the cache, or from the servers.

use crate::cache::{Cache, Known};
use crate::part::Part;
use crate::race::Race;
use crate::work::Work;
use crate::{Failure, Outcome, Request};
use spelunk_base::Cancelled;

/// Gets the file at `place` among those that are wanted.
pub(crate) fn download(
    work: &Work<'_>,
    cache: &Cache,
    request: &Request,
    place: usize,
) -> Result<Outcome, Cancelled> {
    match cache.look_up(request) {
        // One that is not what it should be is got anew.
        Known::Here(path) if (work.verify)(request, &path).is_ok() => {
            return Ok(Outcome::Found(path));
        }
        Known::Missing => {
            return Ok(Outcome::Missing {
                is_remembered: true,
            });
        }
        Known::Here(_) | Known::Nothing => {}
    }
    let target = cache.path(request);
    let part = cache
        .make_folder(request)
        .and_then(|()| Part::open(&target));
    let part = match part {
        Ok(part) => part,
        Err(error) => return Ok(Outcome::Failed(vec![Failure::of_cache(&error)])),
    };
    let outcome = Race::new(work, request, place, part).run()?;
    if matches!(outcome, Outcome::Missing { .. }) {
        // If it cannot be noted, it is asked for again.
        let _ = cache.note_missing(request);
    }
    Ok(outcome)
}
