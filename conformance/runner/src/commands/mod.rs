//! One module per command.

pub(crate) mod agent;
pub(crate) mod ctl;
pub(crate) mod disc;
pub(crate) mod exec;
pub(crate) mod inspect;
pub(crate) mod list;
pub(crate) mod lock;
pub(crate) mod replay;
pub(crate) mod serve;
pub(crate) mod test;
