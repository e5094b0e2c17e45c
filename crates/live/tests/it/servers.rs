//! Servers that answer well, and those that do not.

use spelunk_live::SocketAddress;
use spelunk_live::gdb::{GdbServer, GdbServerKind, Packet, PacketReader, write_packet};
use spelunk_live::qmp::{MemoryWay, QemuGuest};
use spelunk_memory::{FaultKind, SegmentReader};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;

/// A server for one connection.
fn serve<T: Send + 'static>(
    talk: impl FnOnce(TcpStream) -> T + Send + 'static,
) -> (SocketAddress, JoinHandle<T>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let thread = std::thread::spawn(move || talk(listener.accept().unwrap().0));
    (SocketAddress::parse(&format!("127.0.0.1:{port}")), thread)
}

/// A server of gdb's protocol, which answers each request as `answer` says until the client goes. Returns the requests.
fn gdb(
    answer: impl Fn(&str) -> Vec<u8> + Send + 'static,
) -> (SocketAddress, JoinHandle<Vec<String>>) {
    serve(move |mut stream| {
        let mut reader = PacketReader::default();
        let mut requests = Vec::new();
        let mut bytes = [0; 4096];
        while let Ok(count) = stream.read(&mut bytes)
            && count > 0
        {
            reader.push(bytes.get(..count).unwrap());
            while let Some(packet) = reader.next() {
                let Packet::Data(data) = packet else { continue };
                let request = String::from_utf8_lossy(&data).into_owned();
                let mut answer = answer(&request);
                if requests.is_empty() {
                    // As QEMU does when it stops a guest for the one who connects.
                    answer.splice(0..0, write_packet(b"T02thread:01;"));
                }
                requests.push(request);
                if stream.write_all(&answer).is_err() {
                    return requests;
                }
            }
        }
        requests
    })
}

/// The memory of the servers here: an address's low byte, from 0x1000 to 0x17ff.
fn memory(request: &str) -> Option<Vec<u8>> {
    let (address, size) = request.strip_prefix('m')?.split_once(',')?;
    let address = u64::from_str_radix(address, 16).ok()?;
    let size = u64::from_str_radix(size, 16).ok()?;
    let digits: String = (address..(address + size).min(0x1800))
        .map(|address| format!("{:02x}", address as u8))
        .collect();
    Some(write_packet(match digits.is_empty() {
        true => b"E01",
        false => digits.as_bytes(),
    }))
}

fn process(request: &str) -> Vec<u8> {
    if let Some(answer) = memory(request) {
        return answer;
    }
    let text: &[u8] = match request {
        text if text.starts_with("qSupported") => {
            b"PacketSize=200;qXfer:auxv:read+;qXfer:features:read+;QStartNoAckMode+"
        }
        "QStartNoAckMode" | "Hgp2.5" | "D" => b"OK",
        "?" => b"T05thread:p2.5;",
        text if text.starts_with("qXfer:features:read:target.xml:0,") => {
            b"m<target><architecture>aarch64</architecture><reg name=\"x0\" bitsize=\"16\"/>"
        }
        text if text.starts_with("qXfer:features:read:target.xml:") => {
            b"l<reg name=\"pc\" bitsize=\"16\"/></target>"
        }
        "qfThreadInfo" => b"mp2.5,p2.a",
        "qsThreadInfo" => b"l",
        "g" => b"0102xxxx",
        text if text.starts_with("vFile:open:2f61,") => b"F3",
        text if text.starts_with("vFile:pread:3,") && text.ends_with(",0") => b"F2;hi",
        text if text.starts_with("vFile:pread:3,") => b"F0;",
        "vFile:close:3" => b"F0",
        _ => b"",
    };
    write_packet(text)
}

#[test]
fn a_gdb_server_tells_memory_threads_registers_and_files() {
    let (address, thread) = gdb(process);
    let server = GdbServer::connect(&address).unwrap();
    assert_eq!(server.kind(), GdbServerKind::Process);
    assert_eq!(
        server.description().architecture.as_deref(),
        Some("aarch64")
    );
    let mut bytes = vec![0; 0x700];
    server.read(0x1001, &mut bytes).unwrap();
    assert!(
        bytes
            .iter()
            .zip(0x1001u32..)
            .all(|(byte, address)| *byte == address as u8)
    );
    // The server gives what there is before the hole.
    let fault = server.read(0x17f0, &mut bytes).unwrap_err();
    assert_eq!((fault.offset, fault.kind), (0x1800, FaultKind::NotReadable));
    let threads = server.threads().unwrap();
    let numbers: Vec<i64> = threads.iter().map(|thread| thread.number()).collect();
    assert_eq!(numbers, [5, 10]);
    let digits = server.registers(&threads[0]).unwrap();
    let values: Vec<_> = server.description().values(&digits).collect();
    assert_eq!(
        (values.len(), &*values[0].0.name, &values[0].1),
        (1, "x0", &vec![1, 2])
    );
    assert!(server.registers(&threads[1]).is_err());
    assert_eq!(server.read_file("/a").unwrap(), b"hi");
    assert!(server.read_file("/b").is_err());
    assert!(server.read_object("auxv", "").is_err());
    drop(server);
    let requests = thread.join().unwrap();
    assert_eq!(requests.last().unwrap(), "D");
}

