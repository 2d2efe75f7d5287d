//! Tests of the reports through their public interface.

#![cfg(test)]

mod common;
mod documents;
mod reporter;
mod run;
mod schema;
