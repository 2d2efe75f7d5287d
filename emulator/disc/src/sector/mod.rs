//! Sectors of a compact disc: header, error detection and correction, sub-channels.
