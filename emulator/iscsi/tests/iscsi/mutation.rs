//! Noise: mutated PDUs never bring the target side to its knees, and its limits hold.

use crate::raw::*;
use discrig_iscsi::pdu::*;
use discrig_iscsi::target::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Mutated PDUs of one run; a million where the build is optimised.
const PDUS: u32 = if cfg!(debug_assertions) { 20_000 } else { 1_000_000 };

struct Noise {
    random: ChaCha8Rng,
}

impl Noise {
    fn below(&mut self, limit: u32) -> u32 {
        self.random.next_u32() % limit
    }

    /// Mostly a small number, so that things meet.
    fn number(&mut self) -> u32 {
        match self.below(8) {
            0 => self.random.next_u32(),
            1 => RESERVED_TAG,
            2 => 0,
            _ => self.below(40),
        }
    }

    fn bytes(&mut self, most: u32) -> Vec<u8> {
        let mut bytes = vec![0; self.below(most) as usize];
        self.random.fill_bytes(&mut bytes);
        bytes
    }

    fn text(&mut self) -> Vec<u8> {
        const WORDS: &[&str] = &[
            WHOLE,
            "AuthMethod=None",
            "AuthMethod=CHAP,None",
            "CHAP_A=5",
            "CHAP_N=u",
            "CHAP_R=0x00",
            "CHAP_I=1",
            "CHAP_C=0b",
            "HeaderDigest=CRC32C",
            "DataDigest=CRC32C",
            "InitialR2T=No",
            "ImmediateData=No",
            "MaxBurstLength=512",
            "FirstBurstLength=4096",
            "MaxRecvDataSegmentLength=512",
            "MaxOutstandingR2T=8",
            "SendTargets=All",
            "SendTargets=",
            "X-a=b",
            "=",
            "a",
            "ErrorRecoveryLevel=2",
            "MaxConnections=9999999999",
            "SessionType=Discovery",
        ];
        let words: Vec<_> =
            (0..1 + self.below(5)).map(|_| WORDS[self.below(WORDS.len() as u32) as usize]).collect();
        text(&words.join("\n"))
    }

    /// A request that could be right, before it is mutated.
    fn request(&mut self, cmd_sn: u32) -> (Bhs, Vec<u8>) {
        let cmd_sn = if self.below(4) == 0 { cmd_sn.wrapping_add(self.below(6)) } else { cmd_sn };
        let (itt, tag) = (self.number(), self.number());
        let mut bhs = Bhs::blank(Opcode::NOP_OUT);
        self.random.fill_bytes(&mut bhs.0[32..]);
        bhs.0[16..20].copy_from_slice(&itt.to_be_bytes());
        bhs.0[20..24].copy_from_slice(&tag.to_be_bytes());
        bhs.0[24..28].copy_from_slice(&cmd_sn.to_be_bytes());
        let opcodes = Request::OPCODES;
        bhs.0[0] = opcodes[self.below(opcodes.len() as u32) as usize].0;
        if self.below(4) == 0 {
            bhs.0[0] |= 0x40;
        }
        bhs.0[1] = self.below(256) as u8;
        let data = match bhs.opcode() {
            Opcode::LOGIN_REQUEST | Opcode::TEXT_REQUEST => self.text(),
            Opcode::SCSI_COMMAND => {
                bhs.0[20..24].copy_from_slice(&(self.number().wrapping_mul(513)).to_be_bytes());
                self.bytes(2048)
            }
            Opcode::DATA_OUT => {
                bhs.0[36..40].copy_from_slice(&self.below(3).to_be_bytes());
                bhs.0[40..44].copy_from_slice(&(self.below(3) * 512).to_be_bytes());
                self.bytes(2048)
            }
            _ if self.below(4) == 0 => self.bytes(300),
            _ => Vec::new(),
        };
        (bhs, data)
    }

    /// As bytes, with a few of them changed now and then.
    fn pdu(&mut self, cmd_sn: u32) -> Vec<u8> {
        let (mut bhs, data) = self.request(cmd_sn);
        bhs.set_data_length(data.len());
        let mut bytes = bhs.0.to_vec();
        bytes.extend_from_slice(&data);
        bytes.resize(bytes.len() + padding(data.len()), 0);
        if self.below(3) == 0 {
            for _ in 0..=self.below(3) {
                let at = self.below(bytes.len().min(56) as u32) as usize;
                bytes[at] = self.random.next_u32() as u8;
            }
        }
        bytes
    }
}

fn limits() -> Limits {
    Limits {
        queue_depth: 8,
        immediate_requests: 4,
        text_length: 4096,
        data_segment_length: 8192,
        first_burst_length: 4096,
        data_out_length: 65_536,
        session_data_out: 131_072,
        output: 100_000,
        ..Limits::default()
    }
}

/// A connection that may be in any state, and what is outstanding there.
struct Victim {
    wire: Wire,
    tasks: Vec<TaskId>,
    requests: Vec<RequestId>,
    held: usize,
}

impl Victim {
    fn new(portal: &Portal, noise: &mut Noise) -> Victim {
        let wire = match noise.below(8) {
            0 => Wire::new(portal),
            1 => Wire::logged_in(portal, "InitialR2T=No\nMaxOutstandingR2T=4"),
            2 => Wire::logged_in(portal, "ImmediateData=No\nMaxBurstLength=512"),
            _ => Wire::logged_in(portal, "InitialR2T=No\nFirstBurstLength=1024"),
        };
        Victim { wire, tasks: Vec::new(), requests: Vec::new(), held: 0 }
    }

