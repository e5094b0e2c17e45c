//! Which process of this machine is at the other end of a connection.

use crate::socket::Stream;
use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::AsFd;

/// The ID of that process, if it is on this machine and can be seen.
pub(super) fn find_process(stream: &Stream) -> Option<u32> {
    match stream {
        // Who called listen(2); for a socket that somebody else opened, that is not who answers.
        Stream::Unix(stream) => {
            let credentials = rustix::net::sockopt::socket_peercred(stream.as_fd()).ok()?;
            u32::try_from(credentials.pid.as_raw_nonzero().get()).ok()
        }
        Stream::Tcp(stream) => {
            let (own, other) = (stream.local_addr().ok()?, stream.peer_addr().ok()?);
            let inode = ["/proc/net/tcp", "/proc/net/tcp6"]
                .iter()
                .find_map(|path| find_inode(&fs::read_to_string(path).ok()?, other, own))?;
            find_holder(inode)
        }
    }
}

/// The number of the socket with these addresses in `/proc/net/tcp`, proc_pid_net(5):
///
/// ```text
///   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
///    0: 0100007F:386C 0100007F:D2F0 01 00000000:00000000 00:00000000 00000000     0        0 94035 ...
/// ```
fn find_inode(table: &str, local: SocketAddr, remote: SocketAddr) -> Option<u64> {
    let (local, remote) = (in_table(local), in_table(remote));
    table.lines().find_map(|line| {
        let mut words = line.split_whitespace().skip(1);
        (words.next()? == local && words.next()? == remote).then_some(())?;
        words.nth(6)?.parse().ok()
    })
}

/// An address as the table has it: its words in the machine's order of bytes.
fn in_table(address: SocketAddr) -> String {
    let bytes = match address.ip() {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    };
    let (words, _) = bytes.as_chunks::<4>();
    let words = words
        .iter()
        .map(|word| format!("{:08X}", u32::from_ne_bytes(*word)));
    format!("{}:{:04X}", words.collect::<String>(), address.port())
}

/// The process that has the socket with this number open.
fn find_holder(inode: u64) -> Option<u32> {
    let wanted = format!("socket:[{inode}]");
    let processes = fs::read_dir("/proc").ok()?;
    processes.flatten().find_map(|process| {
        let pid = process.file_name().to_str()?.parse().ok()?;
        let descriptors = fs::read_dir(process.path().join("fd")).ok()?;
        let mut targets = descriptors
            .flatten()
            .flat_map(|entry| entry.path().read_link());
        targets
            .any(|target| target.as_os_str() == wanted.as_str())
            .then_some(pid)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_are_found_by_both_addresses() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
            \x20  0: 0100007F:386C 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1\n\
            \x20  1: 0100007F:386C 0100007F:D2F0 01 00000000:00000000 00:00000000 00000000     0        0 94035 1\n";
        let address = |text: &str| text.parse().unwrap();
        let find = |local, remote| find_inode(table, address(local), address(remote));
        if cfg!(target_endian = "little") {
            assert_eq!(find("127.0.0.1:14444", "127.0.0.1:54000"), Some(94035));
        }
        assert_eq!(find("127.0.0.1:14444", "127.0.0.1:54001"), None);
    }

    #[test]
    fn this_process_is_found_at_both_ends_of_its_own_connection() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let stream = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let accepted = listener.accept().unwrap();
        assert_eq!(find_process(&Stream::Tcp(stream)), Some(std::process::id()));
        drop(accepted);
    }
}
