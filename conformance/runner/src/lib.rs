//! Judges emulated and physical disc recorders by one suite of scenarios
