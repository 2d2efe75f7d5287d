//! Which steps a property of the lock world draws, and how often.

use super::{BAD_NAME, HANDLES, KILLED_HANDLE, KILLED_RECORDER, RECORDERS, Step};
use crate::property::weighted;
use discrig_device::{Capabilities, Capability};
use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;

/// Which groups of steps a property draws, as weights.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mix {
    /// Commands left running.
    pub abandon: u32,
    /// Locks that come and go behind everybody's back.
    pub foreign: u32,
    /// Recorders: make, acquire, release, ask.
    pub recorders: u32,
    /// Raw handles: open, lock, unlock, ask, close.
    pub handles: u32,
    /// Bad names among the good ones.
    pub bad_names: u32,
    /// The other process dies.
    pub kill: u32,
    /// Memory pressure.
    pub memory: u32,
    /// The media change notification switch.
    pub notification: u32,
    /// The plug.
    pub plug: u32,
    /// Bus resets.
    pub reset: u32,
    /// Mounting.
    pub volume: u32,
}

impl Mix {
    /// Nothing drawn.
    pub const NONE: Mix = Mix {
        abandon: 0,
        foreign: 0,
        recorders: 0,
        handles: 0,
        bad_names: 0,
        kill: 0,
        memory: 0,
        notification: 0,
        plug: 0,
        reset: 0,
        volume: 0,
    };
}

/// Steps that a bench with these capabilities can do, by their weights in the mix.
pub(super) fn steps(mix: &Mix, capabilities: &Capabilities) -> BoxedStrategy<Step> {
    let can = |capability, weight| if capabilities.has(capability) { weight } else { 0 };
    // Without a second process the actors that would live in it do not take part.
    let second = capabilities.has(Capability::SecondProcess);
    let r = || 0..if second { RECORDERS } else { KILLED_RECORDER };
    let h = || 0..if second { HANDLES } else { KILLED_HANDLE };
    let force =
        if capabilities.has(Capability::ForceLock) { any::<bool>().boxed() } else { Just(false).boxed() };
    let bad = mix.bad_names;
    let name = || prop_oneof![12 => 0..BAD_NAME, bad => Just(BAD_NAME)];
    let switch = can(Capability::NotificationSwitch, mix.notification);
    let volume = can(Capability::Volume, mix.volume);
    let plug = can(Capability::Plug, mix.plug);
    let slow = can(Capability::SlowCommand, mix.abandon);
    let foreign = can(Capability::StealLock, mix.foreign);
    let memory = can(Capability::MemoryPressure, mix.memory);
    weighted(vec![
        (3 * mix.recorders, r().prop_map(|r| Step::Create { r }).boxed()),
        (
            8 * mix.recorders,
            (r(), force.clone(), name())
                .prop_map(|(r, force, name)| Step::Acquire { r, force, name })
                .boxed(),
        ),
        (8 * mix.recorders, r().prop_map(|r| Step::Release { r }).boxed()),
        (3 * mix.recorders, r().prop_map(|r| Step::Owner { r }).boxed()),
        (mix.recorders, r().prop_map(|r| Step::Drop { r }).boxed()),
        (2 * mix.recorders, r().prop_map(|r| Step::Send { r }).boxed()),
        (4 * switch, r().prop_map(|r| Step::DisableMcn { r }).boxed()),
        (4 * switch, r().prop_map(|r| Step::EnableMcn { r }).boxed()),
        (2 * mix.handles, h().prop_map(|h| Step::Open { h }).boxed()),
        (
            5 * mix.handles,
            (h(), force, name()).prop_map(|(h, ignore, name)| Step::Lock { h, ignore, name }).boxed(),
        ),
        (5 * mix.handles, h().prop_map(|h| Step::Unlock { h }).boxed()),
        (3 * mix.handles, h().prop_map(|h| Step::OwnerOf { h }).boxed()),
        (3 * mix.handles, h().prop_map(|h| Step::Ready { h }).boxed()),
        (mix.handles, h().prop_map(|h| Step::Close { h }).boxed()),
        (can(Capability::SecondProcess, mix.kill), Just(Step::Kill).boxed()),
        (2 * volume, Just(Step::Mount).boxed()),
        (2 * volume, Just(Step::Dismount).boxed()),
        (plug, Just(Step::Pull).boxed()),
        (2 * plug, Just(Step::PutBack).boxed()),
        (memory, Just(Step::Exhaust { on: true }).boxed()),
        (2 * memory, Just(Step::Exhaust { on: false }).boxed()),
        (slow, h().prop_map(|h| Step::Abandon { h }).boxed()),
        (slow, r().prop_map(|r| Step::Overrun { r }).boxed()),
        (foreign, (0..BAD_NAME).prop_map(|name| Step::ForeignLock { name }).boxed()),
        (foreign, Just(Step::Steal).boxed()),
        (can(Capability::ResetBus, mix.reset), Just(Step::Reset).boxed()),
    ])
    .unwrap_or_else(|| Just(Step::Create { r: 0 }).boxed())
}
