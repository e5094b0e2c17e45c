//! Expressions as hostile as can be.

mod corpus;
