//! The other processes of a bench, from the inside: a process that opens handles and uses them as it is told.

use crate::node::Node;
use crate::object::FileObject;
use crate::rig::Rig;
use crate::rpc::{self, Answer, Call, Phase};
use crate::runtime::RuntimeFolder;
use discrig_device::{Completion, Data, DeviceError, ErrorKind, Request, TrayLock};
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Serves requests until `input` ends, then frees and undoes everything and returns.
///
/// This is the body of a process that [`crate::LinuxBench`] starts: see [`crate::AgentCommand`]. Since the input is a pipe from the bench, the
/// process never outlives it for longer than the command that is under way.
///
/// # Errors
/// That the pipe broke or carried nonsense. Failures of the drive are answers.
pub fn serve_agent(mut input: impl Read, mut output: impl Write, target: &Path) -> io::Result<()> {
    let mut agent = Agent { target: target.to_owned(), rig: None, handles: BTreeMap::new(), next: 1 };
    let served = agent.serve(&mut input, &mut output);
    agent.handles.clear();
    let released = agent.rig.map_or(Ok(()), |rig| rig.release_everything());
    served.and(released.map_err(io::Error::other))
}

struct Agent {
    target: PathBuf,
    rig: Option<Arc<Rig>>,
    handles: BTreeMap<u32, Arc<FileObject>>,
    next: u32,
}

impl Agent {
    fn serve(&mut self, input: &mut impl Read, output: &mut impl Write) -> io::Result<()> {
        while let Some(call) = rpc::receive::<Call>(input)? {
            let answer = self.answer(call).unwrap_or_else(|error| Answer::failed(&error));
            rpc::send(output, &answer)?;
        }
        Ok(())
    }

    fn answer(&mut self, call: Call) -> Result<Answer, DeviceError> {
        match call {
            Call::Close { handle } => {
                self.handles.remove(&handle);
                Ok(Answer::Done)
            }
            Call::Duplicate { handle } => {
                let object = Arc::clone(self.object(handle)?);
                object.properties()?;
                Ok(self.keep(object))
            }
            Call::Eject { handle } => self.object(handle)?.eject().map(|()| Answer::Done),
            Call::Execute { handle, cdb, data, timeout } => {
                let object = self.object(handle)?;
                execute(data, |data| object.execute(Request { cdb, data, timeout }))
            }
            Call::Load { handle } => self.object(handle)?.load().map(|()| Answer::Done),
            Call::Lock { handle, name, volume } => {
                self.object(handle)?.lock(&name, volume).map(|()| Answer::Done)
            }
            Call::LockTray { handle, lock } => self.lock_tray(handle, lock, true),
            Call::Open { path } => self.open(&path),
            Call::Owner { handle } => self.object(handle)?.owner().map(Answer::Owner),
            Call::Properties { handle } => self.object(handle)?.properties().map(Answer::Properties),
            Call::Unlock { handle } => self.object(handle)?.unlock().map(|()| Answer::Done),
            Call::UnlockTray { handle, lock } => self.lock_tray(handle, lock, false),
        }
    }

    fn open(&mut self, path: &Path) -> Result<Answer, DeviceError> {
        let node = Node::at(path)?;
        let rig = match &self.rig {
            Some(rig) => rig,
            None => {
                let first = Node::at(&self.target).unwrap_or_else(|_| node.clone());
                self.rig.insert(Rig::open(first, RuntimeFolder::of_system())?)
            }
        };
        rig.set_current(node.clone());
        let object = FileObject::open(rig, node)?;
        Ok(self.keep(object))
    }

    fn keep(&mut self, object: Arc<FileObject>) -> Answer {
        let handle = self.next;
        self.next += 1;
        let tray = object.has_tray();
        self.handles.insert(handle, object);
        Answer::Opened { handle, tray }
    }

    fn lock_tray(&self, handle: u32, lock: TrayLock, locked: bool) -> Result<Answer, DeviceError> {
        let object = self.object(handle)?;
        match lock {
            TrayLock::Simple => object.lock_door(locked).map(|()| Answer::Done),
            TrayLock::Protected => Err(DeviceError::new(ErrorKind::Unsupported, "lock tray")),
        }
    }

    fn object(&self, handle: u32) -> Result<&Arc<FileObject>, DeviceError> {
        self.handles.get(&handle).ok_or_else(|| DeviceError::new(ErrorKind::InvalidHandle, "use handle"))
    }
}

/// Runs a command with its data phase and answers with what came in.
fn execute(
    data: Phase,
    run: impl FnOnce(Data<'_>) -> Result<Completion, DeviceError>,
) -> Result<Answer, DeviceError> {
    match data {
        Phase::In { length } => {
            let mut buffer = Vec::new();
            if buffer.try_reserve_exact(length).is_err() {
                return Err(DeviceError::new(ErrorKind::OutOfMemory, "execute"));
            }
            buffer.resize(length, 0);
            let completion = run(Data::In(&mut buffer))?;
            Ok(Answer::completed(&completion, &buffer[..completion.transferred.min(length)]))
        }
        Phase::None => run(Data::None).map(|completion| Answer::completed(&completion, &[])),
        Phase::Out { bytes } => {
            run(Data::Out(&bytes.0)).map(|completion| Answer::completed(&completion, &[]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn talk(calls: &[Call]) -> Vec<Answer> {
        let mut input = Vec::new();
        calls.iter().for_each(|call| rpc::send(&mut input, call).unwrap());
        let mut output = Vec::new();
        serve_agent(input.as_slice(), &mut output, Path::new("/dev/null")).unwrap();
        let mut output = output.as_slice();
        core::iter::from_fn(|| rpc::receive(&mut output).unwrap()).collect()
    }

    #[test]
    fn refusals_are_answers() {
        let answers = talk(&[Call::Open { path: "/dev/null".into() }, Call::Unlock { handle: 7 }]);
        let kinds: Vec<ErrorKind> =
            answers.into_iter().map(|answer| answer.into_result().unwrap_err().kind()).collect();
        assert_eq!(kinds, [ErrorKind::Unsupported, ErrorKind::InvalidHandle]);
    }

    #[test]
    fn nonsense_ends_it() {
        let mut output = Vec::new();
        assert!(serve_agent([1u8, 0, 0, 0, b'x'].as_slice(), &mut output, Path::new("/dev/null")).is_err());
        assert!(output.is_empty());
    }
}
