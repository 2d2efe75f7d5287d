//! Which kernel modules to load, and in which order.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

/// A module to load: its file in the modules' folder and its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Module {
    /// Path relative to the folder that holds `modules.dep`.
    pub(crate) path: String,
    /// Arguments for loading it.
    pub(crate) arguments: String,
}

/// The index of a kernel's modules, as depmod writes it.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// Path and direct and indirect dependencies by name.
    loadable: BTreeMap<String, (String, Vec<String>)>,
    /// What is part of the kernel itself.
    builtin: BTreeSet<String>,
}

impl Index {
    /// Reads the index from the modules' folder.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn read(modules: &Path) -> Result<Self> {
        let text = |name: &str| {
            let path = modules.join(name);
            fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))
        };
        Ok(Self::parse(&text("modules.dep")?, &text("modules.builtin")?))
    }

    fn parse(dependencies: &str, builtin: &str) -> Self {
        let loadable = dependencies
            .lines()
            .filter_map(|line| line.split_once(':'))
            .map(|(path, rest)| {
                (name_of(path), (path.to_owned(), rest.split_whitespace().map(name_of).collect()))
            })
            .collect();
        Self { loadable, builtin: builtin.lines().map(name_of).collect() }
    }

    /// The wanted modules with everything they need, each after what it needs. `wanted` are names, each with arguments after
    /// a space where it has any.
    ///
    /// # Errors
    /// When the kernel does not have a module.
    pub(crate) fn load_order(&self, wanted: &[&str]) -> Result<Vec<Module>> {
        let mut order = Vec::new();
        for wish in wanted {
            let (name, arguments) = wish.split_once(' ').unwrap_or((wish, ""));
            self.add(&name_of(name), arguments, &mut order)?;
        }
        Ok(order)
    }

    fn add(&self, name: &str, arguments: &str, order: &mut Vec<Module>) -> Result<()> {
        let Some((path, needs)) = self.loadable.get(name) else {
            if self.builtin.contains(name) {
                return Ok(());
            }
            bail!("the kernel has no module {name}");
        };
        if order.iter().any(|module| &module.path == path) {
            return Ok(());
        }
        // depmod lists what is needed first last.
        for need in needs.iter().rev() {
            self.add(need, "", order)?;
        }
        order.push(Module { path: path.clone(), arguments: arguments.to_owned() });
        Ok(())
    }
}

/// The name of the module in a file: the kernel takes hyphens and underscores for the same.
fn name_of(path: &str) -> String {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.split(".ko").next().unwrap_or(file).replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEPENDENCIES: &str = "kernel/scsi/sr_mod.ko: kernel/scsi/scsi_mod.ko kernel/scsi/scsi_common.ko kernel/cdrom.ko\n\
        kernel/scsi/scsi_mod.ko: kernel/scsi/scsi_common.ko\n\
        kernel/scsi/scsi_common.ko:\n\
        kernel/cdrom.ko:\n\
        kernel/usb-storage.ko.xz: kernel/scsi/scsi_mod.ko kernel/scsi/scsi_common.ko\n";

    fn order(wanted: &[&str]) -> Result<Vec<String>> {
        let modules = Index::parse(DEPENDENCIES, "kernel/virtio.ko\n").load_order(wanted)?;
        Ok(modules.into_iter().map(|module| module.path).collect())
    }

    #[test]
    fn needs_come_first_and_once() {
        assert_eq!(
            order(&["sr_mod", "usb_storage"]).unwrap(),
            [
                "kernel/cdrom.ko",
                "kernel/scsi/scsi_common.ko",
                "kernel/scsi/scsi_mod.ko",
                "kernel/scsi/sr_mod.ko",
                "kernel/usb-storage.ko.xz"
            ]
        );
    }

    #[test]
    fn arguments_go_with_the_module_that_was_asked_for() {
        let index = Index::parse(DEPENDENCIES, "");
        let modules = index.load_order(&["scsi_mod a=1 b=2"]).unwrap();
        assert_eq!(
            modules.iter().map(|module| module.arguments.as_str()).collect::<Vec<_>>(),
            ["", "a=1 b=2"]
        );
    }

    #[test]
    fn built_in_modules_need_no_loading_and_unknown_ones_are_refused() {
        assert_eq!(order(&["virtio"]).unwrap(), [""; 0]);
        assert!(order(&["nonsense"]).err().unwrap().to_string().contains("nonsense"));
    }
}
