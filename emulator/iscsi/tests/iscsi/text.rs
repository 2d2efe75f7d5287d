//! Text exchanges and pings in full feature phase.

use crate::raw::*;
use discrig_iscsi::pdu::*;
use discrig_iscsi::target::*;

fn request(wire: &mut Wire, flags: TextFlags, tag: u32, text: &[u8]) {
    let request = TextRequest {
        flags,
        lun: Lun::ZERO,
        initiator_task_tag: 0x700,
        target_transfer_tag: tag,
        cmd_sn: wire.cmd_sn,
        exp_stat_sn: 0,
    };
    let mut bhs = request.encode();
    bhs.set_immediate(true);
    wire.send(bhs, text);
}

/// Asks with one final request and gives the pairs of the one answer.
fn ask(wire: &mut Wire, keys: &str) -> Vec<String> {
    request(wire, TextFlags::FINAL, RESERVED_TAG, &text(keys));
    let answer = wire.answer();
    let Response::Text(header) = answer.response() else { panic!("{answer:?}") };
    assert_eq!((header.flags, header.target_transfer_tag), (TextFlags::FINAL, RESERVED_TAG));
    answer.pairs()
}

fn listed(target: &str) -> Vec<String> {
    vec![format!("TargetName={target}"), "TargetAddress=127.0.0.1:3260,1".to_owned()]
}

#[test]
fn targets_are_listed_to_those_who_may_see_them() {
    let portal = portal(Limits::default());
    let other = "iqn.2026-11.dev.discrig:b";
    portal.add_target(Target::new(name(other))).unwrap();
    let hidden =
        Target { initiators: Some([name(TARGET)].into()), ..Target::new(name("iqn.2026-11.dev.discrig:c")) };
    portal.add_target(hidden).unwrap();
    let mut discovery = Wire::new(&portal);
    discovery.login(1, Some(3), &format!("InitiatorName={INITIATOR}\nSessionType=Discovery"));
    assert_eq!(ask(&mut discovery, "SendTargets=All"), [listed(TARGET), listed(other)].concat());
    assert_eq!(ask(&mut discovery, &format!("SendTargets={other}")), listed(other));
    assert_eq!(ask(&mut discovery, "SendTargets=iqn.2026-11.dev.discrig:c"), [""; 0]);
    assert_eq!(ask(&mut discovery, "SendTargets="), ["SendTargets=Reject"]);
    let mut normal = Wire::logged_in(&portal, "");
    for which in ["", "All", TARGET] {
        assert_eq!(ask(&mut normal, &format!("SendTargets={which}")), listed(TARGET), "the own one: {which}");
    }
    assert_eq!(ask(&mut normal, &format!("SendTargets={other}")), [""; 0]);
    for (keys, answer) in [
        ("SendTargetsPlease=All", "SendTargetsPlease=NotUnderstood"),
        ("SendTargets=Alle", "SendTargets=Reject"),
        ("SendTargets=A", "SendTargets=Reject"),
        ("sENDtARGETS=aLL", "sENDtARGETS=NotUnderstood"),
        ("MaxBurstLength=512", "MaxBurstLength=Reject"),
    ] {
        assert_eq!(ask(&mut normal, keys), [answer]);
    }
}

#[test]
fn long_answers_and_long_requests_are_cut() {
    let portal = portal(Limits::default());
    for number in 0..40 {
        portal.add_target(Target::new(name(&format!("iqn.2026-11.dev.discrig:number-{number}")))).unwrap();
    }
    let mut wire = Wire::new(&portal);
    let keys = format!("InitiatorName={INITIATOR}\nSessionType=Discovery\nMaxRecvDataSegmentLength=512");
    wire.login(1, Some(3), &keys);
    let mut tag = RESERVED_TAG;
    for (piece, is_last) in [("SendTa", false), ("rgets=Al", false), ("l\0", true)] {
        let flags = if is_last { TextFlags::FINAL } else { TextFlags::CONTINUE };
        request(&mut wire, flags, tag, piece.as_bytes());
        let answer = wire.answer();
        let Response::Text(header) = answer.response() else { panic!() };
        assert!(is_last || answer.data.is_empty() && header.flags.is_empty());
        tag = header.target_transfer_tag;
        assert_ne!(tag, RESERVED_TAG);
        if is_last {
            let mut all = answer.data;
            let mut flags = header.flags;
            while !flags.contains(TextFlags::FINAL) {
                assert_eq!((flags, all.len() % 512), (TextFlags::CONTINUE, 0));
                request(&mut wire, TextFlags::FINAL, tag, &[]);
                let answer = wire.answer();
                let Response::Text(header) = answer.response() else { panic!() };
                (flags, tag) = (header.flags, header.target_transfer_tag);
                all.extend(answer.data);
            }
            assert_eq!(all.iter().filter(|byte| **byte == 0).count(), 82);
        }
    }
    // While the target has more to say, nobody else has.
    request(&mut wire, TextFlags::FINAL, RESERVED_TAG, b"SendTargets=All\0");
    let Response::Text(header) = wire.answer().response() else { panic!() };
    assert_eq!(header.flags, TextFlags::CONTINUE);
    request(&mut wire, TextFlags::FINAL, header.target_transfer_tag, b"X-a=1\0");
    assert_eq!(wire.answer().reject().reason, RejectReason::PROTOCOL_ERROR);
    request(&mut wire, TextFlags::FINAL, header.target_transfer_tag, b"");
    assert_eq!(wire.answer().data.len(), 512, "it goes on");
    // Tags of nothing, text without an end, and text without sense.
    request(&mut wire, TextFlags::FINAL, 0x1234, &[]);
    assert_eq!(wire.answer().reject().reason, RejectReason::PROTOCOL_ERROR);
    request(&mut wire, TextFlags::FINAL, RESERVED_TAG, b"no pair\0");
    assert_eq!(wire.answer().reject().reason, RejectReason::PROTOCOL_ERROR);
    request(&mut wire, TextFlags::FINAL | TextFlags::CONTINUE, RESERVED_TAG, b"");
    assert!(matches!(wire.closed(), CloseReason::Protocol(_)));
}

#[test]
fn pings_come_back_as_far_as_the_initiator_receives_them() {
    let mut wire = Wire::logged_in(&portal(Limits::default()), "MaxRecvDataSegmentLength=512");
    for length in [0, 8, 511, 512, 600] {
        let data: Vec<u8> = (0..length).map(|index| index as u8).collect();
        wire.send(wire.ping().encode(), &data);
        let answer = wire.answer();
        let Response::NopIn(header) = answer.response() else { panic!() };
        assert_eq!((header.initiator_task_tag, header.target_transfer_tag), (0x800, RESERVED_TAG));
        assert_eq!(answer.data, data[..length.min(512)]);
        wire.cmd_sn += 1;
    }
}
