//! The first answer of a drive that was just switched on.
//!
//! Linux cannot tell whether anything that could report a unit attention was asked before: the caller says that nothing was, and what
//! sysfs shows must not contradict. A driver that is bound to the drive has asked it: `sr` asks for readiness and capacity as soon as it sees
//! the drive. libata asks ATAPI drives whether they are ready after each reset, the one at boot included, unless it is told not to
//! reset (`libata.force=norst`, which holds for SATA and not for PATA).

use crate::ask::Ask;
use crate::node::Node;
use core::time::Duration;
use discrig_device::{Completion, Device, Request};
use discrig_wire::command::TestUnitReady;

/// How long it may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Asks whether the drive is ready, before anything else is asked. The error says why the answer is not known.
pub(crate) fn ask(node: &Node) -> Result<Completion, String> {
    let device = node.device.as_ref().ok_or("sysfs does not show whether a driver has asked the drive")?;
    if let Some(driver) = device.bound_driver() {
        return Err(format!("the {driver} driver is bound to the drive and has asked it before"));
    }
    let fd = node.open(false).map_err(|errno| node.open_error(errno, None).to_string())?;
    let answer = Ask::new(node, &fd).execute(Request::none(TestUnitReady {}, TIMEOUT));
    answer.map_err(|error| format!("TEST UNIT READY had no answer: {error}"))
}
