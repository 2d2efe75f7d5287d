//! Device nodes: what a path is, and clear words for what it is not.

use crate::abi::{SG_MAJOR, SR_MAJOR, ScsiFd};
use crate::classify::{Operation, kind_of};
use crate::sg;
use crate::sysfs::{ScsiDevice, TYPE_MULTIMEDIA};
use core::fmt;
use core::time::Duration;
use discrig_device::{DeviceError, ErrorKind, Request};
use discrig_wire::command::Inquiry;
use discrig_wire::inquiry::{PeripheralType, StandardInquiry, VpdCode, VpdPage};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use std::fs;
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Which driver a node belongs to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NodeKind {
    /// SCSI generic, `/dev/sg*`: a character device whose exclusive open shuts everybody else out of it.
    Sg,
    /// SCSI CD-ROM, `/dev/sr*`: a block device whose exclusive open is advisory.
    Sr,
}

impl fmt::Display for NodeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NodeKind::Sg => "sg",
            NodeKind::Sr => "sr",
        })
    }
}

/// Why a path cannot be used as a drive: what is wrong and what to do.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The caller lacks rights.
    #[error("{path}: no permission; run as root or join the group that owns the node (usually `cdrom`)")]
    AccessDenied {
        /// The path as given.
        path: PathBuf,
    },
    /// Somebody holds the node in a way that shuts others out.
    #[error("{path}: in use by {owner}; wait for it or end it, or use the drive's other node", owner = owner.as_deref().unwrap_or("another program"))]
    Busy {
        /// The path as given.
        path: PathBuf,
        /// The holder, if it is a discrig process that left its name.
        owner: Option<String>,
    },
    /// A directory.
    #[error("{path}: this is a directory; name the drive's device node, such as /dev/sr0")]
    Directory {
        /// The path as given.
        path: PathBuf,
    },
    /// There is a node, and no drive behind it.
    #[error("{path}: no drive answers behind this node; is it still plugged in?")]
    Gone {
        /// The path as given.
        path: PathBuf,
    },
    /// Nothing is there.
    #[error("{path}: no such node; is the drive plugged in, and are the sr_mod and sg modules loaded?")]
    Missing {
        /// The path as given.
        path: PathBuf,
    },
    /// The drive answers INQUIRY with something that is no INQUIRY data.
    #[error("{path}: the device's answer to INQUIRY makes no sense ({what})")]
    Nonsense {
        /// The path as given.
        path: PathBuf,
        /// What came.
        what: String,
    },
    /// A device node of another kind.
    #[error(
        "{path}: this is {what}, not an optical drive; name a node such as /dev/sr0 or its /dev/sg sibling"
    )]
    NotOptical {
        /// The path as given.
        path: PathBuf,
        /// What it is.
        what: String,
    },
    /// A regular file.
    #[error(
        "{path}: this is a regular file; to use a disc image, put it into the emulated drive as disc `iso:{path}`"
    )]
    RegularFile {
        /// The path as given.
        path: PathBuf,
    },
    /// The drive gives no answer to INQUIRY.
    #[error("{path}: the drive does not answer INQUIRY: {cause}")]
    Silent {
        /// The path as given.
        path: PathBuf,
        /// Why no answer came.
        #[source]
        cause: DeviceError,
    },
    /// The system refused for another reason.
    #[error("{path}: {cause}")]
    System {
        /// The path as given.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
}

impl From<OpenError> for DeviceError {
    fn from(error: OpenError) -> DeviceError {
        let kind = match &error {
            OpenError::AccessDenied { .. } => ErrorKind::AccessDenied,
            OpenError::Busy { .. } => ErrorKind::Busy,
            OpenError::Gone { .. } | OpenError::Missing { .. } => ErrorKind::Gone,
            OpenError::Silent { cause, .. } => cause.kind(),
            OpenError::Directory { .. } | OpenError::NotOptical { .. } | OpenError::RegularFile { .. } => {
                ErrorKind::Unsupported
            }
            OpenError::Nonsense { .. } | OpenError::System { .. } => ErrorKind::Transport,
        };
        DeviceError::new(kind, "open").with_effect(discrig_device::Effect::NotDone).with_source(error)
    }
}

/// A node of an optical drive.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) path: PathBuf,
    pub(crate) kind: NodeKind,
    pub(crate) major: u32,
    pub(crate) minor: u32,
    pub(crate) device: Option<ScsiDevice>,
}

