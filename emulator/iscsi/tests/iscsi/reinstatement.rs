//! The same session with another connection (RFC 7143, 6.3.4).

use crate::raw::*;
use core::time::Duration;
use discrig_iscsi::pdu::*;
use discrig_iscsi::target::*;

const READ: CommandFlags = CommandFlags::FINAL.union(CommandFlags::READ);
const WRITE: CommandFlags = CommandFlags::FINAL.union(CommandFlags::WRITE);

/// The last request of a login to the session of `old`, which is not answered yet.
fn begin(portal: &Portal, old: &Wire, cmd_sn: u32, keys: &str) -> (Wire, LoggedIn) {
    let tsih = old.connection.session().unwrap().tsih;
    let mut wire = Wire { cmd_sn, ..Wire::new(portal) };
    let mut bhs = LoginRequest { tsih, ..wire.login_request(1, Some(3)) }.encode();
    bhs.set_immediate(true);
    wire.send(bhs, &text(&format!("{WHOLE}\n{keys}")));
    match wire.event() {
        Some(Event::LoggedIn(login)) => (wire, login),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_session_goes_on_with_its_numbers_and_without_its_tasks() {
    let portal = portal(Limits { queue_depth: 4, ..Limits::default() });
    let mut old = Wire::logged_in(&portal, "MaxBurstLength=4096\nMaxRecvDataSegmentLength=512");
    let tsih = old.connection.session().unwrap().tsih;
    old.scsi(READ, 0, &[]);
    let running = old.command();
    old.scsi(WRITE, 5000, &[]);
    assert!(old.event().is_none());
    old.take();
    // Of what was sent behind them, only the last one arrived.
    old.cmd_sn += 1;
    let early = old.cmd_sn;
    old.scsi(READ, 0, &[]);
    assert!(old.event().is_none());
    let keys = "HeaderDigest=CRC32C\nMaxBurstLength=512\nInitialR2T=Yes\nMaxRecvDataSegmentLength=8192";
    let (mut new, login) = begin(&portal, &old, CMD_SN + 4, keys);
    assert_eq!((login.continues, login.displaced), (Some(old.connection.id()), None));
    assert_eq!((login.session.tsih, portal.sessions().len()), (tsih, 1));
    assert!(!new.connection.has_output() && new.connection.receive_buffer().is_empty(), "it waits");
    let remains = old.connection.surrender(NOW);
    assert_eq!(old.closed(), CloseReason::Reinstated);
    assert!(!old.connection.has_output() && old.connection.surrender(NOW).is_none());
    assert!(!old.connection.respond(running.task, &Outcome::good(0)), "its tasks are gone");
    drop(old);
    new.connection.take_over(NOW, remains);
    let answer = new.one();
    let header = answer.login();
    assert_eq!(
        (header.status, header.tsih, header.flags.next),
        (LoginStatus::SUCCESS, tsih, Stage::FULL_FEATURE)
    );
    assert_eq!((header.exp_cmd_sn, header.max_cmd_sn), (CMD_SN + 2, CMD_SN + 5));
    for pair in ["HeaderDigest=CRC32C", "MaxBurstLength=Irrelevant", "InitialR2T=Irrelevant"] {
        assert!(answer.pairs().contains(&pair.to_owned()), "{:?}", answer.pairs());
    }
    assert_eq!(portal.sessions()[0].connection, new.connection.id(), "the old one did not take it along");
    new.header_digest = true;
    // The gap is filled; what was behind it is not carried out any more.
    new.cmd_sn = CMD_SN + 2;
    new.itt = 0x100;
    new.scsi(READ, 2000, &[]);
    let command = new.command();
    assert!(command.task > running.task && new.event().is_none());
    new.connection.respond_with_data(command.task, &Outcome::good(2000), vec![1; 2000]);
    let data = new.one().data_in();
    assert_eq!((data.exp_cmd_sn, data.max_cmd_sn), (early + 1, early + 4));
    // Bursts are as long as they were at first; how much this side receives is the connection's own matter.
    new.cmd_sn = early + 1;
    new.scsi(WRITE, 5000, &[]);
    assert!(new.event().is_none());
    assert_eq!(new.one().r2t().desired_data_transfer_length, 4096);
}

#[test]
fn a_session_that_ended_meanwhile_does_not_go_on() {
    let portal = portal(Limits::default());
    let mut old = Wire::logged_in(&portal, "");
    let (mut new, _) = begin(&portal, &old, CMD_SN, "");
    old.connection.displaced(NOW);
    drop(old);
    new.connection.take_over(NOW, None);
    assert_eq!(new.closed(), CloseReason::LoginFailed(LoginStatus::SESSION_DOES_NOT_EXIST));
    assert_eq!(new.one().login().status, LoginStatus::SESSION_DOES_NOT_EXIST);
    assert!(portal.sessions().is_empty());
    // Nor does one wait for ever for the old connection.
    let old = Wire::logged_in(&portal, "");
    let (mut new, _) = begin(&portal, &old, CMD_SN, "");
    let deadline = NOW + Limits::default().login_time;
    assert_eq!(new.connection.next_deadline(), Some(deadline));
    new.connection.handle_timeout(deadline + Duration::from_nanos(1));
    assert_eq!(new.closed(), CloseReason::LoginTimeout);
}

#[test]
fn sessions_of_others_and_discovery_do_not_go_on() {
    let portal = portal(Limits::default());
    let other = "iqn.2026-11.dev.discrig:b";
    portal.add_target(Target::new(name(other))).unwrap();
    let old = Wire::logged_in(&portal, "");
    let tsih = old.connection.session().unwrap().tsih;
    let status = |tsih, keys: &str| {
        let mut wire = Wire::new(&portal);
        let request = LoginRequest { tsih, ..wire.login_request(1, Some(3)) };
        wire.login_with(request, &text(keys)).login().status
    };
    let elsewhere = format!("InitiatorName={INITIATOR}\nTargetName={other}");
    assert_eq!(status(tsih, &elsewhere), LoginStatus::CANNOT_INCLUDE_IN_SESSION);
    let somebody = WHOLE.replace(":host", ":guest");
    assert_eq!(status(tsih, &somebody), LoginStatus::CANNOT_INCLUDE_IN_SESSION);
    assert_eq!(status(tsih.wrapping_add(1), WHOLE), LoginStatus::SESSION_DOES_NOT_EXIST);
    let discovery = format!("InitiatorName={INITIATOR}\nSessionType=Discovery");
    let mut first = Wire::new(&portal);
    let tsih = first.login(1, Some(3), &discovery).login().tsih;
    assert_eq!(status(tsih, &discovery), LoginStatus::CANNOT_INCLUDE_IN_SESSION);
    // A discovery session whose port logged in again ends when it speaks next.
    let mut second = Wire::new(&portal);
    second.login(1, Some(3), &discovery);
    for (wire, is_over) in [(&mut first, true), (&mut second, false)] {
        let mut bhs = TextRequest {
            flags: TextFlags::FINAL,
            lun: Lun::ZERO,
            initiator_task_tag: 1,
            target_transfer_tag: RESERVED_TAG,
            cmd_sn: CMD_SN,
            exp_stat_sn: 0,
        }
        .encode();
        bhs.set_immediate(true);
        wire.send(bhs, b"SendTargets=All\0");
        match (wire.event(), is_over) {
            (Some(Event::Closed(reason)), true) => assert_eq!(reason, CloseReason::Reinstated),
            (None, false) => assert_eq!(wire.one().pairs().len(), 4),
            (other, _) => panic!("{other:?}"),
        }
    }
}
