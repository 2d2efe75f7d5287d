//! Both sides against each other: whatever was negotiated, and however the bytes are cut, the data are right.

use crate::device::{BLOCK, Device, Way, read, write};
use crate::raw::{INITIATOR, NOW, TARGET, name};
use discrig_iscsi::chap::{Authentication, Credentials, Secret};
use discrig_iscsi::initiator::{self, Command, Completion, Config, Data, Offer, Residual, Tag};
use discrig_iscsi::params::Parameters;
use discrig_iscsi::pdu::{Lun, TaskManagementFunction, TaskManagementResponseCode};
use discrig_iscsi::target::{self, Limits, Portal, PortalConfig, Target};
use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::collections::BTreeMap;
use std::io::IoSlice;

/// Both ends and the way between them.
struct Pair {
    initiator: initiator::Connection,
    target: target::Connection,
    device: Device,
    random: ChaCha8Rng,
    way: Way,
    /// Longest piece in which bytes travel.
    piece: usize,
    events: Vec<initiator::Event>,
    target_events: Vec<String>,
}

impl Pair {
    fn new(portal: &Portal, config: Config, seed: u64, piece: usize, way: Way) -> Pair {
        Pair {
            initiator: initiator::Connection::new(config, [1; 32]),
            target: portal.accept(NOW, "127.0.0.1:3260", [2; 32]).unwrap(),
            device: Device::new(4096),
            random: ChaCha8Rng::seed_from_u64(seed),
            way,
            piece,
            events: Vec::new(),
            target_events: Vec::new(),
        }
    }

    fn cut(&mut self) -> usize {
        1 + self.random.next_u32() as usize % self.piece
    }

    /// Moves one piece each way; says whether anything happened.
    fn step(&mut self) -> bool {
        let cut = self.cut();
        let mut slices = [IoSlice::new(&[]); 3];
        let count = self.initiator.output(&mut slices);
        let sent = carry(&slices[..count], self.target.receive_buffer(), cut);
        self.target.received(sent);
        self.initiator.sent(sent);
        let mut moved = sent > 0;
        while let Some(event) = self.target.poll_event(NOW) {
            moved = true;
            self.serve(event);
        }
        let cut = self.cut();
        let mut slices = [IoSlice::new(&[]); 3];
        let count = self.target.output(&mut slices);
        let sent = carry(&slices[..count], self.initiator.receive_buffer(), cut);
        self.initiator.received(sent);
        self.target.sent(sent);
        moved |= sent > 0;
        while let Some(event) = self.initiator.poll_event() {
            moved = true;
            self.events.push(event);
        }
        moved
    }

    fn serve(&mut self, event: target::Event) {
        match event {
            target::Event::Command(command) => self.device.execute(&mut self.target, command, self.way),
            target::Event::TaskManagement(request) => {
                let code = TaskManagementResponseCode::FUNCTION_COMPLETE;
                assert!(self.target.respond_task_management(NOW, request.request, code));
            }
            other => self.target_events.push(format!("{other:?}")),
        }
    }

    fn run(&mut self) {
        for _ in 0..2_000_000 {
            if !self.step() {
                return;
            }
        }
        panic!("no end");
    }

    fn logged_in(&mut self) -> Parameters {
        self.run();
        match self.events.pop() {
            Some(initiator::Event::LoggedIn { parameters, .. }) => parameters,
            other => panic!("{other:?}; {:?}", self.target_events),
        }
    }

    fn completions(&mut self) -> BTreeMap<Tag, Completion> {
        self.run();
        assert!(self.target.session().is_some(), "{:?}", self.target_events);
        let events = std::mem::take(&mut self.events).into_iter();
        let completions = events.map(|event| match event {
            initiator::Event::Completed(completion) => (completion.tag, completion),
            other => panic!("{other:?}"),
        });
        completions.collect()
    }

    fn command(&mut self, cdb: [u8; 16], data: Data) -> Tag {
        self.initiator.command(Command { cdb, data, ..Command::default() }).unwrap()
    }
}

