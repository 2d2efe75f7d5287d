//! What sysfs knows of a SCSI device. Nothing else in this crate reads or writes below `/sys`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The SCSI device directory behind a node, such as `/sys/devices/…/1:0:0:0`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct ScsiDevice {
    directory: PathBuf,
}

/// SCSI peripheral device type 05h: CD, DVD and BD drives.
pub(crate) const TYPE_MULTIMEDIA: u8 = 0x05;

impl ScsiDevice {
    /// The device behind a block node (`sr`, `sd`).
    pub(crate) fn of_block(major: u32, minor: u32) -> Option<ScsiDevice> {
        ScsiDevice::at(&PathBuf::from(format!("/sys/dev/block/{major}:{minor}/device")))
    }

    /// The device behind a character node (`sg`, `st`, `ch`).
    pub(crate) fn of_char(major: u32, minor: u32) -> Option<ScsiDevice> {
        ScsiDevice::at(&PathBuf::from(format!("/sys/dev/char/{major}:{minor}/device")))
    }

    /// Every SCSI device of the machine, in the order of their addresses' text.
    pub(crate) fn all() -> Vec<ScsiDevice> {
        let mut devices: Vec<ScsiDevice> = names("/sys/bus/scsi/devices")
            .into_iter()
            // Besides units the bus has hosts and targets.
            .filter(|name| name.split(':').count() == 4)
            .filter_map(|name| ScsiDevice::at(&Path::new("/sys/bus/scsi/devices").join(name)))
            .collect();
        devices.sort_by(|a, b| a.directory.cmp(&b.directory));
        devices
    }

    fn at(link: &Path) -> Option<ScsiDevice> {
        let directory = fs::canonicalize(link).ok()?;
        directory.join("vendor").exists().then_some(ScsiDevice { directory })
    }

    /// Host, channel, target and logical unit, as `1:0:0:0`.
    pub(crate) fn address(&self) -> &str {
        self.directory.file_name().and_then(|name| name.to_str()).unwrap_or("")
    }

    /// Where the device hangs, unique on this machine while it hangs there.
    pub(crate) fn path(&self) -> String {
        let path = self.directory.to_string_lossy();
        path.strip_prefix("/sys/devices/").unwrap_or(&path).to_owned()
    }

    /// Where the device hangs, without the host adapter's number: adapters that go and come back with their device, as those of USB do, are
    /// numbered anew. Before it stands the way to the adapter, after it channel, target and logical unit.
    pub(crate) fn place(&self) -> (String, String) {
        let path = self.path();
        let unit = self.address().split_once(':').map_or("", |(_, unit)| unit).to_owned();
        (path.split("/host").next().unwrap_or_default().to_owned(), unit)
    }

    /// Whether the device is still there.
    pub(crate) fn exists(&self) -> bool {
        self.directory.exists()
    }

    /// Peripheral device type.
    pub(crate) fn peripheral_type(&self) -> Option<u8> {
        self.text("type")?.parse().ok()
    }

    /// Standard INQUIRY data as the kernel kept them when it found the device.
    pub(crate) fn inquiry(&self) -> Option<Vec<u8>> {
        fs::read(self.directory.join("inquiry")).ok().filter(|bytes| bytes.len() >= 36)
    }

    /// Name of the `sr` node, such as `sr0`.
    pub(crate) fn block_name(&self) -> Option<String> {
        names(self.directory.join("block")).into_iter().next()
    }

    /// Name of the `sg` node, such as `sg0`.
    pub(crate) fn generic_name(&self) -> Option<String> {
        names(self.directory.join("scsi_generic")).into_iter().next()
    }

    /// A limit of the block node's queue.
    pub(crate) fn queue_limit(&self, name: &str) -> Option<u32> {
        let block = self.block_name()?;
        read_number(&self.directory.join("block").join(block).join("queue").join(name))
    }

    /// How often the kernel polls the drive for events, in milliseconds; zero when it does not.
    pub(crate) fn poll_interval_ms(&self) -> Option<u32> {
        let block = self.block_name()?;
        let own = self.directory.join("block").join(block).join("events_poll_msecs");
        // -1 stands for the default of all drives.
        read_number(&own)
            .or_else(|| read_number(Path::new("/sys/module/block/parameters/events_dfl_poll_msecs")))
    }

    /// Name of the driver that is bound to the device, such as `sr`. `sg` binds to none.
    pub(crate) fn bound_driver(&self) -> Option<String> {
        let driver = fs::read_link(self.directory.join("driver")).ok()?;
        Some(driver.file_name()?.to_str()?.to_owned())
    }

    /// Name of the host adapter's driver, such as `ata_piix`.
    pub(crate) fn driver(&self) -> Option<String> {
        read_text(&self.host()?.join("proc_name"))
    }

    /// Takes the device away: nodes vanish, open handles answer ENODEV.
    pub(crate) fn delete(&self) -> io::Result<()> {
        fs::write(self.directory.join("delete"), "1")
    }

    /// Lets the host adapter look at the device's own place again.
    pub(crate) fn rescan_place(&self) -> io::Result<()> {
        self.scan(&self.place().1.replace(':', " "))
    }

    /// Lets the host adapter look for devices everywhere. An adapter with hundreds of places needs seconds for that.
    pub(crate) fn rescan_host(&self) -> io::Result<()> {
        self.scan("- - -")
    }

    /// Channel, target and logical unit, with `-` for all of them.
    fn scan(&self, places: &str) -> io::Result<()> {
        let host = self.host().ok_or(io::ErrorKind::NotFound)?;
        fs::write(host.join("scan"), places)
    }

    /// The adapter's directory; it outlives the device.
    fn host(&self) -> Option<PathBuf> {
        let number = self.address().split(':').next().filter(|number| !number.is_empty())?;
        Some(PathBuf::from(format!("/sys/class/scsi_host/host{number}")))
    }

    fn text(&self, name: &str) -> Option<String> {
        read_text(&self.directory.join(name))
    }
}

fn read_text(path: &Path) -> Option<String> {
    Some(fs::read_to_string(path).ok()?.trim().to_owned())
}

/// A number that is not negative.
fn read_number(path: &Path) -> Option<u32> {
    read_text(path)?.parse().ok()
}

/// Names in a directory, sorted; none when it cannot be read.
fn names(directory: impl AsRef<Path>) -> Vec<String> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(path: &str) -> ScsiDevice {
        ScsiDevice { directory: Path::new("/sys/devices").join(path) }
    }

    #[test]
    fn a_place_outlives_its_adapters_number() {
        let before = device("pci0000:00/0000:00:05.0/usb2/2-1/2-1:1.0/host3/target3:0:0/3:0:0:0");
        let after = device("pci0000:00/0000:00:05.0/usb2/2-1/2-1:1.0/host4/target4:0:0/4:0:0:0");
        assert_eq!(before.place(), after.place());
        assert_eq!(
            before.place(),
            ("pci0000:00/0000:00:05.0/usb2/2-1/2-1:1.0".to_owned(), "0:0:0".to_owned())
        );
        for other in [
            "pci0000:00/0000:00:05.0/usb2/2-2/2-2:1.0/host3/target3:0:0/3:0:0:0",
            "pci0000:00/0000:00:05.0/usb2/2-1/2-1:1.0/host3/target3:0:1/3:0:1:0",
        ] {
            assert_ne!(before.place(), device(other).place(), "{other}");
        }
    }
}
