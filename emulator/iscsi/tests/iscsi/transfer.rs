//! Data both ways: phase collapse, bursts, R2T, immediate and unsolicited data, residuals.

use crate::raw::*;
use discrig_iscsi::pdu::*;
use discrig_iscsi::target::*;
use discrig_wire::SenseCode;
use discrig_wire::sense::SenseKey;

const READ: CommandFlags = CommandFlags::FINAL.union(CommandFlags::READ);
const WRITE: CommandFlags = CommandFlags::FINAL.union(CommandFlags::WRITE);
const ABORTED: u8 = 0x0B;

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|index| (index / 7) as u8 ^ index as u8).collect()
}

#[test]
fn data_and_good_status_come_in_one_pdu() {
    let mut wire = Wire::logged_in(&portal(Limits::default()), "");
    for by_closure in [true, false] {
        let header = wire.scsi(READ, 2048, &[]);
        let task = wire.command().task;
        let data = bytes(2048);
        assert!(match by_closure {
            true => wire.connection.respond_with(task, &Outcome::good(2048), |buffer| {
                buffer.copy_from_slice(&data);
                2048
            }),
            false => wire.connection.respond_with_data(task, &Outcome::good(2048), data.clone()),
        });
        let answer = wire.one();
        let header_in = answer.data_in();
        assert_eq!(header_in.flags, DataFlags::FINAL | DataFlags::STATUS);
        assert_eq!(header_in.initiator_task_tag, header.initiator_task_tag);
        assert_eq!(
            (header_in.target_transfer_tag, header_in.data_sn, header_in.buffer_offset),
            (RESERVED_TAG, 0, 0)
        );
        assert_eq!(answer.data, data);
    }
}

#[test]
fn long_data_are_cut_by_segment_and_burst() {
    let keys = "MaxRecvDataSegmentLength=1000\nMaxBurstLength=2500\nFirstBurstLength=512\nHeaderDigest=CRC32C\nDataDigest=CRC32C";
    for by_closure in [true, false] {
        let mut wire = Wire::logged_in(&portal(Limits::default()), keys);
        let data = bytes(6001);
        wire.scsi(READ, 6001, &[]);
        let task = wire.command().task;
        match by_closure {
            true => wire.connection.respond_with(task, &Outcome::good(6001), |buffer| {
                buffer.copy_from_slice(&data);
                buffer.len()
            }),
            false => wire.connection.respond_with_data(task, &Outcome::good(6001), data.clone()),
        };
        let pdus = wire.take();
        let portions: Vec<_> = pdus
            .iter()
            .map(|pdu| {
                let header = pdu.data_in();
                (
                    header.buffer_offset,
                    pdu.data.len(),
                    header.flags.contains(DataFlags::FINAL),
                    header.flags.contains(DataFlags::STATUS),
                )
            })
            .collect();
        assert_eq!(
            portions,
            [
                (0, 1000, false, false),
                (1000, 1000, false, false),
                (2000, 500, true, false),
                (2500, 1000, false, false),
                (3500, 1000, false, false),
                (4500, 500, true, false),
                (5000, 1000, false, false),
                (6000, 1, true, true),
            ]
        );
        assert!(pdus.iter().enumerate().all(|(index, pdu)| pdu.data_in().data_sn == index as u32));
        assert_eq!(pdus.iter().flat_map(|pdu| pdu.data.clone()).collect::<Vec<_>>(), data);
    }
}

#[test]
fn sense_data_have_a_pdu_of_their_own() {
    let mut wire = Wire::logged_in(&portal(Limits::default()), "");
    wire.scsi(READ, 4096, &[]);
    let task = wire.command().task;
    let code = SenseCode { key: SenseKey::MediumError, asc: 0x11, ascq: 5 };
    let outcome = Outcome { transfer_length: 2048, ..Outcome::check_condition(code) };
    wire.connection.respond_with(task, &outcome, |buffer| buffer.len());
    let pdus = wire.take();
    assert_eq!(pdus.len(), 2);
    assert_eq!((pdus[0].data_in().flags, pdus[0].data.len()), (DataFlags::FINAL, 2048));
    let response = pdus[1].scsi();
    assert_eq!((response.status.0, response.exp_data_sn), (2, 1));
    assert_eq!(
        (response.flags, response.residual_count),
        (ResponseFlags::FINAL | ResponseFlags::UNDERFLOW, 2048)
    );
    assert_eq!(pdus[1].sense(), (3, 0x11, 5));
}

