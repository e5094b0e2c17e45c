//! Servers that are broken, slow, or lie.

use crate::server::{Heard, Server, begin, give};
use crate::setup::{Setup, elf};
use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// What a client of this server alone says of it.
#[track_caller]
fn reason(name: &str, server: &Server, variables: &[(&str, &str)]) -> String {
    let setup = Setup::new(name, &[&server.url], variables);
    let mut failures = setup.failed(&elf(1000));
    assert!(
        setup
            .leftovers()
            .iter()
            .all(|name| name == "debuginfo.part")
    );
    assert_eq!(failures.len(), 1, "{failures:?}");
    failures.remove(0).reason
}

/// The next server is asked, and has the file.
#[track_caller]
fn is_passed_over(name: &str, server: &Server) {
    let good = Server::giving("", elf(1000));
    let setup = Setup::new(name, &[&server.url, &good.url], &[]);
    setup.found(&elf(1000));
    assert_eq!(setup.leftovers(), ["debuginfo"]);
}

#[test]
fn what_is_not_the_file_is_not_kept() {
    let page = Server::giving("Content-Type: text/html\r\n", b"<html>Log in".to_vec());
    assert_eq!(
        reason("page", &page, &[]),
        "it sends something that is no ELF file"
    );
    is_passed_over("page-first", &page);
    let other = Server::giving("ETag: \"x\"\r\n", elf(1001));
    assert_eq!(reason("other", &other, &[]), "another file");
    is_passed_over("other-first", &other);
    let empty = Server::giving("", Vec::new());
    assert_eq!(reason("empty", &empty, &[]), "another file");
    let encoded = Server::giving("Content-Encoding: gzip\r\n", elf(1000));
    assert_eq!(
        reason("encoded", &encoded, &[]),
        "it sends the file in an encoding that was not asked for"
    );
}

#[test]
fn bodies_that_end_early_or_late_are_not_taken() {
    let short = Server::new(|_, stream| {
        begin(stream, "200 OK", "Content-Length: 1001\r\n");
        let _ = stream.write_all(&elf(1000));
    });
    let said = reason("short", &short, &[("DEBUGINFOD_RETRY_LIMIT", "1")]);
    assert!(!said.is_empty());
    assert_eq!(short.heard().len(), 2, "{said}");
    is_passed_over("short-first", &short);
    let unsaid = Server::new(|_, stream| {
        begin(stream, "200 OK", "X-DEBUGINFOD-SIZE: 1001\r\n");
        let _ = stream.write_all(&elf(1000));
    });
    let said = reason("unsaid", &unsaid, &[("DEBUGINFOD_RETRY_LIMIT", "0")]);
    assert_eq!(said, "it broke off after 1000 of 1001 bytes");
    let more = Server::new(|_, stream| {
        begin(stream, "200 OK", "X-DEBUGINFOD-SIZE: 999\r\n");
        let _ = stream.write_all(&elf(1000));
    });
    assert_eq!(reason("more", &more, &[]), "it sends more than it said");
    let broken = Server::new(|_, stream| {
        begin(stream, "200 OK", "Transfer-Encoding: chunked\r\n");
        let _ = stream.write_all(b"4\r\n\x7fELF\r\nzz\r\n");
    });
    is_passed_over("chunks", &broken);
}

fn endless(_: &Heard, stream: &mut TcpStream) {
    begin(stream, "200 OK", "Transfer-Encoding: chunked\r\n");
    let body = elf(0x8000);
    while write!(stream, "8000\r\n").is_ok() && stream.write_all(&body).is_ok() {
        let _ = stream.write_all(b"\r\n");
    }
}

#[test]
fn a_body_without_end_ends() {
    let server = Server::new(endless);
    assert!(
        reason("endless", &server, &[("DEBUGINFOD_MAXSIZE", "100000")])
            .ends_with("more than DEBUGINFOD_MAXSIZE, which is 100000")
    );
    let start = Instant::now();
    assert_eq!(
        reason("long", &server, &[("DEBUGINFOD_MAXTIME", "1")]),
        "the file takes longer than DEBUGINFOD_MAXTIME"
    );
    assert!(start.elapsed() < Duration::from_secs(3));
}

#[test]
fn a_file_that_is_too_large_is_not_even_begun() {
    let server = Server::new(|_, stream| {
        begin(stream, "200 OK", "Content-Length: 1000000000000\r\n");
        std::thread::park();
    });
    assert_eq!(
        reason("large", &server, &[("DEBUGINFOD_MAXSIZE", "1000")]),
        "the file has 1000000000000 bytes, more than DEBUGINFOD_MAXSIZE, which is 1000"
    );
}

