//! An initiator that does exactly what a test tells it, right or wrong.

use core::time::Duration;
use discrig_iscsi::name::Name;
use discrig_iscsi::pdu::*;
use discrig_iscsi::target::*;
use std::io::IoSlice;

pub(crate) const TARGET: &str = "iqn.2026-11.dev.discrig:a";
pub(crate) const INITIATOR: &str = "iqn.2026-11.dev.discrig:host";
pub(crate) const ISID: Isid = Isid([0x80, 1, 2, 3, 4, 5]);
pub(crate) const NOW: Duration = Duration::from_secs(1000);
pub(crate) const CMD_SN: u32 = 0x1234;
/// Keys of a whole login in one request.
pub(crate) const WHOLE: &str =
    "InitiatorName=iqn.2026-11.dev.discrig:host\nSessionType=Normal\nTargetName=iqn.2026-11.dev.discrig:a";

pub(crate) fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

/// A portal with one target that lets everybody in.
pub(crate) fn portal(limits: Limits) -> Portal {
    let portal = Portal::new(PortalConfig { portal_group_tag: 1, limits, ..PortalConfig::default() });
    portal.add_target(Target::new(name(TARGET))).unwrap();
    portal
}

/// A PDU that the target sent.
#[derive(Clone, Debug)]
pub(crate) struct Pdu {
    pub(crate) bhs: Bhs,
    pub(crate) data: Vec<u8>,
}

impl Pdu {
    pub(crate) fn response(&self) -> Response {
        Response::parse(&self.bhs).unwrap()
    }

