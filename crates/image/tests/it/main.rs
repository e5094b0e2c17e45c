//! Tests over real dumps of the lab, and over dumps that are built here.
#![allow(clippy::panic, reason = "a helper of tests")]

mod lab;
mod real;