    /// Takes what happened, answers some of it; `false` when the connection is over.
    fn serve(&mut self, noise: &mut Noise) -> bool {
        while let Some(event) = self.wire.event() {
            match event {
                Event::Closed(_) => return false,
                Event::Command(command) => {
                    assert!(command.data_out.len() <= limits().data_out_length as usize);
                    self.held += command.data_out.len();
                    self.tasks.push(command.task);
                }
                Event::LoggedIn(_) => {}
                Event::TaskManagement(request) => self.requests.push(request.request),
            }
        }
        assert!(self.tasks.len() + self.requests.len() <= 200, "tasks pile up");
        assert!(
            self.held <= limits().session_data_out + limits().data_out_length as usize + 12 * 4096,
            "{}",
            self.held
        );
        if noise.below(3) > 0 {
            for task in self.tasks.drain(..) {
                let length = u64::from(noise.below(10_000));
                if noise.below(2) == 0 {
                    self.wire.connection.respond_with_data(
                        task,
                        &Outcome::good(length),
                        vec![1; length as usize],
                    );
                } else {
                    self.wire.connection.respond_with(task, &Outcome::good(length), |buffer| buffer.len());
                }
            }
            self.held = 0;
            for request in self.requests.drain(..) {
                let code = TaskManagementResponseCode(noise.below(2) as u8);
                self.wire.connection.respond_task_management(NOW, request, code);
            }
        }
        let most = limits().output + 16 * (10_000 + 8192) + 65_536;
        assert!(self.wire.connection.output_length() <= most, "{}", self.wire.connection.output_length());
        if noise.below(2) == 0 {
            for pdu in self.wire.take() {
                assert!(Response::parse(&pdu.bhs).is_some());
            }
        }
        true
    }
}

#[test]
fn noise_does_no_harm() {
    let portal = portal(limits());
    let mut noise = Noise { random: ChaCha8Rng::seed_from_u64(20) };
    let mut victim = Victim::new(&portal, &mut noise);
    let (mut lives, mut answers) = (0_u32, 0_u32);
    for _ in 0..PDUS {
        let bytes = noise.pdu(victim.wire.cmd_sn);
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            let cut = 1 + noise.below(rest.len() as u32) as usize;
            let room = victim.wire.connection.receive_buffer();
            let count = cut.min(room.len());
            room[..count].copy_from_slice(&rest[..count]);
            victim.wire.connection.received(count);
            rest = &rest[count..];
            let output = victim.wire.connection.output_length();
            if !victim.serve(&mut noise) {
                victim = Victim::new(&portal, &mut noise);
                lives += 1;
                break;
            }
            answers += u32::from(victim.wire.connection.output_length() != output);
        }
        victim.wire.cmd_sn = victim.wire.cmd_sn.wrapping_add(noise.below(2));
    }
    assert!(lives > PDUS / 1000 && answers > PDUS / 20, "the noise is too poor: {lives} {answers}");
    drop(victim);
    assert_eq!((portal.connections(), portal.sessions().len()), (0, 0));
}

/// The initiator side hears noise from a target.
#[test]
fn the_initiator_bears_noise_as_well() {
    use discrig_iscsi::initiator::{Command, Config, Connection, Data, Event};
    let mut noise = Noise { random: ChaCha8Rng::seed_from_u64(21) };
    for round in 0..PDUS / 100 {
        let portal = portal(Limits::default());
        let mut target = portal.accept(NOW, "a:1", [1; 32]).unwrap();
        let mut initiator =
            Connection::new(Config::new(name(INITIATOR), Some(name(TARGET))), [round as u8; 32]);
        let mut is_over = false;
        for step in 0..60 {
            if initiator.parameters().is_some() {
                let data = if noise.below(2) == 0 { Data::In(5000) } else { Data::Out(vec![1; 5000]) };
                let _ = initiator.command(Command { data, ..Command::default() });
            }
            let mut slices = [std::io::IoSlice::new(&[]); 64];
            let count = initiator.output(&mut slices);
            let bytes: Vec<u8> = slices[..count].iter().flat_map(|slice| slice.to_vec()).collect();
            initiator.sent(bytes.len());
            let room = target.receive_buffer();
            let count = bytes.len().min(room.len());
            room[..count].copy_from_slice(&bytes[..count]);
            target.received(count);
            while let Some(event) = target.poll_event(NOW) {
                if let discrig_iscsi::target::Event::Command(command) = event {
                    target.respond_with(command.task, &Outcome::good(5000), |buffer| buffer.len());
                }
            }
            let mut bytes = output(&target);
            target.sent(bytes.len());
            if step > 3 && noise.below(4) == 0 && !bytes.is_empty() {
                let at = noise.below(bytes.len().min(100) as u32) as usize;
                bytes[at] = noise.random.next_u32() as u8;
            }
            let room = initiator.receive_buffer();
            let count = bytes.len().min(room.len());
            room[..count].copy_from_slice(&bytes[..count]);
            initiator.received(count);
            while let Some(event) = initiator.poll_event() {
                is_over |= matches!(event, Event::Closed(_));
            }
            if is_over {
                assert!(initiator.receive_buffer().is_empty());
                break;
            }
        }
    }
}
