//! A server on this machine that does as a script says, whatever a server must not do.

use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What a client asked for.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) path: String,
    /// In lower case, as they came.
    pub(crate) headers: Vec<(String, String)>,
    /// How many requests came before this one.
    pub(crate) count: usize,
}

impl Heard {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name)?;
        Some(&found.1)
    }
}

pub(crate) struct Server {
    pub(crate) url: String,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl Server {
    /// A server that does this with every request; then it closes the connection.
    pub(crate) fn new(script: impl Fn(&Heard, &mut TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heard = Arc::<Mutex<Vec<Heard>>>::default();
        let (script, ears) = (Arc::new(script), Arc::clone(&heard));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (script, ears) = (Arc::clone(&script), Arc::clone(&ears));
                std::thread::spawn(move || serve(&*script, &ears, stream.unwrap()));
            }
        });
        Self { url, heard }
    }

    /// A server that gives `body` to all, with these headers.
    pub(crate) fn giving(headers: &'static str, body: Vec<u8>) -> Self {
        Self::new(move |_, stream| give(stream, "200 OK", headers, &body))
    }

    /// A server that answers with this status and nothing else.
    pub(crate) fn saying(status: &'static str) -> Self {
        Self::new(move |_, stream| give(stream, status, "", b""))
    }

    /// A server that takes connections and says nothing.
    pub(crate) fn silent() -> Self {
        Self::new(|_, _| std::thread::park())
    }

    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }
}

fn serve(
    script: &(dyn Fn(&Heard, &mut TcpStream) + Send + Sync),
    ears: &Mutex<Vec<Heard>>,
    mut stream: TcpStream,
) {
    let reader = BufReader::new(stream.try_clone().unwrap());
    let lines = reader.lines().map_while(Result::ok);
    let lines: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let Some(path) = lines.first().and_then(|line| line.split(' ').nth(1)) else {
        return;
    };
    let headers = lines.iter().skip(1).filter_map(|line| {
        let (name, value) = line.split_once(": ")?;
        Some((name.to_ascii_lowercase(), value.to_owned()))
    });
    let mut all = ears.lock().unwrap();
    let heard = Heard {
        path: path.to_owned(),
        headers: headers.collect(),
        count: all.len(),
    };
    all.push(heard.clone());
    drop(all);
    script(&heard, &mut stream);
    let _ = stream.shutdown(Shutdown::Both);
}

/// Answers with a status, headers (each with its end of line) and a body of known length.
pub(crate) fn give(stream: &mut TcpStream, status: &str, headers: &str, body: &[u8]) {
    begin(
        stream,
        status,
        &format!("Content-Length: {}\r\n{headers}", body.len()),
    );
    let _ = stream.write_all(body);
}

/// Answers with a status and headers; a body may follow.
pub(crate) fn begin(stream: &mut TcpStream, status: &str, headers: &str) {
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\nConnection: close\r\n{headers}\r\n"
    );
}
