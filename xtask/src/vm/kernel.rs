//! Debian's own kernel: fetched as a package, unpacked into a cache, never installed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};

use super::tools::{self, Unavailable};

/// The package that depends on Debian's current kernel.
const META_PACKAGE: &str = "linux-image-amd64";
/// The packed kernel inside of a boot image: where the number of set-up sectors stands, and offset and length of the payload
/// (the kernel's x86 boot protocol, 2.08).
const SETUP_SECTORS: usize = 0x1f1;
const PAYLOAD_OFFSET: usize = 0x248;
const PAYLOAD_LENGTH: usize = 0x24c;

/// An unpacked kernel.
#[derive(Debug)]
pub(crate) struct Kernel {
    /// The version by which the modules' folder goes, for instance `6.1.0-56-amd64`.
    pub(crate) version: String,
    /// What QEMU boots.
    pub(crate) image: PathBuf,
    /// The folder that holds `modules.dep`.
    pub(crate) modules: PathBuf,
}

impl Kernel {
    /// The kernel from the cache, after fetching it where it is not there or there is a newer one.
    ///
    /// # Errors
    /// [`Unavailable`] where the package can neither be had nor found in the cache; others when it cannot be unpacked.
    pub(crate) fn obtain(cache: &Path) -> Result<Self> {
        fs::create_dir_all(cache).with_context(|| format!("making {}", cache.display()))?;
        let folder = match fetch(cache) {
            Ok(folder) => folder,
            Err(error) if error.is::<Unavailable>() => newest(cache)?.ok_or(error)?,
            Err(error) => return Err(error),
        };
        Self::open(&folder)
    }

    fn open(folder: &Path) -> Result<Self> {
        let versions = folder.join("lib/modules");
        let modules = only_entry(&versions)?;
        let version = modules.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let unpacked = folder.join("vmlinux");
        let image =
            if unpacked.is_file() { unpacked } else { folder.join(format!("boot/vmlinuz-{version}")) };
        ensure!(image.is_file(), "{} has no kernel; remove it to fetch it again", folder.display());
        Ok(Self { version, image, modules })
    }
}

/// Makes sure that the current package is unpacked in the cache and returns its folder.
fn fetch(cache: &Path) -> Result<PathBuf> {
    let unavailable =
        |error: anyhow::Error| Unavailable(format!("no kernel: {error:#}; apt-get update may help"));
    let depends = tools::output("apt-cache", ["depends", META_PACKAGE], cache).map_err(unavailable)?;
    let package = concrete_package(&String::from_utf8_lossy(&depends))
        .ok_or_else(|| Unavailable(format!("no kernel: {META_PACKAGE} depends on none")))?;
    let about =
        tools::output("apt-cache", ["show", "--no-all-versions", &package], cache).map_err(unavailable)?;
    let version = field(&String::from_utf8_lossy(&about), "Version")
        .ok_or_else(|| Unavailable(format!("no kernel: {package} has no version")))?;
    let folder = cache.join(format!("{package}_{}", version.replace(':', "%3a")));
    if !folder.is_dir() {
        let package = download(cache, &package, &version).map_err(unavailable)?;
        unpack(&package, &folder)?;
    }
    Ok(folder)
}

/// Downloads the package and returns its path.
fn download(cache: &Path, package: &str, version: &str) -> Result<PathBuf> {
    let folder = cache.join("download");
    remove(&folder)?;
    fs::create_dir_all(&folder)?;
    tools::output("apt-get", ["download", "--quiet", &format!("{package}={version}")], &folder)?;
    only_entry(&folder)
}

/// Unpacks the package, indexes its modules, and moves everything to `folder` once it is complete.
fn unpack(package: &Path, folder: &Path) -> Result<()> {
    let work = folder.with_extension("part");
    remove(&work)?;
    fs::create_dir_all(&work)?;
    tools::output("dpkg", [Path::new("-x"), package, &work], &work)?;
    let modules = only_entry(&work.join("lib/modules"))?;
    let version = modules.file_name().unwrap_or_default().to_string_lossy().into_owned();
    tools::output("depmod", [Path::new("-b"), &work, Path::new(&version)], &work)?;
    // Emulated, unpacking takes the guest seconds at each boot. Where it fails here, the packed kernel boots as well.
    if let Some(kernel) = unpacked_kernel(&work.join(format!("boot/vmlinuz-{version}")), &work) {
        fs::write(work.join("vmlinux"), kernel)?;
    }
    if let Some(download) = package.parent() {
        remove(download)?;
    }
    fs::rename(&work, folder).with_context(|| format!("moving the kernel to {}", folder.display()))
}