#[test]
fn residuals_of_reads() {
    let mut wire = Wire::logged_in(&portal(Limits::default()), "");
    for (expected, available, sent, flags, count) in
        [(10_000, 2048, 2048, DataFlags::UNDERFLOW, 7952), (200, 2048, 200, DataFlags::OVERFLOW, 1848)]
    {
        wire.scsi(READ, expected, &[]);
        let task = wire.command().task;
        wire.connection.respond_with_data(task, &Outcome::good(available), bytes(available as usize));
        let answer = wire.one();
        assert_eq!((answer.data_in().residual_count, answer.data.len()), (count, sent));
        assert!(answer.data_in().flags.contains(flags));
    }
    // Nobody expects data; then there is no call for them either.
    for flags in [READ, CommandFlags::FINAL] {
        wire.scsi(flags, 0, &[]);
        let task = wire.command().task;
        wire.connection.respond_with(task, &Outcome::good(2048), |_| panic!("there is no room"));
        let answer = wire.one().scsi();
        assert_eq!(
            (answer.flags, answer.residual_count),
            (ResponseFlags::FINAL | ResponseFlags::OVERFLOW, 2048)
        );
    }
    // Fewer bytes than announced are the residual.
    wire.scsi(READ, 2048, &[]);
    let task = wire.command().task;
    wire.connection.respond_with(task, &Outcome::good(2048), |_| 100);
    let answer = wire.one();
    assert_eq!((answer.data.len(), answer.data_in().residual_count), (100, 1948));
}

#[test]
fn data_are_asked_for_in_bursts_and_requests_for_them_are_limited() {
    let keys = "InitialR2T=Yes\nImmediateData=No\nMaxBurstLength=1024\nMaxOutstandingR2T=2";
    let mut wire = Wire::logged_in(&portal(Limits::default()), keys);
    let data = bytes(2600);
    wire.scsi(WRITE, 2600, &[]);
    assert!(wire.event().is_none());
    let r2ts: Vec<_> = wire.take().iter().map(Pdu::r2t).collect();
    let places: Vec<_> =
        r2ts.iter().map(|r2t| (r2t.r2t_sn, r2t.buffer_offset, r2t.desired_data_transfer_length)).collect();
    assert_eq!(places, [(0, 0, 1024), (1, 1024, 1024)]);
    assert_ne!(r2ts[0].target_transfer_tag, r2ts[1].target_transfer_tag);
    wire.data_out(&r2ts[0], &data[..1024]);
    let third = wire.answer().r2t();
    assert_eq!((third.r2t_sn, third.buffer_offset, third.desired_data_transfer_length), (2, 2048, 552));
    wire.data_out(&r2ts[1], &data[1024..2048]);
    assert!(wire.event().is_none());
    wire.data_out(&third, &data[2048..]);
    let command = wire.command();
    assert!(command.data_out == data && command.writes);
    wire.connection.respond(command.task, &Outcome::good(2600));
    assert_eq!(wire.one().scsi().exp_data_sn, 3, "R2T PDUs count");
}

