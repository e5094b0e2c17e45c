//! Client of debuginfod servers, which have debug files by build ID.
//!
//! A [`Client`] gets many files at once ([`Client::fetch`]): out of the cache that it shares with
//! elfutils' client, or from the servers that a [`Config`] names. The protocol is that of
//! debuginfod(8), the configuration and the cache that of debuginfod-client-config(7).
//!
//! Nothing here waits for the network: connections and reads are made by threads of their own
//! (`transfer`), which whoever wants the file listens to (`race`, `receive`), so that one who
//! cancels is let go at once, whatever a server does.

mod artifact;
mod cache;
mod clean;
mod client;
mod config;
mod download;
mod outcome;
mod part;
mod race;
mod receive;
mod response;
mod server;
mod speed;
mod tally;
mod transfer;
mod work;

pub use artifact::{Artifact, Request};
pub use client::Client;
pub use config::{Config, ServerUrl};
pub use outcome::{Failure, Outcome};
pub use part::Origin;
pub use response::{Answer, Head};
pub use work::Verify;
