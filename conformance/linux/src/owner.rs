//! Names of exclusive owners: the kernel knows none, so discrig's processes leave theirs where other discrig processes find it.
//!
//! A name is a record that its process keeps locked. It is written after the node was opened exclusively and removed before that is given
//! up, so a held record proves that the node is held, and a record of a dead process proves nothing and is passed over.

use crate::node::Node;
use crate::runtime::{ProcessStamp, RecordFile, RuntimeFolder};
use discrig_device::CallerName;
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct OwnerRecord {
    name: CallerName,
    process: ProcessStamp,
}

fn stem(node: &Node) -> String {
    format!("owner-{}-{}-{}", node.kind, node.major, node.minor)
}

/// Leaves the name of the owner of `node`. `None` when no folder can be written: the owner is then shown without a name.
pub(crate) fn leave_name(folder: &RuntimeFolder, node: &Node, name: CallerName) -> Option<RecordFile> {
    folder.create(&stem(node), &OwnerRecord { name, process: ProcessStamp::current() }).ok()
}

/// The name that a living discrig process left for `node`, and that process' number. Records of the dead are removed.
pub(crate) fn find_name(folder: &RuntimeFolder, node: &Node) -> Option<(CallerName, u32)> {
    let mut found = None;
    for record in folder.records::<OwnerRecord>(&stem(node)) {
        if record.held && record.value.process.is_alive() {
            found = Some((record.value.name, record.value.process.pid()));
        } else {
            // A record of another user stays; it is passed over next time, too.
            let _ = record.remove();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::NodeKind;
    use crate::runtime::TestFolder;

    fn node(minor: u32) -> Node {
        Node { path: "/dev/sr0".into(), kind: NodeKind::Sr, major: 11, minor, device: None }
    }

    #[test]
    fn a_name_is_found_while_it_is_held() {
        let folder = TestFolder::new("owner");
        let name = CallerName::new("Disc Burner 2.0").unwrap();
        let record = leave_name(&folder, &node(0), name).unwrap();
        assert_eq!(find_name(&folder, &node(0)), Some((name, std::process::id())));
        assert_eq!(find_name(&folder, &node(1)), None);
        drop(record);
        assert_eq!(find_name(&folder, &node(0)), None);
    }

    #[test]
    fn a_record_that_nobody_holds_is_stale() {
        let folder = TestFolder::new("owner-stale");
        let record = OwnerRecord { name: CallerName::new("dead").unwrap(), process: ProcessStamp::current() };
        let file = folder.create(&stem(&node(0)), &record).unwrap();
        // The lock goes, the file stays: as after SIGKILL.
        let found = folder.records::<OwnerRecord>(&stem(&node(0)));
        let copy = std::fs::read(&found[0].path).unwrap();
        let path = found[0].path.clone();
        drop(file);
        std::fs::write(&path, copy).unwrap();
        assert_eq!(find_name(&folder, &node(0)), None);
        assert!(!path.exists());
    }
}
