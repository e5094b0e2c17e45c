//! The configuration, out of the environment: debuginfod-client-config(7).

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// Where files are downloaded from, where they are kept, and what it may take.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Config {
    /// `DEBUGINFOD_URLS`: the servers, in the order in which they are asked.
    pub servers: Vec<ServerUrl>,
    /// `DEBUGINFOD_CACHE_PATH` and what stands for it; `None` if there is no home.
    pub cache: Option<PathBuf>,
    /// `DEBUGINFOD_TIMEOUT`: a server that gives less than 100 KiB in this time is left; `None`: never.
    pub timeout: Option<Duration>,
    /// `DEBUGINFOD_RETRY_LIMIT`: how often a server that broke off or was busy is asked again.
    pub retry_limit: u32,
    /// `DEBUGINFOD_MAXSIZE`: larger files are left, in bytes.
    pub max_size: Option<u64>,
    /// `DEBUGINFOD_MAXTIME`: downloads that take longer are left.
    pub max_time: Option<Duration>,
    /// Headers of requests, from `DEBUGINFOD_HEADERS_FILE`: names and values.
    pub headers: Vec<(String, String)>,
    /// What in the environment makes no sense, and was passed over.
    pub problems: Vec<String>,
}

/// The address of a server, up to where build IDs follow: `http://host:8002/buildid`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServerUrl(String);

impl ServerUrl {
    /// The address that the user gave, which may leave out `http://` and end with a slash.
    fn parse(text: &str) -> Option<Self> {
        let text = match text.split_once("://") {
            Some(("http" | "https" | "file", rest)) if !rest.is_empty() => text.to_owned(),
            Some(_) => return None,
            None => format!("http://{text}"),
        };
        let text = text.trim_end_matches('/');
        let is_printable = text.bytes().all(|byte| byte.is_ascii_graphic());
        let end = match text.ends_with("/buildid") {
            true => "",
            false => "/buildid",
        };
        is_printable.then(|| Self(format!("{text}{end}")))
    }

    /// The address itself.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing may be got over unencrypted connections, wherever the server redirects to.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Whether the server is this machine, to which no proxy leads.
    pub(crate) fn is_loopback(&self) -> bool {
        let Some((_, rest)) = self.0.split_once("://") else {
            return false;
        };
        let authority = rest.split('/').next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        let name = match host.strip_prefix('[') {
            Some(rest) => rest.split(']').next(),
            None => host.split(':').next(),
        };
        let name = name.unwrap_or_default();
        name.eq_ignore_ascii_case("localhost")
            || name
                .parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }
}

/// As the user gave it, without a password.
impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.strip_suffix("/buildid").unwrap_or(&self.0);
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        // Wherever it stands, by mistake too.
        let shown = rest.rsplit('@').next().unwrap_or_default();
        write!(f, "{scheme}://{shown}")
    }
}

impl Config {
    /// What the environment of this process says.
    #[must_use]
    pub fn from_environment() -> Self {
        Self::from_variables(&|name| std::env::var_os(name))
    }

    /// What variables say. A number that is none counts as not given.
    #[must_use]
    pub fn from_variables(variable: &dyn Fn(&str) -> Option<OsString>) -> Self {
        let text = |name: &str| Some(variable(name)?.to_string_lossy().into_owned());
        let number = |name: &str| text(name)?.trim().parse::<i64>().ok();
        let seconds = |name: &str, default: i64| {
            let seconds = u64::try_from(number(name).unwrap_or(default)).unwrap_or(0);
            (seconds > 0).then(|| Duration::from_secs(seconds))
        };
        let mut config = Self {
            cache: cache_path(variable),
            timeout: seconds("DEBUGINFOD_TIMEOUT", 90),
            retry_limit: number("DEBUGINFOD_RETRY_LIMIT")
                .and_then(|limit| limit.try_into().ok())
                .unwrap_or(2),
            max_size: number("DEBUGINFOD_MAXSIZE")
                .and_then(|size| size.try_into().ok())
                .filter(|size| *size > 0),
            max_time: seconds("DEBUGINFOD_MAXTIME", 0),
            ..Self::default()
        };
        config.add_servers(&text("DEBUGINFOD_URLS").unwrap_or_default());
        if let Some(path) = variable("DEBUGINFOD_HEADERS_FILE").filter(|path| !path.is_empty()) {
            let path = PathBuf::from(path);
            match std::fs::read_to_string(&path) {
                Ok(lines) => config.add_headers(&lines),
                Err(error) => config.problems.push(format!(
                    "DEBUGINFOD_HEADERS_FILE: {}: {error}",
                    path.display()
                )),
            }
        }
        config
    }

    /// Adds the servers in `urls`, which have white space between them.
    pub fn add_servers(&mut self, urls: &str) {
        for word in urls.split_ascii_whitespace() {
            // Situation: Fedora's list says `ima:enforcing URL ima:ignore` since elfutils 0.192.
            // Evidence: elfutils 0.196 without IMA asks the server and passes the words over.
            // Remedy: so do we; what is downloaded is checked by its build ID.
            if word.starts_with("ima:") {
                continue;
            }
            match ServerUrl::parse(word) {
                Some(server) if self.servers.contains(&server) => {}
                Some(server) => self.servers.push(server),
                None => self.problems.push(format!(
                    "DEBUGINFOD_URLS: '{word}' is no address of a server; give http://HOST:PORT or \
                     https://HOST"
                )),
            }
        }
    }

