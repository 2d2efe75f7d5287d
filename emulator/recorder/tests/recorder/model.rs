//! Random sequences over two recorders against a model of a few lines.

use crate::world::{ID, World, acquire, owner};
use discrig_recorder::{CountingRecorder, DiscRecorder2, Hresult};
use proptest::prelude::*;

#[derive(Clone, Copy, Debug)]
enum Step {
    Acquire(usize),
    Release(usize),
    Owner(usize),
    Replace(usize),
    Steal,
    Free,
    Replug,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..2usize).prop_map(Step::Acquire),
        6 => (0..2usize).prop_map(Step::Release),
        2 => (0..2usize).prop_map(Step::Owner),
        1 => (0..2usize).prop_map(Step::Replace),
        1 => Just(Step::Steal),
        1 => Just(Step::Free),
        1 => Just(Step::Replug),
    ]
}

/// Who holds the device.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Holder {
    #[default]
    Nobody,
    Recorder(usize),
    Foreign,
}

#[derive(Debug, Default)]
struct Model {
    counts: [u32; 2],
    gone: [bool; 2],
    holder: Holder,
}

const GONE: Result<(), Hresult> = Err(Hresult::ERROR_DEV_NOT_EXIST);
const LOCKED: Result<(), Hresult> = Err(Hresult::E_IMAPI_RECORDER_LOCKED);
const INVALID_HANDLE: Result<(), Hresult> = Err(Hresult::ERROR_INVALID_HANDLE);

impl Model {
    fn acquire(&mut self, who: usize) -> Result<(), Hresult> {
        if self.gone[who] {
            return GONE;
        }
        if self.counts[who] == 0 {
            if self.holder != Holder::Nobody {
                return LOCKED;
            }
            self.holder = Holder::Recorder(who);
        }
        self.counts[who] += 1;
        Ok(())
    }

    fn release(&mut self, who: usize) -> Result<(), Hresult> {
        if self.gone[who] {
            return GONE;
        }
        match self.counts[who] {
            0 => INVALID_HANDLE,
            1 => {
                self.counts[who] = 0;
                match self.holder {
                    Holder::Recorder(holder) if holder == who => {
                        self.holder = Holder::Nobody;
                        Ok(())
                    }
                    Holder::Nobody => INVALID_HANDLE,
                    _ => LOCKED,
                }
            }
            _ => {
                self.counts[who] -= 1;
                Ok(())
            }
        }
    }

    fn replace(&mut self, who: usize) {
        self.counts[who] = 0;
        self.gone[who] = false;
        if self.holder == Holder::Recorder(who) {
            self.holder = Holder::Nobody;
        }
    }

    fn owner(&self, who: usize) -> Result<String, Hresult> {
        match self.holder {
            _ if self.gone[who] => Err(Hresult::ERROR_DEV_NOT_EXIST),
            Holder::Nobody => Ok(String::new()),
            Holder::Recorder(_) => Ok("tester".to_owned()),
            Holder::Foreign => Ok("other".to_owned()),
        }
    }
}

fn apply(step: Step, world: &World, recorders: &mut [CountingRecorder; 2], model: &mut Model) {
    match step {
        Step::Acquire(who) => assert_eq!(acquire(&mut recorders[who]), model.acquire(who)),
        Step::Release(who) => {
            assert_eq!(recorders[who].release_exclusive_access(), model.release(who));
        }
        Step::Owner(who) => assert_eq!(owner(&mut recorders[who]), model.owner(who)),
        Step::Replace(who) => {
            recorders[who] = world.unbound();
            recorders[who].initialize_disc_recorder(Some(ID)).unwrap();
            model.replace(who);
        }
        Step::Steal => {
            world.steal("other");
            model.holder = Holder::Foreign;
        }
        Step::Free => {
            world.free();
            model.holder = Holder::Nobody;
        }
        Step::Replug => {
            world.pull();
            world.put_back();
            *model = Model { gone: [true; 2], ..Model::default() };
        }
    }
}

proptest! {
    #[test]
    fn recorders_count_as_the_model_does(steps in prop::collection::vec(step(), 1..60)) {
        let world = World::new();
        let mut recorders = [world.recorder(), world.recorder()];
        let mut model = Model::default();
        for step in steps {
            apply(step, &world, &mut recorders, &mut model);
            prop_assert_eq!(world.owner().is_some(), model.holder != Holder::Nobody);
            for (who, recorder) in recorders.iter().enumerate() {
                // A drive that is gone is noticed at the next call.
                if !model.gone[who] {
                    prop_assert_eq!(recorder.lock_count(), model.counts[who]);
                }
            }
        }
    }
}