#[test]
fn gdb_servers_that_lie_or_go_are_told() {
    type Answer = fn(&str) -> Vec<u8>;
    let bad: [(Answer, &str); 4] = [
        (
            |_| Vec::from(b"HTTP/1.1 400 Bad Request\r\n+$x#00$x#00$x#00$x#00$x#00"),
            "damaged",
        ),
        (|_| write_packet(b"W00"), "ended"),
        (|_| write_packet(b"OK"), "no server"),
        (|_| b"-".repeat(100), "does not get"),
    ];
    for (index, (answer, message)) in bad.into_iter().enumerate() {
        let (address, _thread) = gdb(answer);
        let error = GdbServer::connect(&address).err().unwrap().to_string();
        assert!(error.contains(message), "{index}: {error}");
    }
    let (address, _thread) = serve(drop);
    assert!(GdbServer::connect(&address).is_err());
}

/// A monitor of QEMU's, which answers as `answer` says.
fn qemu(answer: impl Fn(&str) -> String + Send + 'static) -> (SocketAddress, JoinHandle<()>) {
    serve(move |mut stream| {
        let mut lines = BufReader::new(stream.try_clone().unwrap());
        let _ = stream.write_all(b"{\"QMP\": {\"version\": {}}}\n");
        let mut line = String::new();
        while lines.read_line(&mut line).is_ok_and(|count| count > 0) {
            let answer = answer(&line) + "\n";
            if stream.write_all(answer.as_bytes()).is_err() {
                return;
            }
            line.clear();
        }
    })
}

fn guest(request: &str) -> String {
    if request.contains("info mtree") {
        let text = "FlatView #0\\n AS \\\"memory\\\", root: system\\n  0000000000001000-0000000000001fff (prio 0, ram): a\\n";
        return format!("{{\"event\": \"X\"}}\n{{\"return\": \"{text}\"}}");
    }
    if let Some((_, rest)) = request.split_once("xp /") {
        let (count, address) = rest.split_once("gx 0x").unwrap();
        let end = address.find(|c: char| !c.is_ascii_hexdigit()).unwrap();
        let address = u64::from_str_radix(&address[..end], 16).unwrap();
        let words = (0..count.parse::<u64>().unwrap()).map(|word| {
            let address = address + word * 8;
            format!("{address:016x}: {address:#018x}\\r\\n")
        });
        return format!("{{\"return\": \"{}\"}}", words.collect::<String>());
    }
    if request.contains("query-status") {
        return "{\"return\": {\"running\": true}}".into();
    }
    if request.contains("refused") || request.contains("dump") {
        return "{\"error\": {\"desc\": \"not here\"}}".into();
    }
    "{\"return\": {}}".into()
}

#[test]
fn a_monitor_alone_is_enough_for_memory() {
    let (address, thread) = qemu(guest);
    // Neither does this process have the guest's memory, nor can TCP carry descriptors.
    let guest = QemuGuest::connect(&address, MemoryWay::ALL).unwrap();
    assert_eq!(guest.memory_way(), MemoryWay::Monitor);
    let [segment] = guest.segments() else {
        panic!("one segment")
    };
    let mut bytes = [0; 20];
    segment.reader.read(0x1008, &mut bytes).unwrap();
    assert_eq!(bytes[..8], 0x1008u64.to_le_bytes());
    assert_eq!(bytes[16..], 0x1018u64.to_le_bytes()[..4]);
    drop(guest.stop().unwrap());
    let refusal = guest.dump_state().unwrap_err().to_string();
    assert!(refusal.contains("not here"), "{refusal}");
    drop(guest);
    thread.join().unwrap();
}

#[test]
fn monitors_that_lie_or_go_are_told() {
    let error = |address: &SocketAddress| {
        let result = QemuGuest::connect(address, MemoryWay::ALL);
        result.err().unwrap().to_string()
    };
    let (address, _thread) = qemu(|_| "{\"return\": {}}".into());
    assert!(error(&address).contains("no text"), "{}", error(&address));
    let (address, _thread) = qemu(|_| "nonsense".into());
    assert!(error(&address).contains("no JSON"));
    let (address, _thread) = qemu(|_| "[".repeat(100_000));
    assert!(error(&address).contains("no JSON"));
    let (address, _thread) = serve(|mut stream| stream.write_all(b"{}\n").unwrap());
    assert!(error(&address).contains("does not greet"));
    let (address, _thread) = serve(drop);
    assert!(error(&address).contains("closed"), "{}", error(&address));
    let address = SocketAddress::Unix("/nonexistent/socket".into());
    assert!(error(&address).starts_with("/nonexistent/socket: "));
}
