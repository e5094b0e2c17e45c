//! Clients with a cache of their own, and what they are asked for.

use spelunk_base::{BuildId, Cancel, NoProgress};
use spelunk_debuginfod::{Artifact, Client, Config, Failure, Outcome, Request};
use spelunk_synth::Workshop;
use std::path::{Path, PathBuf};

/// A file as servers have them, of `length` bytes.
pub(crate) fn elf(length: usize) -> Vec<u8> {
    let mut body: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
    body[..4].copy_from_slice(b"\x7fELF");
    body
}

pub(crate) fn request(id: u8) -> Request {
    Request {
        build_id: BuildId::new(&[id; 20]).unwrap(),
        artifact: Artifact::DebugInfo,
        label: format!("file {id}"),
    }
}

/// A folder for a cache, and a client with it.
pub(crate) struct Setup {
    pub(crate) client: Client,
    pub(crate) workshop: Workshop,
}

impl Setup {
    /// A client of these servers, with these variables beside, in a folder of this name.
    pub(crate) fn new(name: &str, urls: &[&str], variables: &[(&str, &str)]) -> Self {
        let name = format!("debuginfod-{name}");
        let workshop = Workshop::new(env!("CARGO_TARGET_TMPDIR"), &name);
        Self {
            client: client(&workshop.path("cache"), urls, variables),
            workshop,
        }
    }

    /// Another client with the same cache.
    pub(crate) fn again(self, urls: &[&str], variables: &[(&str, &str)]) -> Self {
        Self {
            client: client(&self.cache(), urls, variables),
            workshop: self.workshop,
        }
    }

    pub(crate) fn cache(&self) -> PathBuf {
        self.workshop.path("cache")
    }

    /// Where the file of a build ID of these bytes is kept.
    pub(crate) fn kept(&self, id: u8) -> PathBuf {
        let folder = request(id).build_id.to_string();
        self.cache().join(folder).join("debuginfo")
    }

    /// Asks for a file that must have these bytes.
    pub(crate) fn get(&self, id: u8, expected: &[u8]) -> Outcome {
        let verify = |_: &Request, path: &Path| match std::fs::read(path).unwrap() == expected {
            true => Ok(()),
            false => Err("another file".to_owned()),
        };
        let outcomes = self
            .client
            .fetch(&[request(id)], &verify, &NoProgress, &Cancel::default());
        outcomes.unwrap().remove(0)
    }

    /// As [`get`](Self::get), with the file as the answer.
    #[track_caller]
    pub(crate) fn found(&self, expected: &[u8]) {
        assert_eq!(self.get(1, expected), Outcome::Found(self.kept(1)));
        assert_eq!(std::fs::read(self.kept(1)).unwrap(), expected);
    }

    /// As [`get`](Self::get), with failures as the answer.
    #[track_caller]
    pub(crate) fn failed(&self, expected: &[u8]) -> Vec<Failure> {
        match self.get(1, expected) {
            Outcome::Failed(failures) => {
                assert!(!self.kept(1).exists());
                failures
            }
            other => panic!("{other:?}"),
        }
    }

    /// What is in the folder of the file.
    pub(crate) fn leftovers(&self) -> Vec<String> {
        let folder = self.kept(1);
        let entries = std::fs::read_dir(folder.parent().unwrap()).unwrap();
        let name = |entry: std::io::Result<std::fs::DirEntry>| {
            entry.unwrap().file_name().into_string().unwrap()
        };
        entries.map(name).collect()
    }
}

fn client(cache: &Path, urls: &[&str], variables: &[(&str, &str)]) -> Client {
    let urls = urls.join(" ");
    let config = Config::from_variables(&|name| match name {
        "DEBUGINFOD_URLS" => Some(urls.clone().into()),
        "DEBUGINFOD_CACHE_PATH" => Some(cache.into()),
        _ => {
            let found = variables.iter().find(|(known, _)| *known == name)?;
            Some(found.1.into())
        }
    });
    assert!(config.problems.is_empty(), "{:?}", config.problems);
    Client::new(config)
}
