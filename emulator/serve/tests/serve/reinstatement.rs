//! A session goes on with another connection.

use crate::host::Host;
use crate::rig::Rig;
use discrig_iscsi::pdu::{
    Bhs, CommandFlags, Isid, LoginFlags, LoginRequest, LoginResponse, LoginStatus, Lun, Response,
    ScsiCommand, ScsiResponse, Stage, TaskAttribute, padding,
};
use discrig_wire::command::{Read10, Reserve6, TestUnitReady};
use discrig_wire::{Cdb, Status};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

const STALL: &str = "[[rule]]\nwhen = { command = 'READ(10)' }\ndo = { stall = {} }\ntimes = 1\n";
const KEYS: &[u8] =
    b"InitiatorName=iqn.2026-11.dev.discrig:raw\0SessionType=Normal\0TargetName=iqn.2026-11.dev.discrig:a\0";

/// A connection whose PDUs are made by hand.
struct Raw {
    stream: TcpStream,
    cmd_sn: u32,
}

impl Raw {
    /// Logs in to a new session, or to the one with a handle.
    fn login(address: SocketAddr, tsih: u16, cmd_sn: u32) -> (Raw, LoginResponse) {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut raw = Raw { stream, cmd_sn };
        let request = LoginRequest {
            flags: LoginFlags {
                transit: true,
                continues: false,
                current: Stage::OPERATIONAL_NEGOTIATION,
                next: Stage::FULL_FEATURE,
            },
            version_max: 0,
            version_min: 0,
            isid: Isid([0x80, 0, 0, 0, 0, 9]),
            tsih,
            initiator_task_tag: 0,
            cid: 1,
            cmd_sn,
            exp_stat_sn: 0,
        };
        let mut bhs = request.encode();
        bhs.set_immediate(true);
        raw.send(bhs, KEYS);
        match raw.receive() {
            Response::Login(response) => (raw, response),
            other => panic!("{other:?}"),
        }
    }

    fn send(&mut self, mut bhs: Bhs, data: &[u8]) {
        bhs.set_data_length(data.len());
        let pad = &[0; 3][..padding(data.len())];
        self.stream.write_all(&[&bhs.0[..], data, pad].concat()).unwrap();
    }

    fn receive(&mut self) -> Response {
        let mut bhs = Bhs([0; Bhs::LENGTH]);
        self.stream.read_exact(&mut bhs.0).unwrap();
        let mut data = vec![0; bhs.data_length() + padding(bhs.data_length())];
        self.stream.read_exact(&mut data).unwrap();
        Response::parse(&bhs).unwrap()
    }

    fn command(&mut self, itt: u32, cdb: impl Into<Cdb>) {
        let header = ScsiCommand {
            flags: CommandFlags::FINAL.with_attribute(TaskAttribute::Simple),
            lun: Lun::ZERO,
            initiator_task_tag: itt,
            expected_data_transfer_length: 0,
            cmd_sn: self.cmd_sn,
            exp_stat_sn: 0,
            cdb: *cdb.into().padded(),
        };
        self.send(header.encode(), &[]);
        self.cmd_sn = self.cmd_sn.wrapping_add(1);
    }

    fn answer(&mut self) -> ScsiResponse {
        match self.receive() {
            Response::ScsiResponse(response) => response,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn the_nexus_stays_and_its_commands_end() {
    let rig = Rig::with_faults(STALL);
    let (mut old, first) = Raw::login(rig.address, 0, 100);
    assert_eq!(first.status, LoginStatus::SUCCESS);
    let mut other = Host::new(rig.address, 1);
    // The unit attention of a new nexus.
    old.command(1, TestUnitReady {});
    old.answer();
    old.command(2, Reserve6::default());
    assert!(old.answer().status.is_good());
    old.command(3, Read10 { transfer_length: 1, ..Read10::default() });
    rig.wait_for_commands(1);
    let (mut new, again) = Raw::login(rig.address, first.tsih, old.cmd_sn);
    assert_eq!((again.status, again.tsih, again.exp_cmd_sn), (LoginStatus::SUCCESS, first.tsih, old.cmd_sn));
    rig.wait_for_commands(0);
    rig.wait_for_sessions(2);
    assert_eq!(old.stream.read(&mut [0; 1]).unwrap(), 0, "the old connection is closed without a word");
    // What the nexus holds it holds still, and nobody is told of a loss.
    new.command(1, TestUnitReady {});
    assert!(new.answer().status.is_good());
    let shut_out = other.execute(TestUnitReady {}, discrig_iscsi::initiator::Data::None);
    assert_eq!(shut_out.status, Status::RESERVATION_CONFLICT);
    drop(new);
    rig.wait_for_sessions(1);
    let (_, gone) = Raw::login(rig.address, first.tsih, 1);
    assert_eq!(gone.status, LoginStatus::SESSION_DOES_NOT_EXIST);
    assert_eq!(other.settle(), []);
}
