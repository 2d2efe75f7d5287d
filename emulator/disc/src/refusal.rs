//! Why something cannot be done with a disc.

use discrig_wire::sense::{SenseCode, codes};

/// What a refusal points at.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Place {
    /// A block.
    Block(i32),
    /// A field of the command, by its name in the command table.
    Field(&'static str),
    /// Nothing in particular.
    None,
    /// A byte of the parameter list, and the highest bit of the field in it.
    Parameter(u16, Option<u8>),
}

/// The disc, or the rules of its kind, do not permit it; nothing was changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Refusal {
    /// The sense code that a drive answers.
    pub code: SenseCode,
    /// What it points at.
    pub place: Place,
}

impl Refusal {
    /// A refusal that points at nothing.
    #[must_use]
    pub const fn new(code: SenseCode) -> Refusal {
        Refusal { code, place: Place::None }
    }

    /// A refusal that names a block.
    #[must_use]
    pub const fn at_block(code: SenseCode, block: i32) -> Refusal {
        Refusal { code, place: Place::Block(block) }
    }

    /// INVALID FIELD IN CDB, with the name of the field in the command table.
    #[must_use]
    pub const fn field(name: &'static str) -> Refusal {
        Refusal { code: codes::INVALID_FIELD_IN_CDB, place: Place::Field(name) }
    }

    /// INVALID FIELD IN PARAMETER LIST, with its byte and highest bit.
    #[must_use]
    pub const fn parameter(byte: u16, bit: Option<u8>) -> Refusal {
        Refusal { code: codes::INVALID_FIELD_IN_PARAMETER_LIST, place: Place::Parameter(byte, bit) }
    }
}

impl From<SenseCode> for Refusal {
    fn from(code: SenseCode) -> Refusal {
        Refusal::new(code)
    }
}