impl Node {
    /// Looks at a path without opening it.
    ///
    /// # Errors
    /// [`OpenError`] for everything that is no node of the two drivers, and for units that are no optical drives.
    pub(crate) fn at(path: &Path) -> Result<Node, OpenError> {
        let own = path.to_owned();
        let metadata = fs::metadata(path).map_err(|cause| match cause.kind() {
            io::ErrorKind::NotFound => OpenError::Missing { path: own.clone() },
            io::ErrorKind::PermissionDenied => OpenError::AccessDenied { path: own.clone() },
            _ => OpenError::System { path: own.clone(), cause },
        })?;
        let numbers = metadata.rdev();
        let (major, minor) = (rustix::fs::major(numbers), rustix::fs::minor(numbers));
        let file_type = metadata.file_type();
        let node = |kind, device| Node { path: own.clone(), kind, major, minor, device };
        let node = if file_type.is_dir() {
            return Err(OpenError::Directory { path: own });
        } else if file_type.is_file() {
            return Err(OpenError::RegularFile { path: own });
        } else if file_type.is_block_device() && major == SR_MAJOR {
            node(NodeKind::Sr, ScsiDevice::of_block(major, minor))
        } else if file_type.is_char_device() && major == SG_MAJOR {
            node(NodeKind::Sg, ScsiDevice::of_char(major, minor))
        } else {
            let what = describe_other(&file_type, major, minor);
            return Err(OpenError::NotOptical { path: own, what });
        };
        match node.device.as_ref().and_then(ScsiDevice::peripheral_type) {
            None | Some(TYPE_MULTIMEDIA) => Ok(node),
            Some(code) => Err(OpenError::NotOptical { path: own, what: describe_type(code) }),
        }
    }

    /// The node of the same drive that belongs to the other driver, or of the asked kind.
    pub(crate) fn of_device(device: &ScsiDevice, kind: NodeKind) -> Option<Node> {
        let name = match kind {
            NodeKind::Sr => device.block_name(),
            NodeKind::Sg => device.generic_name(),
        }?;
        Node::at(&Path::new("/dev").join(name)).ok()
    }

    /// The drive's node of the other kind.
    pub(crate) fn sibling(&self) -> Option<Node> {
        let other = match self.kind {
            NodeKind::Sr => NodeKind::Sg,
            NodeKind::Sg => NodeKind::Sr,
        };
        Node::of_device(self.device.as_ref()?, other)
    }

    /// What stays the same for both nodes of a drive, for file names.
    pub(crate) fn address(&self) -> String {
        match &self.device {
            Some(device) => device.address().to_owned(),
            None => format!("{}-{}-{}", self.kind, self.major, self.minor),
        }
    }

    /// Opens the node: for reading and writing, or for reading alone where the system insists. Never waits.
    ///
    /// # Errors
    /// What the system said; `ENXIO` when the path has become another node since [`Node::at`].
    pub(crate) fn open(&self, exclusive: bool) -> Result<ScsiFd, Errno> {
        let flags =
            OFlags::NONBLOCK | OFlags::CLOEXEC | if exclusive { OFlags::EXCL } else { OFlags::empty() };
        let open = |access| rustix::fs::open(&self.path, flags | access, Mode::empty());
        let file = match open(OFlags::RDWR) {
            Err(Errno::ROFS | Errno::ACCESS) => open(OFlags::RDONLY),
            other => other,
        }?;
        let fd = ScsiFd::adopt(file).map_err(|_| Errno::NXIO)?;
        if fd.numbers()? == (self.major, self.minor) { Ok(fd) } else { Err(Errno::NXIO) }
    }

    /// Whether an exclusive open would succeed; what is opened is closed at once.
    ///
    /// # Errors
    /// What the system said: `EBUSY` when somebody holds the node.
    pub(crate) fn probe_exclusive(&self) -> Result<(), Errno> {
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::EXCL;
        rustix::fs::open(&self.path, flags, Mode::empty()).map(drop)
    }

    /// Names an error number of an open.
    pub(crate) fn open_error(&self, errno: Errno, owner: Option<String>) -> OpenError {
        let path = self.path.clone();
        match kind_of(Operation::Open, errno) {
            ErrorKind::AccessDenied => OpenError::AccessDenied { path },
            ErrorKind::Busy => OpenError::Busy { path, owner },
            ErrorKind::Gone if errno == Errno::NOENT => OpenError::Missing { path },
            ErrorKind::Gone => OpenError::Gone { path },
            _ => OpenError::System { path, cause: errno.into() },
        }
    }
}

fn describe_other(file_type: &fs::FileType, major: u32, minor: u32) -> String {
    if file_type.is_block_device() {
        match ScsiDevice::of_block(major, minor).and_then(|device| device.peripheral_type()) {
            Some(code) => describe_type(code),
            None => format!("block device {major}:{minor}, such as a hard disk or a partition"),
        }
    } else if file_type.is_char_device() {
        format!("character device {major}:{minor}")
    } else {
        "a pipe or a socket".to_owned()
    }
}

fn describe_type(code: u8) -> String {
    let kind = PeripheralType(code);
    let example = if kind == PeripheralType::DIRECT_ACCESS { ", such as a hard disk" } else { "" };
    format!("a SCSI unit of peripheral type {kind}{example}")
}

/// Who a drive says it is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Identity {
    /// Standard INQUIRY data as received.
    pub inquiry: Vec<u8>,
    /// T10 vendor identification.
    pub vendor: String,
    /// Product identification.
    pub product: String,
    /// Product revision level.
    pub revision: String,
    /// Unit serial number of vital product data page 80h; empty when the drive gives none.
    pub serial: String,
}