/// The kernel as an ELF file, out of its boot image.
fn unpacked_kernel(image: &Path, work: &Path) -> Option<Vec<u8>> {
    let packed = payload(&fs::read(image).ok()?)?.to_owned();
    let path = work.join("vmlinux.packed");
    fs::write(&path, packed).ok()?;
    // The payload ends with its unpacked length, which only --single-stream tolerates.
    let kernel = tools::output("xz", [Path::new("-dc"), Path::new("--single-stream"), &path], work);
    fs::remove_file(&path).ok()?;
    kernel.ok().filter(|kernel| kernel.starts_with(b"\x7fELF"))
}

/// The packed kernel inside of a boot image.
fn payload(image: &[u8]) -> Option<&[u8]> {
    let word = |at: usize| {
        let bytes = image.get(at..at + 4)?;
        usize::try_from(u32::from_le_bytes(bytes.try_into().ok()?)).ok()
    };
    let sectors = match image.get(SETUP_SECTORS)? {
        0 => 4,
        &sectors => usize::from(sectors),
    };
    let start = ((sectors + 1) * 512).checked_add(word(PAYLOAD_OFFSET)?)?;
    image.get(start..start.checked_add(word(PAYLOAD_LENGTH)?)?)
}

/// The kernel that the meta package depends on, from what `apt-cache depends` printed.
fn concrete_package(depends: &str) -> Option<String> {
    depends
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Depends: "))
        .find(|name| name.starts_with("linux-image-"))
        .map(str::to_owned)
}

/// A field of a package's description.
fn field(about: &str, name: &str) -> Option<String> {
    about.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).map(str::to_owned)
}

/// The kernel in the cache that was unpacked last.
fn newest(cache: &Path) -> Result<Option<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(cache)? {
        let path = entry?.path();
        if path.join("lib/modules").is_dir() && path.extension().is_none_or(|extension| extension != "part") {
            found.push((path.metadata()?.modified()?, path));
        }
    }
    Ok(found.into_iter().max().map(|(_, path)| path))
}

/// The one entry of a folder.
fn only_entry(folder: &Path) -> Result<PathBuf> {
    let mut entries = fs::read_dir(folder)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(|| format!("reading {}", folder.display()))?;
    match (entries.pop(), entries.len()) {
        (Some(entry), 0) => Ok(entry.path()),
        (_, more) => bail!("{} should hold one entry, not {}", folder.display(), more + 1),
    }
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("removing {}", folder.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_concrete_package_is_found() {
        let depends = "linux-image-amd64\n  Depends: linux-image-6.1.0-1-amd64\n |Recommends: firmware\n";
        assert_eq!(concrete_package(depends).as_deref(), Some("linux-image-6.1.0-1-amd64"));
        assert_eq!(concrete_package("linux-image-amd64\n  Depends: <virtual>\n"), None);
    }

    #[test]
    fn fields_are_found_by_their_whole_name() {
        let about = "Package: a\nVersion-Old: 1\nVersion: 6.1.2-1\n";
        assert_eq!(field(about, "Version").as_deref(), Some("6.1.2-1"));
        assert_eq!(field(about, "Size"), None);
    }

    #[test]
    fn the_payload_is_cut_out_and_bad_images_have_none() {
        let mut image = vec![0; 512 * 3];
        image[SETUP_SECTORS] = 1;
        image[PAYLOAD_OFFSET] = 16;
        image[PAYLOAD_LENGTH] = 4;
        image[1024 + 16..1024 + 20].copy_from_slice(b"abcd");
        assert_eq!(payload(&image), Some(&b"abcd"[..]));
        image[PAYLOAD_LENGTH + 3] = 0xff;
        assert_eq!(payload(&image), None);
        assert_eq!(payload(b"short"), None);
    }
}
