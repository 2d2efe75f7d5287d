//! A complete emulated laboratory: drive, hosts, recorders, faults and a virtual clock
