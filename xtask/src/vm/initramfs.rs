//! The first file system of the guest: busybox, the lane's modules and the script that sets up the rest.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};

use super::guest;
use super::kernel::Kernel;
use super::modules::{Index, Module};
use super::tools::{self, Unavailable};

/// File types and permissions of entries, as in `st_mode`.
const FOLDER: u32 = 0o040_755;
const PROGRAM: u32 = 0o100_755;
const FILE: u32 = 0o100_644;

/// The name that ends an archive.
const TRAILER: &str = "TRAILER!!!";

/// Folders of the initramfs, parents first.
const FOLDERS: &[&str] = &["bin", "dev", "host", "modules", "proc", "sys"];

/// Makes the archive for a guest with this shared folder, writes it there, and returns its path. `wanted` are modules, as for [`Index::load_order`].
///
/// # Errors
/// When the kernel does not have a module; as [`build`]; when the file cannot be written.
pub(crate) fn write(share: &Path, kernel: &Kernel, index: &Index, wanted: &[&str]) -> Result<PathBuf> {
    let modules = index.load_order(wanted)?;
    let archive = build(guest::INIT, &guest::init_settings(share), &kernel.modules, &modules)?;
    let path = share.join("initramfs.cpio");
    fs::write(&path, archive).context("writing the initramfs")?;
    Ok(path)
}

/// Makes the archive. `init` is the script that runs first; `settings` are shell assignments that it sources.
///
/// # Errors
/// [`Unavailable`] without a static busybox; others when a module cannot be read.
fn build(init: &str, settings: &str, folder: &Path, modules: &[Module]) -> Result<Vec<u8>> {
    let mut archive = Archive::default();
    for name in FOLDERS {
        archive.add(name, FOLDER, b"")?;
    }
    archive.add("init", PROGRAM, init.as_bytes())?;
    archive.add("lane.conf", FILE, settings.as_bytes())?;
    archive.add("bin/busybox", PROGRAM, &busybox()?)?;
    let mut load = String::new();
    for module in modules {
        let (name, bytes) = loadable(&folder.join(&module.path))?;
        archive.add(&format!("modules/{name}"), FILE, &bytes)?;
        load.push_str(&format!("{name} {}\n", module.arguments));
    }
    archive.add("modules/load", FILE, load.as_bytes())?;
    archive.finish()
}

/// A cpio archive in the `newc` format, which the kernel unpacks.
#[derive(Debug, Default)]
struct Archive {
    bytes: Vec<u8>,
    entries: u32,
}

impl Archive {
    fn add(&mut self, name: &str, mode: u32, contents: &[u8]) -> Result<()> {
        self.entries += 1;
        let length = u32::try_from(contents.len()).with_context(|| format!("{name} is too large"))?;
        let name_length = u32::try_from(name.len() + 1)?;
        let links = if mode == FOLDER { 2 } else { 1 };
        // inode, mode, user, group, links, time, length, device (2), special device (2), length of the name, checksum
        let fields = [self.entries, mode, 0, 0, links, 0, length, 0, 0, 0, 0, name_length, 0];
        self.bytes.extend_from_slice(b"070701");
        for field in fields {
            self.bytes.extend_from_slice(format!("{field:08x}").as_bytes());
        }
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.push(0);
        self.pad();
        self.bytes.extend_from_slice(contents);
        self.pad();
        Ok(())
    }

    fn pad(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }

    fn finish(mut self) -> Result<Vec<u8>> {
        self.add(TRAILER, 0, b"")?;
        Ok(self.bytes)
    }
}

/// Busybox, which must need no libraries.
fn busybox() -> Result<Vec<u8>> {
    let path = tools::find("busybox").unwrap_or_else(|| PathBuf::from("/bin/busybox"));
    let bytes = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
    if !is_static(&bytes) {
        let words = format!("{} is not static; apt-get install busybox-static", path.display());
        return Err(Unavailable(words).into());
    }
    Ok(bytes)
}

/// Whether a 64-bit little-endian ELF program asks for no interpreter: none of its program headers is PT_INTERP.
fn is_static(elf: &[u8]) -> bool {
    let number = |at: usize, length: usize| {
        let bytes = elf.get(at..at.checked_add(length)?)?;
        bytes.iter().rev().try_fold(0_usize, |sum, &byte| sum.checked_mul(256)?.checked_add(byte.into()))
    };
    let headers = || {
        let (start, size, count) = (number(32, 8)?, number(54, 2)?, number(56, 2)?);
        (0..count).map(|index| number(start.checked_add(index * size)?, 4)).collect::<Option<Vec<_>>>()
    };
    const PT_INTERP: usize = 3;
    elf.starts_with(b"\x7fELF\x02\x01") && headers().is_some_and(|types| !types.contains(&PT_INTERP))
}

/// Name and contents of a module that can be loaded as it is.
fn loadable(path: &Path) -> Result<(String, Vec<u8>)> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if let Some(plain) = name.strip_suffix(".xz") {
        let bytes = tools::output("xz", [Path::new("-dc"), path], Path::new("/"))?;
        return Ok((plain.to_owned(), bytes));
    }
    ensure!(name.ends_with(".ko"), "{}: modules packed in this way cannot be unpacked", path.display());
    match fs::read(path) {
        Ok(bytes) => Ok((name, bytes)),
        Err(error) => bail!("reading {}: {error}", path.display()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_laid_out_as_the_format_wants() {
        let mut archive = Archive::default();
        archive.add("ab", FILE, b"xyz").unwrap();
        let bytes = archive.finish().unwrap();
        let expected = "07070100000001000081a4000000000000000000000001000000000000000300000000000000000000000000000000\
                        0000000300000000ab\0";
        let name_end = expected.len().next_multiple_of(4);
        assert_eq!(&bytes[..expected.len()], expected.as_bytes());
        assert_eq!(&bytes[name_end..name_end + 4], b"xyz\0");
        assert_eq!(&bytes[name_end + 4..name_end + 10], b"070701");
        assert!(bytes.windows(TRAILER.len()).any(|window| window == TRAILER.as_bytes()));
        assert_eq!(bytes.len() % 4, 0);
    }

    /// An ELF file with one program header of the given type.
    fn elf(header: u8) -> Vec<u8> {
        let mut bytes = vec![0; 64 + 56];
        bytes[..6].copy_from_slice(b"\x7fELF\x02\x01");
        (bytes[32], bytes[54], bytes[56], bytes[64]) = (64, 56, 1, header);
        bytes
    }

    #[test]
    fn programs_with_an_interpreter_are_not_static() {
        assert!(is_static(&elf(1)));
        assert!(!is_static(&elf(3)));
        assert!(!is_static(b"#!/bin/sh\n"));
        assert!(!is_static(&elf(1)[..60]), "truncated");
    }
}
