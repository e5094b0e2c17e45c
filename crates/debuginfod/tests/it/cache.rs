//! What is kept, what is remembered, and what is thrown away.

use crate::server::{Server, begin};
use crate::setup::{Setup, elf, request};
use spelunk_debuginfod::Outcome;
use std::fs::{File, FileTimes};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

fn missing(is_remembered: bool) -> Outcome {
    Outcome::Missing { is_remembered }
}

/// Makes a file that was last used and changed so long ago.
fn age(path: &Path, seconds: u64) {
    let time = SystemTime::now() - Duration::from_secs(seconds);
    let times = FileTimes::new().set_accessed(time).set_modified(time);
    File::open(path).unwrap().set_times(times).unwrap();
}

#[test]
fn what_no_server_has_is_not_asked_for_again_for_a_while() {
    let server = Server::saying("404 Not Found");
    let setup = Setup::new("missing", &[&server.url], &[]);
    assert_eq!(setup.get(1, &[]), missing(false));
    assert_eq!(setup.get(1, &[]), missing(true));
    assert_eq!(server.heard().len(), 1);
    age(&setup.kept(1), 601);
    assert_eq!(setup.get(1, &[]), missing(false));
    assert_eq!(setup.get(1, &[]), missing(true));
    setup.workshop.write("cache/cache_miss_s", "0\n");
    assert_eq!(setup.get(1, &[]), missing(false));
    assert_eq!(server.heard().len(), 3);
    // Where a server failed, nobody knows that the file is not to be had.
    let setup = setup.again(&[&server.url, "http://127.0.0.1:1"], &[]);
    assert!(matches!(setup.get(2, &[]), Outcome::Failed(_)));
    assert!(!setup.kept(2).exists());
}

#[test]
fn files_are_for_their_owner_alone_and_for_reading() {
    let server = Server::giving("", elf(10));
    let setup = Setup::new("modes", &[&server.url], &[]);
    setup.found(&elf(10));
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&setup.kept(1)), 0o400);
    assert_eq!(mode(setup.kept(1).parent().unwrap()), 0o700);
}

#[test]
fn a_cached_file_that_is_not_the_one_is_got_anew() {
    let server = Server::giving("", elf(10));
    let setup = Setup::new("bad-entry", &[&server.url], &[]);
    let path = setup.kept(1);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, b"damaged").unwrap();
    setup.found(&elf(10));
    assert_eq!(server.heard().len(), 1);
}

#[test]
fn what_nobody_used_for_long_goes_when_it_is_time() {
    let server = Server::giving("", elf(10));
    let setup = Setup::new("clean", &[&server.url], &[]);
    for id in [1, 2] {
        setup.get(id, &elf(10));
    }
    let interval = setup.cache().join("cache_clean_interval_s");
    assert_eq!(std::fs::read(&interval).unwrap(), b"86400");
    let other = setup.kept(1).with_file_name("notes");
    std::fs::write(&other, b"of somebody else").unwrap();
    for path in [&setup.kept(1), &setup.kept(2), &other] {
        age(path, 604_801);
    }
    // Not yet.
    setup.get(3, &elf(10));
    assert!(setup.kept(2).exists());
    age(&interval, 86_401);
    setup.get(3, &elf(10));
    assert!(!setup.kept(1).exists() && other.exists());
    assert!(!setup.kept(2).parent().unwrap().exists());
    assert!(setup.kept(3).exists());
    // A use counts, where the file system does not say so by itself, too.
    setup.get(4, &elf(10));
    age(&setup.kept(4), 604_801);
    setup.get(4, &elf(10));
    age(&interval, 86_401);
    setup.get(3, &elf(10));
    assert!(setup.kept(4).exists());
}

#[test]
fn several_may_get_one_file_at_the_same_time() {
    let server = Server::new(|heard, stream| {
        let body = elf(1_000_000);
        begin(
            stream,
            "200 OK",
            "Content-Length: 1000000\r\nETag: \"v1\"\r\n",
        );
        // Some break off, and it begins anew: this server knows no ranges.
        let end = if heard.count % 3 == 0 {
            500_000
        } else {
            1_000_000
        };
        let _ = stream.write_all(&body[..end]);
    });
    let variables = [("DEBUGINFOD_RETRY_LIMIT", "9")];
    let setup = Setup::new("several", &[&server.url], &variables);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| setup.found(&elf(1_000_000)));
        }
    });
    assert_eq!(setup.leftovers(), ["debuginfo"]);
}

#[test]
fn a_cache_that_cannot_be_made_says_so() {
    let server = Server::giving("", elf(10));
    let setup = Setup::new("no-cache", &[&server.url], &[]);
    setup.workshop.write("cache", "no folder");
    let failure = &setup.failed(&elf(10))[0];
    assert!(failure.server.is_none());
    assert!(
        failure.to_string().ends_with(": see DEBUGINFOD_CACHE_PATH"),
        "{failure}"
    );
    assert!(!request(1).label.is_empty());
}
