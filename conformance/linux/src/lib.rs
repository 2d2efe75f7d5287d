//! Physical drives under Linux: SG_IO, exclusive opens and physical counterparts of the faults.
//!
//! [`LinuxBench`] is the laboratory around one drive, opened by its `/dev/sr*` or `/dev/sg*` node. The other processes that scenarios need
//! are real ones ([`serve_agent`]), disappearance is a real removal from the bus, a timeout is a real one. What Linux cannot give is said in the
//! capabilities.
//!
//! # Safety of the drive
//! Nothing here sends a command that changes a disc. What this process does to the drive itself and would outlive it, such as a
//! prevented removal, is written down before it is done and undone at the end, whatever ends the process: by [`LinuxBench`] when it
//! is dropped, by a [`Guard`] or [`LinuxBench::emergency_restore`] from a signal's thread, and by [`heal`] in the next process.

#![cfg(target_os = "linux")]

mod abi;
mod abilities;
mod agent;
mod ask;
mod bench;
mod classify;
mod faults;
mod first;
mod handle;
mod journal;
mod mounts;
mod node;
mod object;
mod owner;
mod plug;
mod remote;
mod rig;
mod rpc;
mod runtime;
mod sg;
mod slow;
mod sysfs;
mod undo;

pub use agent::serve_agent;
pub use bench::{Guard, LinuxBench, LinuxOptions};
pub use classify::RawAnswer;
pub use handle::LinuxHandle;
pub use node::{Identity, NodeKind, OpenError};
pub use remote::{AgentCommand, RemoteHandle};
pub use undo::{HealReport, heal};
