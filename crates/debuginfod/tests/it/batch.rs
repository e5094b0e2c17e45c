//! Many files, several servers, and one who has enough of waiting.

use crate::server::{Server, give};
use crate::setup::{Setup, elf, request};
use spelunk_base::{Cancel, Cancelled, NoProgress, Progress};
use spelunk_debuginfod::{Outcome, Request};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const ANY: &(dyn Fn(&Request, &Path) -> Result<(), String> + Sync) = &|_, _| Ok(());

fn fetch(setup: &Setup, count: u8) -> Vec<Outcome> {
    let requests: Vec<_> = (0..count).map(request).collect();
    let cancel = Cancel::default();
    let outcomes = setup.client.fetch(&requests, ANY, &NoProgress, &cancel);
    outcomes.unwrap()
}

#[test]
fn servers_are_asked_in_their_order_until_one_has_the_file() {
    let first = Server::saying("404 Not Found");
    let second = Server::giving("", elf(300_000));
    let third = Server::giving("", elf(10));
    let urls = [&*first.url, &*second.url, &*third.url];
    let setup = Setup::new("order", &urls, &[]);
    setup.found(&elf(300_000));
    let path = format!("/buildid/{}/debuginfo", request(1).build_id);
    for server in [&first, &second] {
        let heard = server.heard();
        assert_eq!(heard.len(), 1);
        assert_eq!(heard[0].path, path);
        assert!(
            heard[0]
                .header("user-agent")
                .unwrap()
                .starts_with("spelunk/")
        );
        assert_eq!(heard[0].header("accept-encoding"), None);
    }
    assert!(third.heard().is_empty());
    // The second time, nobody is asked.
    setup.found(&elf(300_000));
    assert_eq!(second.heard().len(), 1);
    assert_eq!(setup.leftovers(), ["debuginfo"]);
}

#[test]
fn a_silent_server_delays_nobody_for_long() {
    let (silent, giving) = (Server::silent(), Server::giving("", elf(10)));
    let setup = Setup::new("silent", &[&silent.url, &giving.url], &[]);
    let start = Instant::now();
    let outcomes = fetch(&setup, 40);
    assert!(
        outcomes
            .iter()
            .all(|outcome| matches!(outcome, Outcome::Found(_)))
    );
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "{:?}",
        start.elapsed()
    );
    // Files that were asked for at the same time found out together.
    assert!(silent.heard().len() <= 16, "{}", silent.heard().len());
}

#[test]
fn a_server_that_never_answers_is_not_waited_for_with_every_file() {
    let silent = Server::silent();
    let setup = Setup::new("gone", &[&silent.url], &[("DEBUGINFOD_TIMEOUT", "1")]);
    let start = Instant::now();
    for outcome in fetch(&setup, 100) {
        let Outcome::Failed(failures) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(failures.len(), 1);
        assert_eq!(
            failures[0].to_string(),
            format!("{}: it does not answer", silent.url)
        );
        assert!(failures[0].is_gone);
    }
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "{:?}",
        start.elapsed()
    );
    assert!(silent.heard().len() <= 8);
    // Nor in the next batch.
    let asked = silent.heard().len();
    fetch(&setup, 10);
    assert_eq!(silent.heard().len(), asked);
}

#[test]
fn a_server_that_is_not_there_says_why() {
    let nowhere = "http://127.0.0.1:1";
    let giving = Server::giving("", elf(10));
    let setup = Setup::new("nowhere", &[nowhere], &[]);
    let failures = setup.failed(&elf(10));
    assert_eq!(
        failures[0].to_string(),
        format!("{nowhere}: Connection refused")
    );
    assert!(failures[0].is_gone);
    assert!(setup.leftovers().is_empty());
    setup.again(&[nowhere, &giving.url], &[]).found(&elf(10));
    let setup = Setup::new("unknown-host", &["http://host.invalid"], &[]);
    assert!(setup.failed(&[])[0].is_gone);
}

#[test]
fn files_are_got_at_the_same_time() {
    let (now, most) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
    let seen = Arc::clone(&most);
    let server = Server::new(move |_, stream| {
        seen.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(50));
        now.fetch_sub(1, Ordering::SeqCst);
        give(stream, "200 OK", "", &elf(10));
    });
    let setup = Setup::new("parallel", &[&server.url], &[]);
    let outcomes = fetch(&setup, 40);
    assert!(
        outcomes
            .iter()
            .all(|outcome| matches!(outcome, Outcome::Found(_)))
    );
    let most = most.load(Ordering::SeqCst);
    assert!((4..=8).contains(&most), "{most}");
}

/// Cancels as soon as progress is reported.
struct Impatient {
    cancel: Cancel,
    since: Mutex<Option<Instant>>,
}

impl Progress for Impatient {
    fn report(&self, _task: &str, _done: u64, _total: u64) {
        self.since.lock().unwrap().get_or_insert_with(Instant::now);
        self.cancel.cancel();
    }
}

#[test]
fn one_who_cancels_is_let_go_at_once_whatever_servers_do() {
    let silent = Server::silent();
    let trickling = Server::new(|_, stream| {
        crate::server::begin(stream, "200 OK", "Content-Length: 1000000\r\n");
        use std::io::Write;
        while stream.write_all(b"\x7f").is_ok() {
            std::thread::park();
        }
    });
    for url in [&*silent.url, &trickling.url] {
        let setup = Setup::new("cancel", &[url], &[]);
        let impatient = Impatient {
            cancel: Cancel::default(),
            since: Mutex::default(),
        };
        let requests: Vec<_> = (0..20).map(request).collect();
        let result = setup
            .client
            .fetch(&requests, ANY, &impatient, &impatient.cancel);
        assert_eq!(result, Err(Cancelled));
        let since = impatient.since.lock().unwrap().unwrap();
        assert!(
            since.elapsed() < Duration::from_millis(300),
            "{:?}",
            since.elapsed()
        );
    }
}

#[derive(Default)]
struct Notes(Mutex<Vec<(String, u64, u64)>>);

impl Progress for Notes {
    fn report(&self, task: &str, done: u64, total: u64) {
        self.0.lock().unwrap().push((task.to_owned(), done, total));
    }
}

#[test]
fn progress_tells_the_file_or_how_many_of_them() {
    let server = Server::giving("", elf(3 << 20));
    let setup = Setup::new("progress", &[&server.url], &[]);
    let last = |requests: &[Request]| {
        let notes = Notes::default();
        let cancel = Cancel::default();
        setup.client.fetch(requests, ANY, &notes, &cancel).unwrap();
        notes.0.into_inner().unwrap().pop().unwrap()
    };
    let task = "downloading debuginfo of file 1 (3 MiB)".to_owned();
    assert_eq!(last(&[request(1)]), (task, 3 << 20, 3 << 20));
    let task = "asking debuginfod: 2 of 2 files, 6 MiB".to_owned();
    assert_eq!(last(&[request(2), request(3)]), (task, 2, 2));
}
