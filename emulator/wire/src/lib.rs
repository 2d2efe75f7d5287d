//! Bytes of an MMC recorder: commands, sense, pages, features, events and disc structures
