//! Faults as data: when, what, and how often.
//!
//! A [`Plan`] is a list of [`Rule`]s read from TOML or built in code. A [`FaultEngine`] decides, for each command or host operation,
//! which rule fires: the first that matches and is not used up. A bench says which actions it can honour ([`FaultControl`]); installing any other is an
//! error, never silence. [`Faulty`] is a decorator that applies to any [`crate::Device`] those actions that need neither its state nor its clock.

mod action;
mod condition;
mod control;
mod decorator;
mod engine;
mod plan;

pub use action::{Action, ActionKind, DisappearWhen};
pub use condition::{HostOperation, StateCondition, States, When};
pub use control::{FaultControl, InstallError};
pub use decorator::{Faulty, apply_answer};
pub use engine::{FaultEngine, Firing, Occurrence, Subject};
pub use plan::{Plan, PlanError, Rule};
