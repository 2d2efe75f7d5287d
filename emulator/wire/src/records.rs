//! Lists of records of variable length, and bodies of announced length.

use crate::error::WireError;

/// Walks a list whose header announces its size and whose records say their own.
///
/// What lies beyond the announced size is ignored: initiators' buffers are often larger than the answer. When fewer bytes are there than
/// announced, the answer was cut at the allocation length, and a record that is cut ends the walk in silence. A record that sticks out of a
/// list that was not cut contradicts it: that is an error, and the end.
#[derive(Clone, Debug)]
pub(crate) struct Records<'a> {
    structure: &'static str,
    rest: &'a [u8],
    cut: bool,
    header: usize,
    size: fn(&[u8]) -> usize,
}

impl<'a> Records<'a> {
    /// Walks the first `announced` of `bytes`. Each record has a header of at least `header` bytes (not zero) from which `size` tells the
    /// record's whole size, which is never less.
    pub(crate) fn new(
        structure: &'static str,
        bytes: &'a [u8],
        announced: usize,
        header: usize,
        size: fn(&[u8]) -> usize,
    ) -> Records<'a> {
        let present = announced.min(bytes.len());
        Records { structure, rest: &bytes[..present], cut: announced > bytes.len(), header, size }
    }

    fn stop(&mut self, error: WireError) -> Option<Result<&'a [u8], WireError>> {
        self.rest = &[];
        (!self.cut).then_some(Err(error))
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<&'a [u8], WireError>;

    fn next(&mut self) -> Option<Result<&'a [u8], WireError>> {
        let present = self.rest.len();
        if present == 0 {
            return None;
        }
        let structure = self.structure;
        if present < self.header {
            return self.stop(WireError::Truncated { structure, needed: self.header, present });
        }
        let said = (self.size)(self.rest).max(self.header);
        if said > present {
            return self.stop(WireError::LengthMismatch { structure, said, present });
        }
        let (record, rest) = self.rest.split_at(said);
        self.rest = rest;
        Some(Ok(record))
    }
}

/// What follows a header of `header` bytes in data that announce `said` bytes in all: as much as is there, nothing beyond.
pub(crate) fn body_after<'a>(
    structure: &'static str,
    bytes: &'a [u8],
    said: usize,
    header: usize,
) -> Result<&'a [u8], WireError> {
    if said < header {
        return Err(WireError::LengthMismatch { structure, said, present: bytes.len() });
    }
    let end = said.min(bytes.len());
    bytes.get(header..end).ok_or(WireError::Truncated { structure, needed: header, present: bytes.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(bytes: &[u8], announced: usize) -> Vec<Result<&[u8], WireError>> {
        Records::new("list", bytes, announced, 1, |record| 1 + usize::from(record[0])).collect()
    }

    #[test]
    fn whole_cut_and_contradicting_lists() {
        let bytes = [1, 0xAA, 0, 2, 0xBB, 0xCC];
        assert_eq!(walk(&bytes, 6), [Ok(&bytes[..2]), Ok(&bytes[2..3]), Ok(&bytes[3..])]);
        assert_eq!(walk(&bytes, 3), [Ok(&bytes[..2]), Ok(&bytes[2..3])], "the rest is not announced");
        assert_eq!(walk(&bytes[..5], 6), [Ok(&bytes[..2]), Ok(&bytes[2..3])], "cut at the allocation length");
        let contradiction = WireError::LengthMismatch { structure: "list", said: 3, present: 2 };
        assert_eq!(walk(&bytes, 5), [Ok(&bytes[..2]), Ok(&bytes[2..3]), Err(contradiction)]);
    }
}
