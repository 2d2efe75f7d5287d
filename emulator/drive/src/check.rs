//! How a command ends that is not carried out, or not to its end.

use discrig_disc::Place;
use discrig_wire::Status;
use discrig_wire::command::{CommandSpec, Refusal};
use discrig_wire::sense::{FixedSense, Pointer, SenseCode, codes};

/// What goes beside the code in sense data.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Detail {
    None,
    Information(u32),
    Pointer(Pointer),
    Progress(u16),
}

/// A CHECK CONDITION in the making.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Check {
    code: SenseCode,
    detail: Detail,
    deferred: bool,
}

impl Check {
    pub(crate) const fn new(code: SenseCode) -> Check {
        Check { code, detail: Detail::None, deferred: false }
    }

    /// An error of an earlier command.
    pub(crate) const fn deferred(code: SenseCode) -> Check {
        Check { code, detail: Detail::None, deferred: true }
    }

    /// The failing block.
    pub(crate) const fn at_block(code: SenseCode, block: u32) -> Check {
        Check { code, detail: Detail::Information(block), deferred: false }
    }

    pub(crate) const fn progress(code: SenseCode, numerator: u16) -> Check {
        Check { code, detail: Detail::Progress(numerator), deferred: false }
    }

    /// An illegal field of a CDB, by its name in the command table.
    pub(crate) fn field(spec: &CommandSpec, name: &str) -> Check {
        let detail = spec.field(name).map_or(Detail::None, |field| Detail::Pointer(field.pointer()));
        Check { code: codes::INVALID_FIELD_IN_CDB, detail, deferred: false }
    }

    /// What the rules of the medium refuse; a field is one of this command.
    pub(crate) fn of(spec: &CommandSpec, refusal: discrig_disc::Refusal) -> Check {
        match refusal.place {
            Place::Field(name) => Check::field(spec, name),
            _ => Check::from(refusal),
        }
    }

    /// An illegal bit of a parameter list.
    pub(crate) const fn parameter(byte: u16, bit: Option<u8>) -> Check {
        let pointer = Pointer { in_cdb: false, byte, bit };
        Check {
            code: codes::INVALID_FIELD_IN_PARAMETER_LIST,
            detail: Detail::Pointer(pointer),
            deferred: false,
        }
    }

    pub(crate) const fn code(&self) -> SenseCode {
        self.code
    }

    /// The numerator of the progress, where there is one.
    pub(crate) const fn progress_numerator(&self) -> Option<u16> {
        match self.detail {
            Detail::Progress(numerator) => Some(numerator),
            _ => None,
        }
    }

    pub(crate) const fn sense(&self) -> FixedSense {
        let sense = FixedSense::new(self.code);
        let sense = match self.detail {
            Detail::None => sense,
            Detail::Information(block) => sense.information(block),
            Detail::Pointer(pointer) => sense.pointer(pointer),
            Detail::Progress(numerator) => sense.progress(numerator),
        };
        if self.deferred { sense.deferred() } else { sense }
    }
}

impl From<discrig_disc::Refusal> for Check {
    fn from(refusal: discrig_disc::Refusal) -> Check {
        let detail = match refusal.place {
            Place::Block(block) => Detail::Information(block as u32),
            Place::Field(_) | Place::None => Detail::None,
            Place::Parameter(byte, bit) => Detail::Pointer(Pointer { in_cdb: false, byte, bit }),
        };
        Check { code: refusal.code, detail, deferred: false }
    }
}

impl From<Refusal> for Check {
    fn from(refusal: Refusal) -> Check {
        match refusal {
            Refusal::ReservedBit { byte, bit } => Check {
                code: codes::INVALID_FIELD_IN_CDB,
                detail: Detail::Pointer(Pointer { in_cdb: true, byte: byte.into(), bit: Some(bit) }),
                deferred: false,
            },
            Refusal::UnknownOpcode(_) => Check::new(codes::INVALID_COMMAND_OPERATION_CODE),
            Refusal::UnknownServiceAction(..) => Check {
                code: codes::INVALID_FIELD_IN_CDB,
                detail: Detail::Pointer(Pointer { in_cdb: true, byte: 1, bit: Some(4) }),
                deferred: false,
            },
            Refusal::WrongLength { .. } => Check::new(codes::INVALID_FIELD_IN_CDB),
        }
    }
}

/// Why a command is not carried out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Refused {
    /// CHECK CONDITION.
    Check(Check),
    /// A status without sense.
    Status(Status),
}

impl From<Check> for Refused {
    fn from(check: Check) -> Refused {
        Refused::Check(check)
    }
}

impl From<discrig_disc::Refusal> for Refused {
    fn from(refusal: discrig_disc::Refusal) -> Refused {
        Refused::Check(refusal.into())
    }
}

impl From<SenseCode> for Refused {
    fn from(code: SenseCode) -> Refused {
        Refused::Check(Check::new(code))
    }
}
