//! The programs of this workspace, as they are released.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use cargo_metadata::MetadataCommand;

use crate::children::{self, Death};

/// The workspace.
pub(crate) const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Where cargo puts what it builds.
///
/// # Errors
/// cargo does not say.
pub(crate) fn target() -> Result<PathBuf> {
    let metadata = MetadataCommand::new().current_dir(ROOT).no_deps().exec().context("cargo metadata")?;
    Ok(metadata.target_directory.into_std_path_buf())
}

/// The command `discrig`: a program that is there already, or a build made now. All of the workspace is selected, as by the first command of the README: with
/// other packages dependencies would have other features and be built anew.
///
/// # Errors
/// There is no such program, or it cannot be built.
pub(crate) fn discrig(ready: Option<&Path>) -> Result<PathBuf> {
    match ready {
        Some(path) => path.canonicalize().with_context(|| format!("finding {}", path.display())),
        None => build(&["--bin", "discrig"], "discrig"),
    }
}

/// An example of a package, built now.
///
/// # Errors
/// It cannot be built.
pub(crate) fn example(package: &str, name: &str) -> Result<PathBuf> {
    build(&["--package", package, "--example", name], &format!("examples/{name}"))
}

/// Builds what is selected, and says where that is.
fn build(selection: &[&str], program: &str) -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = children::command(cargo, Death::Asked)
        .args(["build", "--release"])
        .args(selection)
        .current_dir(ROOT)
        .status()
        .context("starting cargo")?;
    ensure!(status.success(), "{program} cannot be built");
    Ok(target()?.join("release").join(program))
}