    pub(crate) fn login(&self) -> LoginResponse {
        match self.response() {
            Response::Login(response) => response,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn scsi(&self) -> ScsiResponse {
        match self.response() {
            Response::ScsiResponse(response) => response,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn data_in(&self) -> DataIn {
        match self.response() {
            Response::DataIn(response) => response,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn r2t(&self) -> ReadyToTransfer {
        match self.response() {
            Response::ReadyToTransfer(response) => response,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn reject(&self) -> Reject {
        match self.response() {
            Response::Reject(response) => response,
            other => panic!("{other:?}"),
        }
    }

    /// Sense key and codes of a SCSI response.
    pub(crate) fn sense(&self) -> (u8, u8, u8) {
        let length = usize::from(u16::from_be_bytes([self.data[0], self.data[1]]));
        assert_eq!(length, self.data.len() - 2);
        (self.data[4] & 0x0F, self.data[14], self.data[15])
    }

    /// Pairs of text as `key=value`.
    pub(crate) fn pairs(&self) -> Vec<String> {
        let pieces = self.data.split(|byte| *byte == 0).filter(|piece| !piece.is_empty());
        pieces.map(|piece| String::from_utf8(piece.to_vec()).unwrap()).collect()
    }
}

/// A connection with its target.
pub(crate) struct Wire {
    pub(crate) connection: Connection,
    pub(crate) now: Duration,
    pub(crate) cmd_sn: u32,
    pub(crate) itt: u32,
    pub(crate) header_digest: bool,
    pub(crate) data_digest: bool,
}

impl Wire {
    pub(crate) fn new(portal: &Portal) -> Wire {
        let connection = portal.accept(NOW, "127.0.0.1:3260", [9; 32]).unwrap();
        Wire { connection, now: NOW, cmd_sn: CMD_SN, itt: 0, header_digest: false, data_digest: false }
    }

    /// A connection in full feature phase, with these keys besides.
    pub(crate) fn logged_in(portal: &Portal, keys: &str) -> Wire {
        let mut wire = Wire::new(portal);
        let answer = wire.login(1, Some(3), &format!("{WHOLE}\n{keys}"));
        assert_eq!(answer.login().status, LoginStatus::SUCCESS, "{:?}", answer.pairs());
        wire.header_digest = answer.pairs().contains(&"HeaderDigest=CRC32C".to_owned());
        wire.data_digest = answer.pairs().contains(&"DataDigest=CRC32C".to_owned());
        wire
    }

    /// One login request with keys on lines, and its answer.
    pub(crate) fn login(&mut self, stage: u8, next: Option<u8>, keys: &str) -> Pdu {
        let request = self.login_request(stage, next);
        self.login_with(request, &text(keys))
    }

    pub(crate) fn login_request(&self, stage: u8, next: Option<u8>) -> LoginRequest {
        LoginRequest {
            flags: LoginFlags {
                transit: next.is_some(),
                continues: false,
                current: Stage(stage),
                next: Stage(next.unwrap_or(0)),
            },
            version_max: 0,
            version_min: 0,
            isid: ISID,
            tsih: 0,
            initiator_task_tag: 0x77,
            cid: 1,
            cmd_sn: self.cmd_sn,
            exp_stat_sn: 0,
        }
    }

    pub(crate) fn login_with(&mut self, request: LoginRequest, text: &[u8]) -> Pdu {
        let mut bhs = request.encode();
        bhs.set_immediate(true);
        self.send(bhs, text);
        let event = self.event();
        let is_about_logins =
            matches!(event, None | Some(Event::LoggedIn(_) | Event::Closed(CloseReason::LoginFailed(_))));
        assert!(is_about_logins, "{event:?}");
        self.one()
    }

    /// Gives a PDU to the target, with padding and digests.
    pub(crate) fn send(&mut self, mut bhs: Bhs, data: &[u8]) {
        bhs.set_data_length(data.len());
        let mut bytes = bhs.0.to_vec();
        if self.header_digest {
            bytes.extend(crc32c::crc32c(&bhs.0).to_le_bytes());
        }
        let start = bytes.len();
        bytes.extend_from_slice(data);
        bytes.resize(start + data.len() + padding(data.len()), 0);
        if self.data_digest && !data.is_empty() {
            let digest = crc32c::crc32c(&bytes[start..]);
            bytes.extend(digest.to_le_bytes());
        }
        self.send_bytes(&bytes);
    }

    pub(crate) fn send_bytes(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let room = self.connection.receive_buffer();
            if room.is_empty() {
                return;
            }
            let count = room.len().min(bytes.len());
            room[..count].copy_from_slice(&bytes[..count]);
            self.connection.received(count);
            bytes = &bytes[count..];
            // Whatever happened stays for the test to look at.
            if !bytes.is_empty()
                && let Some(event) = self.connection.poll_event(self.now)
            {
                panic!("{event:?} while {} bytes were still to be received", bytes.len());
            }
        }
    }

    pub(crate) fn event(&mut self) -> Option<Event> {
        self.connection.poll_event(self.now)
    }

    pub(crate) fn command(&mut self) -> Command {
        match self.event() {
            Some(Event::Command(command)) => command,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn closed(&mut self) -> CloseReason {
        match self.event() {
            Some(Event::Closed(reason)) => reason,
            other => panic!("{other:?}"),
        }
    }

    /// Everything that the target has to send.
    pub(crate) fn take(&mut self) -> Vec<Pdu> {
        let bytes = output(&self.connection);
        self.connection.sent(bytes.len());
        parse(&bytes, self.header_digest, self.data_digest)
    }

    /// The only PDU that the target has to send.
    pub(crate) fn one(&mut self) -> Pdu {
        let mut pdus = self.take();
        assert_eq!(pdus.len(), 1, "{pdus:?}");
        pdus.remove(0)
    }

    /// Lets the target work and expects one answer, no event.
    pub(crate) fn answer(&mut self) -> Pdu {
        if let Some(event) = self.event() {
            panic!("unexpected {event:?}");
        }
        self.one()
    }

    /// A command in order; the next one follows it.
    pub(crate) fn scsi(&mut self, flags: CommandFlags, expected: u32, data: &[u8]) -> ScsiCommand {
        let header = self.header(flags, expected);
        self.send(header.encode(), data);
        header
    }

    /// A ping whose place in the order is the next one.
    pub(crate) fn ping(&self) -> NopOut {
        NopOut {
            lun: Lun::ZERO,
            initiator_task_tag: 0x800,
            target_transfer_tag: RESERVED_TAG,
            cmd_sn: self.cmd_sn,
            exp_stat_sn: 0,
        }
    }

    pub(crate) fn header(&mut self, flags: CommandFlags, expected: u32) -> ScsiCommand {
        self.itt += 1;
        let cmd_sn = self.cmd_sn;
        self.cmd_sn = cmd_sn.wrapping_add(1);
        ScsiCommand {
            flags: flags.with_attribute(TaskAttribute::Simple),
            lun: Lun::ZERO,
            initiator_task_tag: self.itt,
            expected_data_transfer_length: expected,
            cmd_sn,
            exp_stat_sn: 0,
            cdb: [0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0],
        }
    }

    /// Data for a request for data, in one PDU.
    pub(crate) fn data_out(&mut self, r2t: &ReadyToTransfer, data: &[u8]) {
        let header = DataOut {
            flags: DataFlags::FINAL,
            lun: r2t.lun,
            initiator_task_tag: r2t.initiator_task_tag,
            target_transfer_tag: r2t.target_transfer_tag,
            exp_stat_sn: 0,
            data_sn: 0,
            buffer_offset: r2t.buffer_offset,
        };
        self.send(header.encode(), data);
    }
}

/// Lines as NUL-terminated pairs.
pub(crate) fn text(lines: &str) -> Vec<u8> {
    lines.lines().filter(|line| !line.is_empty()).flat_map(|line| line.bytes().chain([0])).collect()
}

/// All bytes that a connection has to send.
pub(crate) fn output(connection: &Connection) -> Vec<u8> {
    let mut slices = [IoSlice::new(&[]); 1024];
    let count = connection.output(&mut slices);
    slices[..count].iter().flat_map(|slice| slice.to_vec()).collect()
}

/// PDUs out of bytes; panics when they are not whole or a digest is wrong.
pub(crate) fn parse(mut bytes: &[u8], header_digest: bool, data_digest: bool) -> Vec<Pdu> {
    let mut pdus = Vec::new();
    while !bytes.is_empty() {
        let bhs = Bhs(*bytes.first_chunk().expect("a whole header"));
        assert_eq!(bhs.additional_length(), 0);
        bytes = &bytes[48..];
        if header_digest {
            assert_eq!(bytes[..4], crc32c::crc32c(&bhs.0).to_le_bytes());
            bytes = &bytes[4..];
        }
        let length = bhs.data_length();
        let padded = length + padding(length);
        let data = bytes[..length].to_vec();
        assert!(bytes[length..padded].iter().all(|byte| *byte == 0));
        if data_digest && length > 0 {
            assert_eq!(bytes[padded..padded + 4], crc32c::crc32c(&bytes[..padded]).to_le_bytes());
            bytes = &bytes[4..];
        }
        bytes = &bytes[padded..];
        pdus.push(Pdu { bhs, data });
    }
    pdus
}