/// Copies up to `most` bytes, and says how many.
fn carry(slices: &[IoSlice<'_>], room: &mut [u8], most: usize) -> usize {
    let mut copied = 0;
    for slice in slices {
        let count = slice.len().min(room.len() - copied).min(most - copied);
        room[copied..copied + count].copy_from_slice(&slice[..count]);
        copied += count;
    }
    copied
}

fn config() -> Config {
    Config::new(name(INITIATOR), Some(name(TARGET)))
}

fn parameters() -> impl Strategy<Value = Parameters> {
    let lengths = || prop_oneof![512_u32..4096, 4096_u32..300_000];
    (any::<bool>(), any::<bool>(), lengths(), lengths(), lengths(), 1_u32..6).prop_map(
        |(initial_r2t, immediate_data, segment, burst, first, r2ts)| Parameters {
            initial_r2t,
            immediate_data,
            max_recv_data_segment_length: segment,
            max_burst_length: burst,
            first_burst_length: first.min(burst),
            max_outstanding_r2t: r2ts,
            ..config().parameters
        },
    )
}

fn limits() -> impl Strategy<Value = Limits> {
    (1_u32..40, 512_u32..100_000, 512_u32..100_000, 512_u32..300_000, 1_u32..5, 1_usize..600_000).prop_map(
        |(queue_depth, segment, first, burst, r2ts, memory)| Limits {
            queue_depth,
            data_segment_length: segment.max(8192),
            first_burst_length: first,
            max_burst_length: burst,
            outstanding_r2t: r2ts,
            session_data_out: memory,
            output: 20_000,
            ..Limits::default()
        },
    )
}

fn digest() -> impl Strategy<Value = Offer> {
    prop_oneof![Just(Offer::Crc32c), Just(Offer::None), Just(Offer::PreferCrc32c), Just(Offer::PreferNone)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn data_arrive_whatever_was_agreed_on(
        wanted in parameters(),
        limits in limits(),
        digests in (digest(), digest()),
        transfers in prop::collection::vec((0_u16..100, any::<u64>()), 1..16),
        piece in prop_oneof![1_usize..64, 1_usize..100_000],
        seed in any::<u64>(),
        by_closure in any::<bool>(),
    ) {
        let portal = crate::raw::portal(limits);
        let (header_digest, data_digest) = digests;
        let config = Config { parameters: wanted, header_digest, data_digest, ..config() };
        let way = if by_closure { Way::Closure } else { Way::Vector };
        let piece = if transfers.iter().map(|row| usize::from(row.0)).sum::<usize>() > 100 { piece.max(1000) } else { piece };
        let mut pair = Pair::new(&portal, config, seed, piece, way);
        let agreed = pair.logged_in();
        prop_assert_eq!(agreed.header_digest, matches!(header_digest, Offer::Crc32c | Offer::PreferCrc32c));
        prop_assert_eq!(agreed.immediate_data, wanted.immediate_data);
        prop_assert_eq!(agreed.initial_r2t, wanted.initial_r2t);

        let mut expected = Vec::new();
        let mut writes = Vec::new();
        let mut block = 0;
        for (count, content) in transfers {
            let mut bytes = vec![0; usize::from(count) * BLOCK];
            ChaCha8Rng::seed_from_u64(content).fill_bytes(&mut bytes);
            writes.push(pair.command(write(block, count), Data::Out(bytes.clone())));
            expected.push((block, count, bytes));
            block = (block + u32::from(count)) % 3800;
            if block < u32::from(count) {
                break;
            }
        }
        let completions = pair.completions();
        prop_assert_eq!(completions.keys().copied().collect::<Vec<_>>(), writes);
        prop_assert!(completions.values().all(|c| c.status.is_good() && c.residual == Residual::None));

        let reads: Vec<_> = expected
            .iter()
            .map(|(block, count, bytes)| pair.command(read(*block, *count), Data::In(bytes.len() as u32)))
            .collect();
        let completions = pair.completions();
        for (tag, (_, _, bytes)) in reads.iter().zip(&expected) {
            let completion = &completions[tag];
            prop_assert!(completion.status.is_good() && completion.residual == Residual::None);
            prop_assert!(completion.data_in == *bytes, "other data");
        }
        pair.initiator.logout().unwrap();
        pair.run();
        prop_assert_eq!(&pair.events, &[initiator::Event::Closed(initiator::CloseReason::LoggedOut)]);
        prop_assert!(portal.sessions().is_empty());
    }

    #[test]
    fn residuals_tell_the_difference(
        count in 0_u16..8,
        expected in 0_u32..5000,
        out in any::<bool>(),
        by_closure in any::<bool>(),
    ) {
        let portal = crate::raw::portal(Limits::default());
        let way = if by_closure { Way::Closure } else { Way::Vector };
        let mut pair = Pair::new(&portal, config(), 1, 100_000, way);
        pair.logged_in();
        let length = u32::from(count) * BLOCK as u32;
        let (cdb, data) = match out {
            true => (write(0, count), Data::Out(vec![7; expected as usize])),
            false => (read(0, count), Data::In(expected)),
        };
        let tag = pair.command(cdb, data);
        let completion = pair.completions().remove(&tag).unwrap();
        let residual = match length.cmp(&expected) {
            std::cmp::Ordering::Less => Residual::Underflow(expected - length),
            std::cmp::Ordering::Equal => Residual::None,
            std::cmp::Ordering::Greater => Residual::Overflow(length - expected),
        };
        prop_assert_eq!(completion.residual, residual);
        let moved = length.min(expected) as usize;
        prop_assert_eq!(completion.data_in.len(), if out { 0 } else { moved });
        prop_assert_eq!(pair.device.memory.iter().filter(|byte| **byte == 7).count(), if out { moved } else { 0 });
    }
}

fn credentials(user: &str, secret: &str) -> Credentials {
    Credentials { user: user.to_owned(), secret: Secret::new(secret).unwrap() }
}

/// A portal whose target wants proof, and proves itself.
fn guarded() -> Portal {
    let portal = Portal::new(PortalConfig::default());
    let own = credentials("target", "target-secret-1");
    let authentication = Authentication::new(credentials("0xuser", "initiator-secret"), Some(own)).unwrap();
    portal.add_target(Target { authentication: Some(authentication), ..Target::new(name(TARGET)) }).unwrap();
    portal
}

#[test]
fn both_prove_who_they_are() {
    for (initiator, target, outcome) in [
        (("0xuser", "initiator-secret"), None, Ok(())),
        (("0xuser", "initiator-secret"), Some(("target", "target-secret-1")), Ok(())),
        (("0xuser", "initiator-secret"), Some(("target", "target-secret-2")), Err("Unauthenticated")),
        (("0xuser", "initiator-secret"), Some(("another", "target-secret-1")), Err("Unauthenticated")),
        (("0xuser", "initiator-secreT"), None, Err("authentication failure")),
        (("0xUser", "initiator-secret"), None, Err("authentication failure")),
    ] {
        let target = target.map(|(user, secret)| credentials(user, secret));
        let authentication = Authentication::new(credentials(initiator.0, initiator.1), target).unwrap();
        let config = Config { authentication: Some(authentication), ..config() };
        let mut pair = Pair::new(&guarded(), config, 3, 1000, Way::Closure);
        pair.run();
        match (pair.events.as_slice(), outcome) {
            ([initiator::Event::LoggedIn { .. }], Ok(())) => {}
            ([initiator::Event::Closed(reason)], Err(text)) => {
                assert!(format!("{reason:?} {reason}").contains(text), "{reason:?}");
            }
            (events, _) => panic!("{events:?} {:?}", pair.target_events),
        }
    }
    let mut pair = Pair::new(&guarded(), config(), 3, 1000, Way::Closure);
    pair.run();
    let reason =
        initiator::CloseReason::LoginFailed(discrig_iscsi::pdu::LoginStatus::AUTHENTICATION_FAILURE, None);
    assert_eq!(pair.events, [initiator::Event::Closed(reason)]);
}

#[test]
fn discovery_lists_targets_and_nothing_else_goes_on_there() {
    let portal = crate::raw::portal(Limits::default());
    for number in 0..300 {
        let target = Target::new(name(&format!("iqn.2026-11.dev.discrig:number-{number:03}")));
        portal.add_target(target).unwrap();
    }
    let config = Config {
        parameters: Parameters { max_recv_data_segment_length: 512, ..Parameters::default() },
        ..Config::new(name(INITIATOR), None)
    };
    let mut pair = Pair::new(&portal, config, 4, 700, Way::Closure);
    pair.logged_in();
    assert_eq!(pair.target_events, [""; 0], "discovery is served without telling");
    let tag = pair.initiator.send_targets("All").unwrap();
    pair.run();
    let Some(initiator::Event::Text(answered, pairs)) = pair.events.pop() else {
        panic!("{:?}", pair.events)
    };
    let targets = initiator::TargetPortals::from_pairs(&pairs);
    assert_eq!((answered, targets.len()), (tag, 301));
    assert_eq!(targets[0].name, name(TARGET));
    assert!(
        targets.iter().all(
            |target| target.addresses == ["127.0.0.1:3260,0"] || target.addresses == ["127.0.0.1:3260,1"]
        )
    );
    let tag = pair.command(read(0, 1), Data::In(517));
    pair.run();
    let reason = discrig_iscsi::pdu::RejectReason::PROTOCOL_ERROR;
    assert_eq!(pair.events.pop(), Some(initiator::Event::Rejected(Some(tag), reason)));
}

/// Names that fill more than a PDU, in logins and later, in both directions.
#[test]
fn long_texts_are_cut_and_put_together_by_both_sides() {
    let portal = Portal::new(PortalConfig::default());
    let alias = Some("a".repeat(9000));
    portal.add_target(Target { alias, ..Target::new(name(TARGET)) }).unwrap();
    let config = Config { alias: Some("i".repeat(20_000)), ..config() };
    let mut pair = Pair::new(&portal, config, 6, 700, Way::Closure);
    pair.logged_in();
    let session = pair.target.session().unwrap();
    assert_eq!(session.initiator_alias.as_ref().map(String::len), Some(20_000));
    let keys: Vec<_> = (0..3000).map(|number| format!("X-{number}")).collect();
    let pairs: Vec<_> = keys.iter().map(|key| (key.as_str(), "of no use to anybody")).collect();
    let limits = Limits { text_length: 1 << 20, ..Limits::default() };
    let portal = crate::raw::portal(Limits { data_segment_length: 8192, ..limits });
    let mut pair = Pair::new(&portal, self::config(), 7, 7000, Way::Closure);
    pair.logged_in();
    let tag = pair.initiator.text(&pairs).unwrap();
    pair.run();
    let Some(initiator::Event::Text(answered, answers)) = pair.events.pop() else {
        panic!("{:?}", pair.target_events)
    };
    assert_eq!((answered, answers.len()), (tag, 3000));
    assert!(answers.iter().zip(&keys).all(|(answer, key)| answer.0 == *key && answer.1 == "NotUnderstood"));
}

/// Commands have no place in a discovery session. Each of them is rejected, and the gap that it leaves is filled, so that the next one is
/// answered as well.
#[test]
fn what_is_rejected_leaves_no_gap_behind() {
    let config = Config::new(name(INITIATOR), None);
    let mut pair = Pair::new(&crate::raw::portal(Limits::default()), config, 8, 700, Way::Closure);
    pair.logged_in();
    for _ in 0..100 {
        let tag = pair.command(read(0, 1), Data::In(517));
        pair.run();
        let reason = discrig_iscsi::pdu::RejectReason::PROTOCOL_ERROR;
        assert_eq!(std::mem::take(&mut pair.events), [initiator::Event::Rejected(Some(tag), reason)]);
    }
}

#[test]
fn pings_and_resets() {
    let portal = crate::raw::portal(Limits::default());
    let mut pair = Pair::new(&portal, config(), 5, 700, Way::Closure);
    pair.logged_in();
    let ping = pair.initiator.ping(b"are you there").unwrap();
    let function = TaskManagementFunction::LOGICAL_UNIT_RESET;
    let reset = pair.initiator.task_management(function, Lun::ZERO, None, true).unwrap();
    let unknown =
        pair.initiator.task_management(TaskManagementFunction::CLEAR_ACA, Lun::ZERO, None, false).unwrap();
    let reassign = pair
        .initiator
        .task_management(TaskManagementFunction::TASK_REASSIGN, Lun::ZERO, None, false)
        .unwrap();
    pair.run();
    assert_eq!(
        std::mem::take(&mut pair.events),
        [
            initiator::Event::Pong(ping, b"are you there".to_vec()),
            initiator::Event::TaskManagement(reset, TaskManagementResponseCode::FUNCTION_COMPLETE),
            initiator::Event::TaskManagement(unknown, TaskManagementResponseCode::FUNCTION_NOT_SUPPORTED),
            initiator::Event::TaskManagement(
                reassign,
                TaskManagementResponseCode::REASSIGNMENT_NOT_SUPPORTED
            ),
        ]
    );
    // The target pings too.
    let idle = NOW + Limits::default().idle_time;
    assert_eq!(pair.target.next_deadline(), Some(idle));
    pair.target.handle_timeout(idle);
    assert_eq!(pair.target.next_deadline(), Some(idle + Limits::default().ping_time));
    pair.run();
    assert_eq!(pair.target.next_deadline(), Some(idle), "it was answered");
    pair.target.shutdown(NOW);
    pair.run();
    assert!(matches!(pair.events[..], [initiator::Event::Message(..)]), "{:?}", pair.events);
    assert!(pair.target_events.last().unwrap().contains("Closed(Shutdown)"));
}
