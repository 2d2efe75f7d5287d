//! The contract between a suite and a device: Device, Handle, Bench, errors, capabilities and fault rules
