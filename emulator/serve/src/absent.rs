//! Logical units that a target does not have (SPC-3, 6.4.1; SAM-5, 4.7): only LUN 0 is a drive.

use discrig_iscsi::target::Outcome;
use discrig_wire::command::{Command, Inquiry, ReportLuns, RequestSense};
use discrig_wire::inquiry::{PeripheralQualifier, PeripheralType, StandardInquiry};
use discrig_wire::luns::LunList;
use discrig_wire::sense::{FixedSense, codes};
use discrig_wire::{Cdb, Reply};

/// What is answered in the place of a logical unit that is not there: the outcome and its data.
pub(crate) fn answer(cdb: &Cdb) -> (Outcome, Vec<u8>) {
    match Command::decode(cdb) {
        Ok(Command::Inquiry(Inquiry { evpd: false, allocation_length, .. })) => {
            good(allocation_length.into(), |reply| {
                StandardInquiry {
                    peripheral_qualifier: PeripheralQualifier::NOT_SUPPORTED,
                    peripheral_type: PeripheralType::UNKNOWN,
                    response_data_format: 2,
                    additional_length: (StandardInquiry::SHORT - 5) as u8,
                    ..StandardInquiry::default()
                }
                .encode(reply);
            })
        }
        Ok(Command::ReportLuns(ReportLuns { allocation_length, .. }))
            if allocation_length >= LunList::LEAST_ALLOCATION =>
        {
            good(allocation_length as usize, |reply| LunList::encode([0], reply))
        }
        Ok(Command::RequestSense(RequestSense { descriptor: false, allocation_length, .. })) => {
            good(allocation_length.into(), |reply| {
                reply.put(FixedSense::new(codes::LOGICAL_UNIT_NOT_SUPPORTED).bytes());
            })
        }
        _ => (Outcome::check_condition(codes::LOGICAL_UNIT_NOT_SUPPORTED), Vec::new()),
    }
}

/// GOOD with the data that `fill` writes, as many as are allowed.
fn good(allocation: usize, fill: impl FnOnce(&mut Reply<'_>)) -> (Outcome, Vec<u8>) {
    let mut data = vec![0; 256];
    let mut reply = Reply::new(&mut data, allocation);
    fill(&mut reply);
    let length = reply.transferred();
    data.truncate(length);
    (Outcome::good(length as u64), data)
}

#[cfg(test)]
mod tests {
    use super::*;
    use discrig_wire::Status;
    use discrig_wire::command::TestUnitReady;

    #[test]
    fn inquiry_says_that_there_is_no_device() {
        let (outcome, data) = answer(&Inquiry { allocation_length: 96, ..Inquiry::default() }.cdb());
        assert_eq!((outcome.status, data.len(), data[0]), (Status::GOOD, 36, 0x7F));
        let (_, short) = answer(&Inquiry { allocation_length: 5, ..Inquiry::default() }.cdb());
        assert_eq!(short, data[..5]);
    }

    #[test]
    fn the_others_are_told_of_the_only_unit() {
        let (outcome, data) = answer(&ReportLuns { allocation_length: 64, ..ReportLuns::default() }.cdb());
        assert_eq!((outcome.status, data.len(), data[3]), (Status::GOOD, 16, 8));
    }

    #[test]
    fn nothing_else_is_there() {
        let (outcome, data) = answer(&TestUnitReady {}.cdb());
        let sense = outcome.sense.code();
        assert_eq!((sense, data.len()), (Some(codes::LOGICAL_UNIT_NOT_SUPPORTED), 0));
        let (outcome, data) =
            answer(&RequestSense { allocation_length: 18, ..RequestSense::default() }.cdb());
        assert_eq!((outcome.status, data[2] & 0x0F, data[12], data.len()), (Status::GOOD, 5, 0x25, 18));
    }
}
