//! Error detection code of data sectors (ECMA-130 14.3): a CRC of 32 bits, least significant bit first.

/// The polynomial (x^16 + x^15 + x^2 + 1)(x^16 + x^2 + x + 1), multiplied out and written from x^0 on, as the bits are sent.
const POLYNOMIAL: u32 = 0xD801_8001;

/// Bytes that are taken in one step.
const STEP: usize = 16;

/// What a byte contributes when so many bytes of its step follow it.
static TABLES: [[u32; 256]; STEP] = tables();

const fn tables() -> [[u32; 256]; STEP] {
    let mut tables = [[0; 256]; STEP];
    let mut byte = 0;
    while byte < 256 {
        let mut rest = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            rest = if rest & 1 != 0 { rest >> 1 ^ POLYNOMIAL } else { rest >> 1 };
            bit += 1;
        }
        tables[0][byte] = rest;
        byte += 1;
    }
    let mut follow = 1;
    while follow < STEP {
        let mut byte = 0;
        while byte < 256 {
            let before = tables[follow - 1][byte];
            tables[follow][byte] = before >> 8 ^ tables[0][(before & 0xFF) as usize];
            byte += 1;
        }
        follow += 1;
    }
    tables
}

/// The code of these bytes; in a sector it stands least significant byte first.
#[must_use]
pub fn edc(bytes: &[u8]) -> u32 {
    let (steps, rest) = bytes.as_chunks::<STEP>();
    let mut code = 0u32;
    for step in steps {
        // The code so far counts as if it were added to the first four bytes.
        let mixed = u128::from_le_bytes(*step) ^ u128::from(code);
        code = mixed
            .to_le_bytes()
            .iter()
            .zip(TABLES.iter().rev())
            .fold(0, |code, (byte, table)| code ^ table[usize::from(*byte)]);
    }
    rest.iter().fold(code, |code, byte| code >> 8 ^ TABLES[0][usize::from(code as u8 ^ byte)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Division of the message, each byte from its least significant bit on, by the polynomial as the standard writes it.
    fn by_division(bytes: &[u8]) -> u32 {
        const DIVISOR: u64 = 1 << 32 | 1 << 31 | 1 << 16 | 1 << 15 | 1 << 4 | 1 << 3 | 1 << 1 | 1;
        let bits = bytes.iter().chain(&[0; 4]).flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1));
        let rest = bits.fold(0u64, |rest, bit| {
            let rest = rest << 1 | u64::from(bit);
            if rest >> 32 != 0 { rest ^ DIVISOR } else { rest }
        });
        (rest as u32).reverse_bits()
    }

    #[test]
    fn published_values() {
        // The catalogue's check value of this CRC.
        assert_eq!(edc(b"123456789"), 0x6EC2_EDC4);
        // An empty form 2 sector as it is found on countless discs.
        let mut empty = [0; 2332];
        empty[2] = 0x20;
        empty[6] = 0x20;
        assert_eq!(edc(&empty).to_le_bytes(), [0x3F, 0x13, 0xB0, 0xBE]);
        assert_eq!(edc(&[]), 0);
    }

    proptest! {
        #[test]
        fn tables_agree_with_division(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            prop_assert_eq!(edc(&bytes), by_division(&bytes));
        }
    }
}
