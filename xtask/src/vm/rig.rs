//! Everything that the lanes share on this machine, and the run of one lane.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use super::guest;
use super::initramfs;
use super::kernel::Kernel;
use super::lanes::{BASE_MODULES, Lane, Nodes};
use super::modules::Index;
use super::outcome::Outcome;
use super::qemu::{End, Guest};
use super::tools;
use crate::release;

/// Where expected failures of a lane stand, as `LANE.toml`.
const EXPECTATIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/vm/expect");
/// Bytes of the file on the disc, beside which a short one lies.
const DISC_FILE_BYTES: usize = 4 << 20;

/// What the lanes share.
#[derive(Debug)]
pub(crate) struct Rig {
    kernel: Kernel,
    modules: Index,
    disc: PathBuf,
    binary: PathBuf,
    folder: PathBuf,
    seed: u16,
    /// Further arguments of `discrig test`.
    suite: Vec<String>,
}

impl Rig {
    /// Gets everything ready. Without a binary, the release build is made. `suite` is what `discrig test` is told beside what the lanes say.
    ///
    /// # Errors
    /// [`Unavailable`](tools::Unavailable) where this machine lacks something; others where something goes wrong.
    pub(crate) fn prepare(binary: Option<&Path>, seed: u16, suite: &[String]) -> Result<Self> {
        tools::require_all()?;
        let folder = release::target()?.join("vm");
        let kernel = Kernel::obtain(&folder.join("kernel"))?;
        let modules = Index::read(&kernel.modules)?;
        let disc = make_disc(&folder)?;
        let binary = release::discrig(binary)?;
        Ok(Self { kernel, modules, disc, binary, folder, seed, suite: suite.to_owned() })
    }

    /// Boots the guest for one lane and says what came of it.
    pub(crate) fn run(&self, lane: &'static Lane, remaining: Duration) -> Outcome {
        let started = Instant::now();
        let share = self.folder.join("lanes").join(lane.name);
        let limit = remaining.min(Duration::from_secs(lane.limit_s));
        let end = empty(&share).and_then(|()| {
            ensure!(!limit.is_zero(), "no time was left for it");
            self.boot(lane, &share, limit)
        });
        let mut outcome = Outcome::read(lane, &share);
        outcome.kernel.clone_from(&self.kernel.version);
        outcome.seconds = started.elapsed().as_secs_f64();
        match end {
            Ok(End::Ended { success: true }) => {}
            Ok(End::Ended { success: false }) => outcome.cause("QEMU failed; see qemu.log"),
            Ok(End::Deadline) => outcome.cause(&format!("killed after {} s", limit.as_secs())),
            Err(error) => outcome.cause(&format!("{error:#}")),
        }
        outcome
    }

    fn boot(&self, lane: &Lane, share: &Path, limit: Duration) -> Result<End> {
        let expected = self.copy_expectations(lane, share)?;
        guest::write(share, lane, self.seed, &self.suite, expected.as_deref())?;
        fs::copy(&self.binary, share.join("discrig")).context("copying the program")?;
        fs::copy(&self.disc, share.join("disc.iso")).context("copying the disc")?;
        let initramfs = initramfs::write(share, &self.kernel, &self.modules, &wanted_modules(lane))?;
        let guest = Guest {
            kernel: &self.kernel.image,
            initramfs: &initramfs,
            disc: &self.disc,
            drives: lane.drives,
            untouched: lane.nodes == Nodes::Sg,
            further: &[],
            share,
        };
        let end = guest.run(limit);
        // They are as large as all reports together, and can be made again.
        for name in ["initramfs.cpio", "discrig", "disc.iso"] {
            let _ = fs::remove_file(share.join(name));
        }
        end
    }

    /// Brings the lane's expected failures into its folder, where there are any.
    fn copy_expectations(&self, lane: &Lane, share: &Path) -> Result<Option<PathBuf>> {
        let source = Path::new(EXPECTATIONS).join(format!("{}.toml", lane.name));
        if !source.is_file() {
            return Ok(None);
        }
        let copy = share.join("expect.toml");
        fs::copy(&source, &copy).with_context(|| format!("copying {}", source.display()))?;
        Ok(Some(copy))
    }
}

/// Makes sure that the folder exists and that nothing in it can be taken for a result of this run.
pub(crate) fn empty(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("removing {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))
}

fn wanted_modules(lane: &Lane) -> Vec<&'static str> {
    let drives = lane.drives.iter().flat_map(|drive| drive.kind.attachment().modules);
    BASE_MODULES.iter().chain(lane.nodes.modules()).chain(drives).copied().collect()
}

/// Makes the disc: a real ISO 9660 file system with a long and a short file.
fn make_disc(folder: &Path) -> Result<PathBuf> {
    let contents = folder.join("disc");
    fs::create_dir_all(&contents).with_context(|| format!("making {}", contents.display()))?;
    fs::write(contents.join("README.TXT"), "A disc for drives under test.\n")?;
    fs::write(contents.join("DATA.BIN"), disc_bytes(DISC_FILE_BYTES))?;
    let disc = folder.join("disc.iso");
    let arguments = ["-as", "mkisofs", "-quiet", "-V", "DISCRIG", "-J", "-R", "-o"];
    let arguments = arguments.map(Path::new).into_iter().chain([disc.as_path(), &contents]);
    tools::output("xorriso", arguments, folder)?;
    Ok(disc)
}

/// Bytes that differ from sector to sector, and are the same each time.
fn disc_bytes(length: usize) -> Vec<u8> {
    (0..length / 4).flat_map(|index| (index as u32).wrapping_mul(2_654_435_761).to_le_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::lanes::LANES;
    use super::*;

    #[test]
    fn sectors_of_the_disc_differ() {
        let bytes = disc_bytes(DISC_FILE_BYTES);
        assert_eq!(bytes.len(), DISC_FILE_BYTES);
        let sectors: BTreeSet<_> = bytes.chunks(2048).collect();
        assert_eq!(sectors.len(), DISC_FILE_BYTES / 2048);
    }

    #[test]
    fn lanes_load_the_modules_of_all_their_drives() {
        let unplug = LANES.iter().find(|lane| lane.name == "unplug").unwrap();
        let modules = wanted_modules(unplug);
        for module in ["9p", "sr_mod", "ata_piix", "virtio_scsi", "usb_storage"] {
            assert!(modules.contains(&module), "{module}");
        }
    }

    #[test]
    fn fresh_drives_are_asked_by_no_driver() {
        for lane in LANES.iter().filter(|lane| lane.nodes == Nodes::Sg) {
            let modules = wanted_modules(lane);
            assert!(!modules.contains(&"sr_mod"), "{}", lane.name);
            let at = |name: &str| modules.iter().position(|module| module.starts_with(name));
            // Whoever asks for a module first says with which arguments.
            assert!(at("scsi_mod ") < at("libata ") && at("libata ") < at("sg"), "{}", lane.name);
        }
    }
}
