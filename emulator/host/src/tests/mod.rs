//! Tests of the driver, over a drive made of scripted answers.
