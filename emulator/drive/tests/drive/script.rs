//! Commands and their answers as text, a line each: `CDB [data out] => answer`.
//!
//! Bytes are hexadecimal; `00*6` stands for six of them. An answer is
//! - `GOOD`, with whatever data; `empty`, without any; `length 2352`, with so many bytes;
//! - the data, where a `.` stands for any digit, so `..` for any byte, and a last `*` for any further ones;
//! - the sense (`05/24/00`, also `05/24/00 cdb 1.2`), or several that are permitted: `05/21/00|05/64/00`.
//!
//! A line that begins with `B>` comes from another nexus; `//` begins a comment. Other lines are:
//!
//! | line | what |
//! |---|---|
//! | `select 41 C4 08 20` | MODE SELECT(10) of page 05h: bytes 2 to 4, and the packet size where there is one |
//! | `page 08 0A 00*10` | MODE SELECT(10) of any page, which succeeds |
//! | `fill 1C4 300 22*2352` | WRITE(10)s of so many blocks like this one from an address (hexadecimal) on |
//! | `wait 60` | time passes, in seconds |
//! | `ready 600` | TEST UNIT READY every second until it succeeds, for so many seconds at most |
//! | `power`, `reset` | the power goes and comes back; the logical unit is reset |
//! | `eject` | the disc is taken out and put back |
//! | `settle` | unit attentions and events are read by both nexuses |

use crate::rig::{A, B, EJECT, LOAD, Rig, ending, hex};
use core::time::Duration;
use discrig_device::{Device, Request};
use discrig_drive::HostEvent;
use discrig_wire::Cdb;

/// Most bytes of one answer.
const MOST: usize = 1 << 21;
/// Long enough for a format that is waited for.
const PATIENCE: Duration = Duration::from_secs(100_000);
/// Blocks of one WRITE of `fill`.
const CHUNK: u32 = 32;

impl Rig {
    /// Plays a script; every line that is answered otherwise is reported.
    pub(crate) fn script(&mut self, script: &str) -> &mut Rig {
        let mut wrong = Vec::new();
        for line in script.lines() {
            let line = line.split("//").next().unwrap_or_default().trim();
            if !line.is_empty()
                && let Err(seen) = self.line(line)
            {
                wrong.push(format!("{line}\n     was {seen}"));
            }
        }
        assert!(wrong.is_empty(), "answered otherwise:\n{}", wrong.join("\n"));
        self
    }

    fn line(&mut self, line: &str) -> Result<(), String> {
        let Some((command, expected)) = line.split_once("=>") else { return self.directive(line) };
        let (nexus, command) = match command.trim().strip_prefix("B>") {
            Some(command) => (B, command),
            None => (A, command.trim()),
        };
        let (ends, data) = self.exchange(nexus, command);
        if matches(expected.trim(), &ends, &data) {
            return Ok(());
        }
        let shown = hex(&data[..data.len().min(96)]);
        Err(if ends == "GOOD" { format!("{} bytes: {shown}", data.len()) } else { ends })
    }

    /// A command and its data: how it ends, and what came.
    fn exchange(&mut self, nexus: u16, command: &str) -> (String, Vec<u8>) {
        let (cdb, data_out) = match command.split_once('[') {
            Some((cdb, data)) => (cdb, Some(bytes(data.trim_end().trim_end_matches(']')))),
            None => (command, None),
        };
        let cdb = Cdb::new(&bytes(cdb)).unwrap();
        let mut buffer = vec![0; MOST];
        let request = match &data_out {
            Some(data) => Request::output(cdb, data, PATIENCE),
            None => Request::input(cdb, &mut buffer, PATIENCE),
        };
        let answer = self.port(nexus).execute(request).unwrap();
        let length = if data_out.is_some() { 0 } else { answer.transferred };
        buffer.truncate(length);
        (ending(&answer), buffer)
    }

