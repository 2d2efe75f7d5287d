//! File objects and the handles that refer to them.

use discrig_device::ProcessId;
use serde::Serialize;
use std::collections::BTreeMap;

/// A file object: one successful open. Never used again.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct FileId(u64);

/// A process' reference to a file object. Never used again.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct HandleId(u64);

/// What a file object holds.
#[derive(Clone, Debug)]
pub(crate) struct FileObject {
    /// The arrival of the drive that it was opened on.
    pub(crate) instance: u64,
    /// How often it has switched media change notification off.
    pub(crate) notification_off: u32,
    /// How many protected tray locks it holds.
    pub(crate) protected: u32,
    /// Number of the next notification to show to it.
    pub(crate) unseen: u64,
    /// Number of the first notification that is no longer for it: its drive was gone by then.
    pub(crate) last: Option<u64>,
}

/// Which file a handle refers to, and whose it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reference {
    pub(crate) file: FileId,
    pub(crate) process: ProcessId,
}

/// All files and handles of a host. Numbers rise and are given once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Files {
    objects: BTreeMap<FileId, FileObject>,
    handles: BTreeMap<HandleId, Reference>,
    issued: u64,
}

impl Files {
    /// A new file object with its first handle.
    pub(crate) fn open(&mut self, process: ProcessId, object: FileObject) -> HandleId {
        self.issued += 1;
        let file = FileId(self.issued);
        self.objects.insert(file, object);
        self.refer(file, process)
    }

    /// One more handle for a file.
    pub(crate) fn refer(&mut self, file: FileId, process: ProcessId) -> HandleId {
        self.issued += 1;
        let handle = HandleId(self.issued);
        self.handles.insert(handle, Reference { file, process });
        handle
    }

    /// What a handle refers to.
    pub(crate) fn reference(&self, handle: HandleId) -> Option<Reference> {
        self.handles.get(&handle).copied()
    }

    pub(crate) fn get(&self, file: FileId) -> Option<&FileObject> {
        self.objects.get(&file)
    }

    pub(crate) fn get_mut(&mut self, file: FileId) -> Option<&mut FileObject> {
        self.objects.get_mut(&file)
    }

    /// Takes a handle away, and says whether it existed.
    pub(crate) fn drop_handle(&mut self, handle: HandleId) -> Option<Reference> {
        self.handles.remove(&handle)
    }

    /// Takes a file object away.
    pub(crate) fn remove(&mut self, file: FileId) -> Option<FileObject> {
        self.objects.remove(&file)
    }

    /// Whether any handle refers to the file.
    pub(crate) fn is_referred(&self, file: FileId) -> bool {
        self.handles.values().any(|reference| reference.file == file)
    }

    /// The handles of a process, in the order in which it got them.
    pub(crate) fn handles_of(&self, process: ProcessId) -> Vec<HandleId> {
        let of_process = self.handles.iter().filter(|(_, reference)| reference.process == process);
        of_process.map(|(handle, _)| *handle).collect()
    }

    /// The processes that hold handles for a file; one that holds several is named as often.
    pub(crate) fn processes_of(&self, file: FileId) -> Vec<ProcessId> {
        let of_file = self.handles.values().filter(|reference| reference.file == file);
        of_file.map(|reference| reference.process).collect()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (FileId, &FileObject)> {
        self.objects.iter().map(|(file, object)| (*file, object))
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut FileObject> {
        self.objects.values_mut()
    }

    /// Takes everything away. Numbers go on rising.
    pub(crate) fn clear(&mut self) {
        self.objects.clear();
        self.handles.clear();
    }
}
