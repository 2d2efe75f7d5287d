//! A complete emulated laboratory: a drive, hosts, a virtual clock, a plug, hands that change discs, and faults.
//!
//! [`EmulatedBench`] puts the simulated drive behind simulated hosts and implements [`discrig_device::Bench`] with every ability. It is what
//! `discrig test` judges by default, and what other software's tests use as a drive that times out, vanishes or is locked by
//! someone else on demand:
//!
//! ```
//! use discrig_bench::{EmulatedBench, EmulatorConfig};
//! use discrig_device::fault::{Action, FaultControl, Rule};
//! use discrig_device::{Bench, Device, ErrorKind, HostId, ProcessId, Request};
//! use discrig_wire::command::TestUnitReady;
//! use std::time::Duration;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut bench = EmulatedBench::new(EmulatorConfig::default())?;
//! let mut handle = bench.open(HostId(0), ProcessId(0))?;
//! bench.install(Rule::new(Action::Stall {}).on_command("TEST UNIT READY").times(1))?;
//! let error = handle.execute(Request::none(TestUnitReady {}, Duration::from_secs(5))).unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::Timeout);
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]

mod abilities;
mod bench;
mod config;
mod defect;
mod disc;
mod image;
mod lab;
mod model;
mod port;
mod seat;

pub use bench::EmulatedBench;
pub use config::EmulatorConfig;
pub use defect::{Defect, DefectError};
pub use disc::DiscSource;
pub use discrig_drive::MediumKind;
pub use discrig_storage::{DiscSpec, SpecError, SupplyError};
pub use image::demonstration_image;
pub use model::{Basis, Deviation, Model, ModelError, ModelKind};