    /// Adds the headers of requests in `lines`: `Name: value`.
    pub fn add_headers(&mut self, lines: &str) {
        for line in lines.lines().filter(|line| !line.trim().is_empty()) {
            let is_name = |name: &str| {
                let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
                !name.is_empty() && name.bytes().all(is_token)
            };
            let is_value = |value: &str| value.bytes().all(|byte| matches!(byte, b' '..=b'~'));
            match line.split_once(':') {
                Some((name, value)) if is_name(name) && is_value(value.trim()) => {
                    self.headers.push((name.into(), value.trim().into()));
                }
                // It may be a secret: it is not shown.
                _ => self
                    .problems
                    .push("DEBUGINFOD_HEADERS_FILE: a line is not 'Name: value'".into()),
            }
        }
    }
}

/// Where elfutils keeps its files.
fn cache_path(variable: &dyn Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let path = |name: &str| {
        let value = variable(name).filter(|value| !value.is_empty())?;
        Some(PathBuf::from(value))
    };
    if let Some(given) = path("DEBUGINFOD_CACHE_PATH") {
        return Some(given);
    }
    let home = path("HOME");
    let deprecated = home
        .as_ref()
        .map(|home| home.join(".debuginfod_client_cache"));
    if let Some(deprecated) = deprecated.filter(|path| path.is_dir()) {
        return Some(deprecated);
    }
    let caches = path("XDG_CACHE_HOME").or_else(|| Some(home?.join(".cache")));
    Some(caches?.join("debuginfod_client"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(variables: &[(&str, &str)]) -> Config {
        Config::from_variables(&|name| {
            let found = variables.iter().find(|(known, _)| *known == name)?;
            Some(found.1.into())
        })
    }

    fn servers(urls: &str) -> Vec<String> {
        let mut config = Config::default();
        config.add_servers(urls);
        config
            .servers
            .iter()
            .map(|url| url.as_str().into())
            .collect()
    }

    #[test]
    fn defaults_are_those_of_the_manual_page() {
        let config = config(&[("HOME", "/nowhere")]);
        assert!(config.servers.is_empty());
        let cache = "/nowhere/.cache/debuginfod_client";
        assert_eq!(config.cache, Some(cache.into()));
        assert_eq!(config.timeout, Some(Duration::from_secs(90)));
        assert_eq!(config.retry_limit, 2);
        assert_eq!((config.max_size, config.max_time), (None, None));
    }

    #[test]
    fn variables_are_taken_as_the_manual_page_says() {
        let config = config(&[
            ("DEBUGINFOD_TIMEOUT", "-1"),
            ("DEBUGINFOD_RETRY_LIMIT", "0"),
            ("DEBUGINFOD_MAXSIZE", "1000"),
            ("DEBUGINFOD_MAXTIME", "x"),
            ("XDG_CACHE_HOME", "/c"),
        ]);
        assert_eq!(config.timeout, None);
        assert_eq!(config.retry_limit, 0);
        assert_eq!(config.max_size, Some(1000));
        assert_eq!(config.max_time, None);
        assert_eq!(config.cache, Some("/c/debuginfod_client".into()));
    }

    #[test]
    fn addresses_stand_in_their_order() {
        assert_eq!(
            servers("ima:enforcing https://a/ http://b:8002/x/buildid/ localhost:1 https://a"),
            [
                "https://a/buildid",
                "http://b:8002/x/buildid",
                "http://localhost:1/buildid"
            ]
        );
        let mut config = Config::default();
        config.add_servers("ftp://a http:// http://\u{e9}");
        assert!(config.servers.is_empty());
        assert_eq!(config.problems.len(), 3);
    }

    #[test]
    fn a_password_is_not_shown() {
        let url = ServerUrl::parse("https://me:secret@host:1/x").unwrap();
        assert_eq!(url.to_string(), "https://host:1/x");
    }

    #[test]
    fn no_proxy_leads_to_this_machine() {
        let is_loopback = |text| ServerUrl::parse(text).unwrap().is_loopback();
        for own in ["http://127.0.0.2:1/x", "localhost", "http://u@[::1]:80"] {
            assert!(is_loopback(own), "{own}");
        }
        for other in [
            "http://127.0.0.1.example",
            "http://10.0.0.1",
            "https://localhost.d",
        ] {
            assert!(!is_loopback(other), "{other}");
        }
    }

    #[test]
    fn headers_are_names_and_values() {
        let mut config = Config::default();
        config.add_headers("X-Token: a b \n\n \nbad\nno name: x\nA: \u{1}\n");
        assert_eq!(config.headers, [("X-Token".into(), "a b".into())]);
        assert_eq!(config.problems.len(), 3);
    }
}
