//! Tests of libiscsi that contradict what holds for optical drives.

/// One test and why its failure is none of the drive.
#[derive(Debug)]
pub(crate) struct Exception {
    /// The test, as `iscsi-test-cu -l` names it.
    pub(crate) test: &'static str,
    /// What is wrong with it.
    pub(crate) reason: &'static str,
    /// Where it stands.
    pub(crate) clause: &'static str,
}

const fn except(test: &'static str, reason: &'static str, clause: &'static str) -> Exception {
    Exception { test, reason, clause }
}

const BYTCHK: &str = "it sets BYTCHK, which is zero in MMC";
const NO_BLOCKS: &str = "it wants an error for writing no blocks, which is none in MMC, wherever it is";
const SHORT_BLOCK: &str = "it writes a block of 2048 bytes with 512 bytes of data";
const POWER: &str = "it sends power conditions that MMC reserves";

/// All of them, by name.
pub(crate) const EXCEPTIONS: &[Exception] = &[
    except(
        "ALL.ModeSense6.Control",
        "it wants page 0Ah, which is none of MMC's, before it skips",
        "MMC-5 7.5",
    ),
    except("ALL.PrinServiceactionRange.Range", "it wants READ FULL STATUS, which is optional", "SPC-3 6.11"),
    except("ALL.ProutReserve.AccessEA", SHORT_BLOCK, "MMC-5 6.44"),
    except("ALL.ProutReserve.AccessEAAR", SHORT_BLOCK, "MMC-5 6.44"),
    except("ALL.ProutReserve.AccessEARO", SHORT_BLOCK, "MMC-5 6.44"),
    except("ALL.ProutReserve.AccessWE", SHORT_BLOCK, "MMC-5 6.44"),
    except("ALL.ProutReserve.AccessWEAR", SHORT_BLOCK, "MMC-5 6.44"),
    except("ALL.ProutReserve.AccessWERO", SHORT_BLOCK, "MMC-5 6.44"),
    except("ALL.StartStopUnit.NoLoej", POWER, "MMC-5 6.40"),
    except(
        "ALL.StartStopUnit.PwrCnd",
        "it sends power conditions that MMC reserves, and sleep, from which only a reset wakes",
        "MMC-5 6.40",
    ),
    except(
        "ALL.StartStopUnit.Simple",
        "it takes the unit attention of a disc that was loaded for an error",
        "SAM-5 5.14",
    ),
    except("ALL.Verify10.BeyondEol", BYTCHK, "MMC-5 6.43"),
    except("ALL.Verify10.Flags", BYTCHK, "MMC-5 6.43"),
    except("ALL.Verify10.Mismatch", BYTCHK, "MMC-5 6.43"),
    except("ALL.Verify10.Simple", BYTCHK, "MMC-5 6.43"),
    except("ALL.Verify10.ZeroBlocks", BYTCHK, "MMC-5 6.43"),
    except("ALL.Verify12.BeyondEol", BYTCHK, "MMC-5 6.43"),
    except("ALL.Verify12.Flags", BYTCHK, "MMC-5 6.43"),
    except("ALL.Verify12.Mismatch", BYTCHK, "MMC-5 6.43"),
    except("ALL.Verify12.Simple", BYTCHK, "MMC-5 6.43"),
    except("ALL.Verify12.ZeroBlocks", BYTCHK, "MMC-5 6.43"),
    except("ALL.Write10.ZeroBlocks", NO_BLOCKS, "MMC-5 6.44"),
    except("ALL.Write12.ZeroBlocks", NO_BLOCKS, "MMC-5 6.45"),
    except("ALL.WriteVerify10.BeyondEol", BYTCHK, "MMC-5 6.46"),
    except("ALL.WriteVerify10.Flags", BYTCHK, "MMC-5 6.46"),
    except("ALL.WriteVerify10.Simple", BYTCHK, "MMC-5 6.46"),
    except("ALL.WriteVerify10.ZeroBlocks", NO_BLOCKS, "MMC-5 6.46"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exceptions_stand_once_and_in_order() {
        assert!(EXCEPTIONS.windows(2).all(|pair| pair[0].test < pair[1].test));
    }
}
