//! The IMAPI2 disc recorder: its interface, result codes and a counting implementation over any host handle
