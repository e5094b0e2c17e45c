//! Downloads that broke off go on where they were.

use crate::server::{Heard, Server, begin, give};
use crate::setup::{Setup, elf, request};
use spelunk_base::{Cancel, Cancelled, Progress};
use spelunk_debuginfod::Request;
use std::io::Write;
use std::net::TcpStream;

const LENGTH: usize = 500_000;
const ONCE: &[(&str, &str)] = &[("DEBUGINFOD_RETRY_LIMIT", "0")];

/// Gives half of the file and breaks off.
fn half(stream: &mut TcpStream) {
    let headers = format!("Content-Length: {LENGTH}\r\nETag: \"v1\"\r\n");
    begin(stream, "200 OK", &headers);
    let _ = stream.write_all(&elf(LENGTH)[..LENGTH / 2]);
}

/// Gives what the request asks for, which must be a rest of the version `v1`.
fn rest(heard: &Heard, stream: &mut TcpStream) {
    let range = heard.header("range").unwrap();
    assert_eq!(heard.header("if-range"), Some("\"v1\""));
    let start = range
        .strip_prefix("bytes=")
        .unwrap()
        .strip_suffix('-')
        .unwrap();
    let start: usize = start.parse().unwrap();
    let range = format!("Content-Range: bytes {start}-{}/{LENGTH}\r\n", LENGTH - 1);
    give(stream, "206 Partial Content", &range, &elf(LENGTH)[start..]);
}

#[test]
fn the_rest_is_got_in_the_same_call() {
    let server = Server::new(|heard, stream| match heard.count {
        0 => half(stream),
        _ => rest(heard, stream),
    });
    Setup::new("rest-now", &[&server.url], &[]).found(&elf(LENGTH));
    assert_eq!(server.heard().len(), 2);
}

#[test]
fn the_rest_is_got_another_time() {
    let server = Server::new(|heard, stream| match heard.count {
        0 => half(stream),
        _ => rest(heard, stream),
    });
    let setup = Setup::new("rest-later", &[&server.url], ONCE);
    setup.failed(&elf(LENGTH));
    assert_eq!(setup.leftovers(), ["debuginfo.part"]);
    let setup = setup.again(&[&server.url], ONCE);
    setup.found(&elf(LENGTH));
    assert_eq!(setup.leftovers(), ["debuginfo"]);
}

/// Cancels when half of the file is there.
struct UntilHalf(Cancel);

impl Progress for UntilHalf {
    fn report(&self, _task: &str, done: u64, _total: u64) {
        if done >= LENGTH as u64 / 2 {
            self.0.cancel();
        }
    }
}

#[test]
fn what_came_before_one_cancelled_need_not_come_again() {
    let server = Server::new(|heard, stream| match heard.count {
        0 => {
            half(stream);
            std::thread::park();
        }
        _ => rest(heard, stream),
    });
    let setup = Setup::new("cancelled", &[&server.url], &[]);
    let until = UntilHalf(Cancel::default());
    let any = |_: &Request, _: &std::path::Path| Ok(());
    let result = setup.client.fetch(&[request(1)], &any, &until, &until.0);
    assert_eq!(result, Err(Cancelled));
    assert_eq!(setup.leftovers(), ["debuginfo.part"]);
    setup.found(&elf(LENGTH));
    let range = format!("bytes={}-", LENGTH / 2);
    assert_eq!(server.heard()[1].header("range"), Some(&*range));
}

#[test]
fn a_server_without_ranges_begins_anew() {
    let server = Server::new(|heard, stream| match heard.count {
        0 => half(stream),
        _ => give(stream, "200 OK", "ETag: \"v2\"\r\n", &elf(LENGTH + 1)),
    });
    Setup::new("anew", &[&server.url], &[]).found(&elf(LENGTH + 1));
}

#[test]
fn another_server_is_not_asked_for_the_rest() {
    let (first, second) = (
        Server::new(|_, stream| half(stream)),
        Server::giving("", elf(LENGTH)),
    );
    let setup = Setup::new("elsewhere", &[&first.url], ONCE);
    setup.failed(&elf(LENGTH));
    setup.again(&[&second.url], ONCE).found(&elf(LENGTH));
    assert_eq!(second.heard()[0].header("range"), None);
}

#[test]
fn a_rest_that_does_not_fit_is_not_taken() {
    let file = elf(LENGTH);
    for (index, range) in [
        "bytes 5-499999/500000",
        "bytes 250000-499998/499999",
        "nonsense",
    ]
    .into_iter()
    .enumerate()
    {
        let header = format!("Content-Range: {range}\r\n");
        let server = Server::new(move |heard, stream| match heard.header("range") {
            Some(_) => give(stream, "206 Partial Content", &header, b"wrong"),
            None if heard.count == 0 => half(stream),
            None => give(stream, "200 OK", "", &elf(LENGTH)),
        });
        let name = format!("misfit-{index}");
        let setup = Setup::new(&name, &[&server.url], ONCE);
        setup.failed(&file);
        let setup = setup.again(&[&server.url], &[]);
        if setup.get(1, &file) == spelunk_debuginfod::Outcome::Found(setup.kept(1)) {
            assert!(index < 2);
        } else {
            assert_eq!(index, 2);
        }
    }
}

#[test]
fn a_damaged_part_is_no_beginning() {
    let server = Server::giving("", elf(LENGTH));
    let setup = Setup::new("damaged-part", &[&server.url], &[]);
    let part = setup.kept(1).with_extension("part");
    std::fs::create_dir_all(part.parent().unwrap()).unwrap();
    std::fs::write(&part, b"anything").unwrap();
    setup.found(&elf(LENGTH));
    assert_eq!(server.heard()[0].header("range"), None);
    assert_eq!(setup.leftovers(), ["debuginfo"]);
}