#[test]
fn a_server_that_is_too_slow_is_left() {
    let server = Server::new(|_, stream| {
        begin(stream, "200 OK", "Content-Length: 1000000\r\n");
        for byte in elf(1000) {
            std::thread::sleep(Duration::from_millis(50));
            if stream.write_all(&[byte]).is_err() {
                return;
            }
        }
    });
    assert_eq!(
        reason("slow", &server, &[("DEBUGINFOD_TIMEOUT", "1")]),
        "it is too slow: see DEBUGINFOD_TIMEOUT"
    );
}

#[test]
fn redirects_lead_somewhere_or_nowhere() {
    let good = Server::giving("", elf(1000));
    let target = format!("Location: {}/elsewhere\r\n", good.url);
    let away = Server::new(move |_, stream| give(stream, "302 Found", &target, b""));
    is_passed_over("away", &away);
    assert_eq!(good.heard()[0].path, "/elsewhere");
    let round = Server::new(|heard, stream| {
        let target = format!("Location: {}\r\n", heard.path);
        give(stream, "301 Moved Permanently", &target, b"");
    });
    assert!(!reason("round", &round, &[("DEBUGINFOD_RETRY_LIMIT", "0")]).is_empty());
    assert!(round.heard().len() < 20);
}

#[test]
fn a_busy_server_is_asked_again_when_it_said() {
    let server = Server::new(|heard, stream| match heard.count {
        0 => give(stream, "503 Service Unavailable", "Retry-After: 1\r\n", b""),
        1 => give(stream, "500 Internal Server Error", "", b"<html>"),
        _ => give(stream, "200 OK", "", &elf(1000)),
    });
    let setup = Setup::new("busy", &[&server.url], &[]);
    let start = Instant::now();
    setup.found(&elf(1000));
    assert!(start.elapsed() >= Duration::from_millis(1400));
    let ever = Server::saying("503 Service Unavailable");
    let said = reason("ever", &ever, &[("DEBUGINFOD_RETRY_LIMIT", "1")]);
    assert_eq!(said, "status 503, again and again");
    assert_eq!(ever.heard().len(), 2);
}

#[test]
fn answers_that_make_no_sense_are_no_files() {
    for (index, answer) in [
        "",
        "\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        "HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 206 Partial Content\r\nContent-Length: 4\r\n\r\n\x7fELF",
        "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-3/4\r\nContent-Length: 4\r\n\r\n\x7fELF",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
        "HTTP/9.9 200 OK\r\n\r\n",
    ]
    .into_iter()
    .enumerate()
    {
        let server = Server::new(move |_, stream| {
            let _ = stream.write_all(answer.as_bytes());
        });
        is_passed_over(&format!("nonsense-{index}"), &server);
    }
    let endless = Server::new(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while stream
            .write_all(b"X-Filler: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n")
            .is_ok()
        {}
    });
    is_passed_over("headers", &endless);
}

#[test]
fn what_the_user_says_to_be_let_in_is_sent() {
    let server = Server::giving("", elf(1000));
    let url = server.url.replace("://", "://me:secret@");
    Setup::new("password", &[&url], &[]).found(&elf(1000));
    // `me:secret` in base 64
    let expected = Some("Basic bWU6c2VjcmV0");
    assert_eq!(server.heard()[0].header("authorization"), expected);
    let closed = Server::saying("403 Forbidden");
    let url = closed.url.replace("://", "://me:secret@");
    let failures = Setup::new("closed", &[&url], &[]).failed(&[]);
    let text = failures[0].to_string();
    assert!(text.ends_with("it wants authentication: see DEBUGINFOD_HEADERS_FILE"));
    assert!(!text.contains("secret"), "{text}");
}

#[test]
fn headers_of_the_user_are_sent() {
    let server = Server::giving("", elf(1000));
    let setup = Setup::new("headers-file", &[], &[]);
    setup.workshop.write("headers", "X-Token: secret\n\n");
    let path = setup.workshop.path("headers");
    let variables = [("DEBUGINFOD_HEADERS_FILE", path.to_str().unwrap())];
    setup.again(&[&server.url], &variables).found(&elf(1000));
    assert_eq!(server.heard()[0].header("x-token"), Some("secret"));
}