    fn directive(&mut self, line: &str) -> Result<(), String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["select", ref values @ ..] => self.select(&bytes(&values.join(" "))),
            ["page", ref values @ ..] => self.page(&bytes(&values.join(" "))),
            ["fill", first, count, ref block @ ..] => {
                let first = u32::from_str_radix(first, 16).unwrap();
                self.fill(first, count.parse().unwrap(), &bytes(&block.join(" ")))
            }
            ["wait", seconds] => {
                self.wait(Duration::from_secs(seconds.parse().unwrap()));
                Ok(())
            }
            ["ready", seconds] => self.until_ready(seconds.parse().unwrap()),
            ["power"] => {
                self.happen(HostEvent::PowerCycle);
                self.wait(Duration::from_secs(60));
                self.settle();
                Ok(())
            }
            ["reset"] => {
                self.happen(HostEvent::LogicalUnitReset);
                self.settle();
                Ok(())
            }
            ["eject"] => {
                self.ask(A, EJECT);
                self.ask(A, LOAD);
                self.settle();
                Ok(())
            }
            ["settle"] => {
                self.settle();
                Ok(())
            }
            _ => panic!("no such line: {line}"),
        }
    }

    fn page(&mut self, page: &[u8]) -> Result<(), String> {
        let list = [&[0; 8], page].concat();
        let cdb = format!("55 10 00 00 00 00 00 00 {:02X} 00", list.len());
        good(self.tell(A, &cdb, &list))?;
        self.settle();
        Ok(())
    }

    fn select(&mut self, values: &[u8]) -> Result<(), String> {
        let mut page = [0; 52];
        page[..2].copy_from_slice(&[0x05, 0x32]);
        page[2..5].copy_from_slice(&values[..3]);
        page[5] = 0x10;
        page[13] = values.get(3).copied().unwrap_or(0);
        page[15] = 150;
        self.page(&page)
    }

    fn fill(&mut self, first: u32, count: u32, block: &[u8]) -> Result<(), String> {
        for at in (0..count).step_by(CHUNK as usize) {
            let blocks = CHUNK.min(count - at);
            let address = hex(&first.wrapping_add(at).to_be_bytes());
            let data = block.repeat(blocks as usize);
            good(self.tell(A, &format!("2A 00 {address} 00 00 {blocks:02X} 00"), &data))
                .map_err(|ends| format!("{ends} {at} blocks further"))?;
        }
        Ok(())
    }

    fn until_ready(&mut self, seconds: u32) -> Result<(), String> {
        for _ in 0..seconds {
            if self.ask(A, "00 00 00 00 00 00") == "GOOD" {
                return Ok(());
            }
            self.wait(Duration::from_secs(1));
        }
        Err(self.ask(A, "00 00 00 00 00 00"))
    }
}

fn good(ends: String) -> Result<(), String> {
    if ends == "GOOD" { Ok(()) } else { Err(ends) }
}

/// A byte, how often.
fn repeated(word: &str) -> (&str, usize) {
    word.split_once('*').map_or((word, 1), |(byte, count)| (byte, count.parse().unwrap()))
}

/// Bytes from text.
pub(crate) fn bytes(text: &str) -> Vec<u8> {
    let one = |word| {
        let (byte, count) = repeated(word);
        let byte = u8::from_str_radix(byte, 16).unwrap_or_else(|_| panic!("{word} is no byte"));
        core::iter::repeat_n(byte, count)
    };
    text.split_whitespace().flat_map(one).collect()
}

fn matches(expected: &str, ends: &str, data: &[u8]) -> bool {
    if expected == "GOOD" || expected.get(2..3) == Some("/") || expected.contains('|') {
        return expected.split('|').any(|permitted| ends == permitted || ends.get(..8) == Some(permitted));
    }
    ends == "GOOD"
        && match expected.split_once(' ') {
            None if expected == "empty" => data.is_empty(),
            Some(("length", length)) => data.len() == length.parse::<usize>().unwrap(),
            _ => matches_data(expected, data),
        }
}

/// Whether a byte is this one, each of whose digits can be any (`.`).
fn is(pattern: &str, byte: u8) -> bool {
    let digits = format!("{byte:02X}");
    pattern.len() == 2
        && pattern.chars().zip(digits.chars()).all(|(wanted, is)| wanted == '.' || wanted == is)
}

fn matches_data(expected: &str, data: &[u8]) -> bool {
    let mut rest = data;
    for word in expected.split_whitespace() {
        if word == "*" {
            return true;
        }
        let (byte, count) = repeated(word);
        let Some((here, behind)) = rest.split_at_checked(count) else { return false };
        rest = behind;
        if here.iter().any(|it| !is(byte, *it)) {
            return false;
        }
    }
    rest.is_empty()
}
