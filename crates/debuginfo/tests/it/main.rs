//! Tests over programs that are compiled here, and over the lab's kernels.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail as tests do"
)]

mod compiled;
mod corpus;
mod corpus_sections;
mod describe;
mod files;
mod hostile;
mod lines;
mod many_files;
mod names;
mod namespaces;
mod objects;
mod odd;
mod oracle;
mod patience;
mod placed;
mod program;
mod rows;
mod symbols;
mod types;
mod variable_length;
mod variables;
mod vocabulary;