#[test]
fn immediate_and_unsolicited_data() {
    for (immediate_data, initial_r2t) in [(true, true), (true, false), (false, true), (false, false)] {
        let word = |yes| if yes { "Yes" } else { "No" };
        let keys = format!(
            "ImmediateData={}\nInitialR2T={}\nFirstBurstLength=1024",
            word(immediate_data),
            word(initial_r2t)
        );
        let mut wire = Wire::logged_in(&portal(Limits::default()), &keys);
        let data = bytes(1500);
        let immediate = if immediate_data { 512 } else { 0 };
        let flags = if initial_r2t { WRITE } else { CommandFlags::WRITE };
        let header = wire.scsi(flags, 1500, &data[..immediate]);
        assert!(wire.event().is_none());
        let mut next = immediate;
        if !initial_r2t {
            assert!(!wire.connection.has_output(), "nothing is asked for before what comes unasked has come");
            for (data_sn, end) in [(0, 700), (1, 1024)] {
                let out = DataOut {
                    flags: if end == 1024 { DataFlags::FINAL } else { DataFlags::empty() },
                    lun: Lun::ZERO,
                    initiator_task_tag: header.initiator_task_tag,
                    target_transfer_tag: RESERVED_TAG,
                    exp_stat_sn: 0,
                    data_sn,
                    buffer_offset: next as u32,
                };
                wire.send(out.encode(), &data[next..end]);
                next = end;
            }
            assert!(wire.event().is_none());
        }
        let r2t = wire.one().r2t();
        assert_eq!((r2t.buffer_offset, r2t.desired_data_transfer_length), (next as u32, 1500 - next as u32));
        wire.data_out(&r2t, &data[next..]);
        assert_eq!(wire.command().data_out, data);
    }
}

#[test]
fn all_data_at_once_need_no_request() {
    let mut wire = Wire::logged_in(&portal(Limits::default()), "");
    for flags in [WRITE, CommandFlags::WRITE] {
        wire.scsi(flags, 700, &bytes(700));
        assert_eq!(wire.command().data_out, bytes(700));
    }
    wire.scsi(WRITE, 0, &[]);
    assert_eq!(wire.command().data_out, []);
}

/// The end of a command whose data were wrong.
fn failure(wire: &mut Wire) -> (u8, u8, u8) {
    let answer = wire.answer();
    assert_eq!(answer.scsi().status.0, 2);
    answer.sense()
}

#[test]
fn data_that_nobody_allowed() {
    let sense = |keys: &str, flags: CommandFlags, expected, data: &[u8]| {
        let mut wire = Wire::logged_in(&portal(Limits::default()), keys);
        wire.scsi(flags, expected, data);
        failure(&mut wire)
    };
    assert_eq!(sense("ImmediateData=No", WRITE, 100, &[1; 100]), (ABORTED, 0x0C, 0x0C));
    assert_eq!(sense("", READ, 100, &[1; 100]), (ABORTED, 0x0C, 0x0C));
    assert_eq!(sense("FirstBurstLength=512", WRITE, 5000, &[1; 513]), (ABORTED, 0x0C, 0x0D));
    assert_eq!(sense("", WRITE, 10, &[1; 11]), (ABORTED, 0x0C, 0x0D));
    assert_eq!(sense("", READ | CommandFlags::WRITE, 10, &[]), (5, 0x0E, 3), "both directions");
}

/// RFC 7143, 11.4: the status waits for the last PDU of each sequence that is under way.
#[test]
fn the_status_of_a_refused_command_waits_until_its_data_have_ended() {
    let mut wire = Wire::logged_in(&portal(Limits::default()), "InitialR2T=Yes");
    let header = wire.scsi(CommandFlags::WRITE, 5000, &[]);
    assert!(wire.event().is_none() && !wire.connection.has_output(), "its data are on the way");
    let out = |flags, tag, data_sn, buffer_offset| DataOut {
        flags,
        lun: Lun::ZERO,
        initiator_task_tag: header.initiator_task_tag,
        target_transfer_tag: tag,
        exp_stat_sn: 0,
        data_sn,
        buffer_offset,
    };
    wire.send(out(DataFlags::empty(), RESERVED_TAG, 0, 0).encode(), &[1; 4000]);
    assert!(wire.event().is_none() && !wire.connection.has_output());
    wire.send(out(DataFlags::FINAL, RESERVED_TAG, 1, 4000).encode(), &[1; 1000]);
    assert_eq!(failure(&mut wire), (ABORTED, 0x0C, 0x0C));
    // Several requests for data are outstanding, and the first one is answered wrongly.
    let keys = "ImmediateData=No\nMaxBurstLength=512\nMaxOutstandingR2T=3";
    let mut wire = Wire::logged_in(&portal(Limits::default()), keys);
    let header = wire.scsi(WRITE, 1536, &[]);
    assert!(wire.event().is_none());
    let tags: Vec<_> = wire.take().iter().map(|pdu| pdu.r2t().target_transfer_tag).collect();
    assert_eq!(tags.len(), 3);
    for (index, tag) in tags.iter().enumerate() {
        assert!(wire.event().is_none() && !wire.connection.has_output(), "{index} have ended");
        let out = DataOut {
            initiator_task_tag: header.initiator_task_tag,
            ..out(DataFlags::FINAL, *tag, 9, 512 * index as u32)
        };
        wire.send(out.encode(), &[1; 512]);
    }
    assert_eq!(failure(&mut wire), (ABORTED, 0x4B, 0x00));
}

