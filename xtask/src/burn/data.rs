//! What is burned: two trees of files, what a disc with both holds, and an image of each.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::vm::tools;

/// A tree: its name, the files that it adds, and the length of the longest in bytes. CD tracks have at least 300 blocks.
const TREES: &[(&str, &[(&str, usize)])] = &[
    ("first", &[("README.TXT", 40), ("LETTERS.DAT", 700_001), ("deep/er/SHORT.DAT", 2049)]),
    ("second", &[("MORE.TXT", 20), ("NUMBERS.DAT", 500_000)]),
];

/// Makes the trees `first`, `second` and `both`, and the images `first.iso` and `second.iso`, in a folder.
///
/// # Errors
/// When a file cannot be written or the images cannot be made.
pub(crate) fn make(folder: &Path) -> Result<()> {
    for (seed, (tree, files)) in (1..).zip(TREES) {
        for (name, length) in *files {
            let bytes = bytes(seed, *length);
            for root in [*tree, "both"] {
                let path = folder.join(root).join(name);
                let parent = path.parent().unwrap_or(folder);
                fs::create_dir_all(parent).with_context(|| format!("making {}", parent.display()))?;
                fs::write(&path, &bytes).with_context(|| format!("writing {}", path.display()))?;
            }
        }
        let (image, source) = (folder.join(format!("{tree}.iso")), folder.join(tree));
        let arguments = ["-as", "mkisofs", "-quiet", "-V", "DISCRIG", "-J", "-R", "-o"].map(Path::new);
        tools::output("xorriso", arguments.into_iter().chain([image.as_path(), &source]), folder)?;
    }
    Ok(())
}

/// Bytes in which no two sectors are the same, and which differ from seed to seed.
fn bytes(seed: u32, length: usize) -> Vec<u8> {
    let word =
        |index: usize| (index as u32).wrapping_add(seed << 20).wrapping_mul(2_654_435_761).to_le_bytes();
    (0..length.div_ceil(4)).flat_map(word).take(length).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn sectors_of_all_files_differ() {
        let sectors: Vec<Vec<u8>> = (1..)
            .zip(TREES)
            .flat_map(|(seed, (_, files))| files.iter().map(move |(_, length)| bytes(seed, *length)))
            .filter(|bytes| bytes.len() > 4096)
            .flat_map(|bytes| bytes.chunks_exact(2048).map(<[u8]>::to_vec).collect::<Vec<_>>())
            .collect();
        assert_eq!(sectors.iter().collect::<BTreeSet<_>>().len(), sectors.len());
    }
}
