//! The repository as the checks see it: tracked text files, lexed Rust sources and the packages of the workspace.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, TargetKind};

use super::source::{self, RustFile};

/// Everything that checks may look at. Paths are relative to the root and have forward slashes.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    /// All tracked paths, text or not.
    pub(crate) paths: Vec<String>,
    /// The tracked files that are text.
    pub(crate) texts: BTreeMap<String, String>,
    /// The Rust sources among them.
    pub(crate) rust: BTreeMap<String, RustFile>,
    /// The packages of the workspace.
    pub(crate) packages: Vec<Package>,
}

/// One package of the workspace.
#[derive(Clone, Debug, Default)]
pub(crate) struct Package {
    /// Its name in `Cargo.toml`.
    pub(crate) name: String,
    /// Its folder.
    pub(crate) folder: String,
    /// Its licence as an SPDX expression, empty where it names none.
    pub(crate) license: String,
    /// What it depends on, inside and outside of the workspace.
    pub(crate) dependencies: Vec<Dependency>,
    /// The root files of its library and binaries.
    pub(crate) roots: Vec<String>,
}

/// One dependency of a package.
#[derive(Clone, Debug)]
pub(crate) struct Dependency {
    /// The package depended on.
    pub(crate) name: String,
    /// Whether it is a development dependency; build dependencies count as normal ones.
    pub(crate) development: bool,
}

impl Tree {
    /// Reads the repository at `root`.
    ///
    /// # Errors
    /// When `cargo metadata` fails or a file cannot be read.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let paths = tracked(root)?;
        let mut texts = BTreeMap::new();
        for path in &paths {
            let bytes = std::fs::read(root.join(path)).with_context(|| format!("reading {path}"))?;
            if let Some(text) = text(bytes) {
                texts.insert(path.clone(), text);
            }
        }
        let metadata = MetadataCommand::new().manifest_path(root.join("Cargo.toml")).no_deps().exec()?;
        Ok(Self::new(paths, texts, packages(&metadata)))
    }

    fn new(paths: Vec<String>, texts: BTreeMap<String, String>, packages: Vec<Package>) -> Self {
        let rust = source::parse_all(&texts);
        Self { paths, texts, rust, packages }
    }

    /// A tree of the given files, for tests of checks.
    #[cfg(test)]
    pub(crate) fn sample(files: &[(&str, &str)]) -> Self {
        let texts: BTreeMap<_, _> =
            files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        Self::new(texts.keys().cloned().collect(), texts, Vec::new())
    }

    /// Adds a package to a sample; dependencies that begin with `dev:` are development dependencies.
    #[cfg(test)]
    pub(crate) fn with_package(mut self, name: &str, folder: &str, dependencies: &[&str]) -> Self {
        let dependencies = dependencies
            .iter()
            .map(|name| Dependency {
                name: name.trim_start_matches("dev:").to_owned(),
                development: name.starts_with("dev:"),
            })
            .collect();
        let roots = vec![format!("{folder}/src/lib.rs")];
        let (name, folder) = (name.into(), folder.into());
        self.packages.push(Package { name, folder, dependencies, roots, ..Package::default() });
        self
    }

    /// The text of a file, empty where there is none.
    pub(crate) fn text(&self, path: &str) -> &str {
        self.texts.get(path).map_or("", String::as_str)
    }

    /// Whether a path is a file of the tree or a folder with files in it.
    pub(crate) fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        self.paths
            .iter()
            .any(|file| file.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    }

    /// The Rust sources inside the folder of a package.
    pub(crate) fn rust_of<'a>(
        &'a self,
        package: &'a Package,
    ) -> impl Iterator<Item = (&'a str, &'a RustFile)> {
        self.rust
            .iter()
            .filter(|(path, _)| path.strip_prefix(&package.folder).is_some_and(|rest| rest.starts_with('/')))
            .map(|(path, file)| (path.as_str(), file))
    }
}

/// Tracked files according to git, or all files outside of ignored folders where the tree is not a git work tree.
fn tracked(root: &Path) -> Result<Vec<String>> {
    let listing = Command::new("git").arg("-C").arg(root).args(["ls-files", "-z"]).output();
    let mut paths = match listing {
        Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout)
            .split_terminator('\0')
            .map(str::to_owned)
            .filter(|path| root.join(path).is_file())
            .collect(),
        _ => walk(root)?,
    };
    ensure!(!paths.is_empty(), "no files found in {}", root.display());
    paths.sort();
    Ok(paths)
}

/// All files below `root`, except what builds and runs leave behind.
fn walk(root: &Path) -> Result<Vec<String>> {
    const LEFT_BEHIND: [&str; 3] = [".git", "discrig-report", "target"];
    let mut files = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(root.join(&folder))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            if !entry.file_type()?.is_dir() {
                files.push(path);
            } else if !LEFT_BEHIND.contains(&name.as_str()) {
                folders.push(path);
            }
        }
    }
    Ok(files)
}

/// The file as text, or nothing for binary data. On Windows a checkout may have turned line ends; that is undone.
fn text(bytes: Vec<u8>) -> Option<String> {
    let text = String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))?;
    Some(if cfg!(windows) { text.replace("\r\n", "\n") } else { text })
}

/// What the checks need of `cargo metadata`.
fn packages(metadata: &Metadata) -> Vec<Package> {
    let relative = |path: &cargo_metadata::camino::Utf8Path| {
        let path = path.strip_prefix(&metadata.workspace_root).unwrap_or(path);
        path.as_str().replace('\\', "/")
    };
    let is_root =
        |kind: &TargetKind| matches!(kind, TargetKind::Bin | TargetKind::Lib | TargetKind::ProcMacro);
    metadata
        .packages
        .iter()
        .map(|package| Package {
            name: package.name.to_string(),
            folder: package.manifest_path.parent().map(relative).unwrap_or_default(),
            license: package.license.clone().unwrap_or_default(),
            dependencies: package
                .dependencies
                .iter()
                .map(|dependency| Dependency {
                    name: dependency.name.clone(),
                    development: dependency.kind == DependencyKind::Development,
                })
                .collect(),
            roots: package
                .targets
                .iter()
                .filter(|target| target.kind.iter().any(is_root))
                .map(|target| relative(&target.src_path))
                .collect(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binary_data_is_no_text() {
        assert_eq!(text(b"a\0b".to_vec()), None);
        assert_eq!(text(vec![0xFF, 0xFE]), None);
        assert_eq!(text(b"a\n".to_vec()).as_deref(), Some("a\n"));
    }

    #[test]
    fn folders_and_files_are_found_but_not_prefixes() {
        let tree = Tree::sample(&[("emulator/wire/src/lib.rs", "")]);
        for (path, expected) in [
            ("emulator", true),
            ("emulator/wire/", true),
            ("emulator/wire/src/lib.rs", true),
            ("emulator/wi", false),
        ] {
            assert_eq!(tree.has(path), expected, "{path}");
        }
    }

    #[test]
    fn a_folder_without_git_is_walked() {
        let root = std::env::temp_dir().join(format!("discrig-tidy-{}", std::process::id()));
        std::fs::create_dir_all(root.join("a/b")).unwrap();
        std::fs::create_dir_all(root.join("target/debug")).unwrap();
        std::fs::write(root.join("a/b/c.txt"), "c").unwrap();
        std::fs::write(root.join("target/debug/d"), "d").unwrap();
        let found = tracked(&root);
        std::fs::remove_dir_all(&root).unwrap();
        assert_eq!(found.unwrap(), ["a/b/c.txt"]);
    }
}