/// Timeout of the commands that identify a drive.
const IDENTIFY_TIMEOUT: Duration = Duration::from_secs(10);
const INQUIRY_LENGTH: u16 = 96;
const SERIAL_LENGTH: u16 = 252;

impl Identity {
    /// Whether both can be the same drive: they have the same names and the same serial number. Many drives have none, and then it takes
    /// their place besides to tell them apart.
    #[must_use]
    pub fn is_same_drive(&self, other: &Identity) -> bool {
        let names =
            |identity: &Identity| [&identity.vendor, &identity.product, &identity.serial].map(Clone::clone);
        names(self) == names(other)
    }

    /// Asks an open node for its identity.
    ///
    /// # Errors
    /// [`OpenError`] for a unit that does not answer, answers nonsense, or is no optical drive.
    pub(crate) fn ask(node: &Node, fd: &ScsiFd) -> Result<Identity, OpenError> {
        let path = || node.path.clone();
        let command = Inquiry { allocation_length: INQUIRY_LENGTH, ..Inquiry::default() };
        let inquiry = data_in(node, fd, command, INQUIRY_LENGTH)
            .map_err(|cause| match cause.kind() {
                ErrorKind::AccessDenied => OpenError::AccessDenied { path: path() },
                ErrorKind::Gone => OpenError::Gone { path: path() },
                _ => OpenError::Silent { path: path(), cause },
            })?
            .ok_or_else(|| OpenError::Nonsense { path: path(), what: "it was refused".to_owned() })?;
        let parsed = StandardInquiry::parse(&inquiry)
            .map_err(|error| OpenError::Nonsense { path: path(), what: error.to_string() })?;
        if parsed.peripheral_type != PeripheralType::MULTIMEDIA {
            return Err(OpenError::NotOptical {
                path: path(),
                what: describe_type(parsed.peripheral_type.0),
            });
        }
        let text = |from: usize, to: usize| {
            let bytes = inquiry.get(from..to.min(inquiry.len())).unwrap_or(&[]);
            String::from_utf8_lossy(bytes).trim_matches(|c: char| c.is_whitespace() || c == '\0').to_owned()
        };
        Ok(Identity {
            vendor: text(8, 16),
            product: text(16, 32),
            revision: text(32, 36),
            serial: serial(node, fd),
            inquiry,
        })
    }
}

/// The serial number; empty when page 80h is refused or is another page. Drives that ignore EVPD answer with standard data.
fn serial(node: &Node, fd: &ScsiFd) -> String {
    let command =
        Inquiry { evpd: true, page_code: VpdCode::UNIT_SERIAL_NUMBER.0, allocation_length: SERIAL_LENGTH };
    let Ok(Some(bytes)) = data_in(node, fd, command, SERIAL_LENGTH) else { return String::new() };
    let page = VpdPage::parse(&bytes).ok();
    page.and_then(|page| page.serial_number().map(str::to_owned)).unwrap_or_default()
}

/// The data of a command that ended with GOOD, or `None` when it was refused.
fn data_in(node: &Node, fd: &ScsiFd, command: Inquiry, length: u16) -> Result<Option<Vec<u8>>, DeviceError> {
    let mut buffer = vec![0; usize::from(length)];
    let request = Request::input(command, &mut buffer, IDENTIFY_TIMEOUT);
    let completion = sg::execute(fd, node.kind, request)?;
    buffer.truncate(completion.transferred);
    Ok(completion.is_good().then_some(buffer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_drive_is_named() {
        let directory = Node::at(Path::new("/dev")).unwrap_err();
        assert!(matches!(directory, OpenError::Directory { .. }), "{directory}");
        let file = Node::at(Path::new("/proc/self/exe")).unwrap_err();
        assert!(matches!(file, OpenError::RegularFile { .. }), "{file}");
        let missing = Node::at(Path::new("/dev/no-such-drive")).unwrap_err();
        assert!(matches!(missing, OpenError::Missing { .. }), "{missing}");
        let null = Node::at(Path::new("/dev/null")).unwrap_err();
        let text = null.to_string();
        assert!(text.contains("character device 1:3") && text.contains("/dev/sr0"), "{text}");
        assert_eq!(DeviceError::from(missing).kind(), ErrorKind::Gone);
    }

    #[test]
    fn block_devices_that_are_no_drives_are_named_where_there_are_any() {
        for name in fs::read_dir("/dev").unwrap().filter_map(|entry| entry.ok()) {
            let is_other_block = fs::metadata(name.path()).is_ok_and(|metadata| {
                metadata.file_type().is_block_device() && rustix::fs::major(metadata.rdev()) != SR_MAJOR
            });
            if is_other_block {
                let error = Node::at(&name.path()).unwrap_err();
                assert!(matches!(error, OpenError::NotOptical { .. }), "{error}");
            }
        }
    }

    #[test]
    fn types_have_words() {
        assert!(describe_type(0).contains("hard disk"));
        assert!(describe_type(8).contains("medium changer"));
    }
}