#[test]
fn data_out_of_order_end_the_task_when_their_sequence_ends() {
    type Change = fn(&mut DataOut);
    let cases: &[(Change, (u8, u8, u8))] = &[
        (|out| out.data_sn = 27, (ABORTED, 0x4B, 0x00)),
        (|out| out.data_sn = u32::MAX, (ABORTED, 0x4B, 0x00)),
        (|out| out.buffer_offset = 512, (ABORTED, 0x4B, 0x05)),
        (|out| out.target_transfer_tag ^= 0x100, (ABORTED, 0x4B, 0x01)),
        (|out| out.target_transfer_tag = RESERVED_TAG, (ABORTED, 0x0C, 0x0C)),
    ];
    for (change, expected) in cases {
        let mut wire = Wire::logged_in(&portal(Limits::default()), "ImmediateData=No");
        let header = wire.scsi(WRITE, 1024, &[]);
        assert!(wire.event().is_none());
        let r2t = wire.one().r2t();
        let mut out = DataOut {
            flags: DataFlags::empty(),
            lun: Lun::ZERO,
            initiator_task_tag: header.initiator_task_tag,
            target_transfer_tag: r2t.target_transfer_tag,
            exp_stat_sn: 0,
            data_sn: 0,
            buffer_offset: 0,
        };
        let last = DataOut { flags: DataFlags::FINAL, data_sn: 1, buffer_offset: 512, ..out };
        change(&mut out);
        wire.send(out.encode(), &[1; 512]);
        assert!(wire.event().is_none() && !wire.connection.has_output(), "the sequence is not over");
        wire.send(last.encode(), &[1; 512]);
        assert_eq!(failure(&mut wire), *expected);
        // What comes late is no mistake, and the session goes on.
        wire.send(last.encode(), &[1; 512]);
        wire.scsi(READ, 0, &[]);
        assert!(wire.command().reads && !wire.connection.has_output());
    }
}

#[test]
fn sequences_have_the_length_that_was_asked_for() {
    let mut wire = Wire::logged_in(&portal(Limits::default()), "ImmediateData=No");
    for (length, expected) in [(1000, (ABORTED, 0x0C, 0x0D)), (1025, (ABORTED, 0x4B, 0x02))] {
        wire.scsi(WRITE, 1024, &[]);
        assert!(wire.event().is_none());
        let r2t = wire.one().r2t();
        wire.data_out(&r2t, &vec![1; length]);
        assert_eq!(failure(&mut wire), expected);
    }
    // Unasked, all that may come has to come, if there is more.
    let mut wire = Wire::logged_in(&portal(Limits::default()), "InitialR2T=No\nFirstBurstLength=1024");
    let header = wire.scsi(CommandFlags::WRITE, 2000, &[1; 100]);
    let out = DataOut {
        flags: DataFlags::FINAL,
        lun: Lun::ZERO,
        initiator_task_tag: header.initiator_task_tag,
        target_transfer_tag: RESERVED_TAG,
        exp_stat_sn: 0,
        data_sn: 0,
        buffer_offset: 100,
    };
    wire.send(out.encode(), &[1; 100]);
    assert_eq!(failure(&mut wire), (ABORTED, 0x0C, 0x0D));
}
