//! Tests of disc files.
