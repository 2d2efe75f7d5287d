//! A simulated MMC recorder without I/O: tray, disc, lock ledger, unit attentions, timing
