//! GET CONFIGURATION: profiles and features (MMC-5 5 and 6.6).

mod profile;
mod table;

pub use profile::Profile;
pub use table::*;

use crate::ascii::trimmed;
use crate::error::WireError;
use crate::layout::{Layout, codes, layout};
use crate::records::Records;
use crate::reply::Reply;

codes! {
    /// What a GET CONFIGURATION asks for (RT field, MMC-5 6.6.2.1).
    pub struct RequestedType(u8) {
        ALL = 0 "all features from the starting one on",
        CURRENT = 1 "current features from the starting one on",
        ONE = 2 "the starting feature alone",
    }
}

layout! {
    /// What stands before the descriptors of a GET CONFIGURATION answer.
    pub struct ConfigurationHeader: "GET CONFIGURATION header", size 8, needs 8 {
        data_length: u32 = 0[7; 32] "Bytes after byte 3, whatever the allocation length cut off; 4 when there is no descriptor.",
        current_profile: Profile = 6[7; 16] "What the drive with its medium is just now.",
    }

    /// What stands before the payload of a feature.
    pub struct FeatureHeader: "feature descriptor", size 4, needs 4 {
        code: FeatureCode = 0[7; 16] "Which feature.",
        version: u8 = 2[5; 4] "Which form of its descriptor.",
        persistent: bool = 2[1; 1] "It is always current.",
        current: bool = 2[0; 1] "It works now.",
        additional_length: u8 = 3[7; 8] "Bytes of payload, a multiple of four.",
    }
}

/// A row of the feature table.
#[derive(Debug)]
pub struct FeatureSpec {
    /// The feature's number.
    pub code: FeatureCode,
    /// The standard's name.
    pub name: &'static str,
    /// Version of the descriptor that the table describes.
    pub version: u8,
    /// Payload in bytes without what has a variable length.
    pub additional_length: u8,
    /// Whether it is always current on a drive that has it.
    pub persistent: bool,
    /// Where the feature is specified.
    pub clause: &'static str,
}

impl FeatureSpec {
    /// The row for `code`.
    #[must_use]
    pub fn of(code: FeatureCode) -> Option<&'static FeatureSpec> {
        FEATURES.binary_search_by_key(&code, |spec| spec.code).ok().map(|row| FEATURES[row])
    }

    fn header(&self, version: u8, current: bool, tail: usize) -> FeatureHeader {
        FeatureHeader {
            code: self.code,
            version,
            persistent: self.persistent,
            current: current || self.persistent,
            additional_length: (usize::from(self.additional_length) + tail.next_multiple_of(4)).min(252)
                as u8,
        }
    }
}

/// A feature descriptor as it came or goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FeatureDescriptor<'a> {
    /// Which feature.
    pub code: FeatureCode,
    /// Which form of its descriptor.
    pub version: u8,
    /// It is always current.
    pub persistent: bool,
    /// It works now.
    pub current: bool,
    /// What follows the additional length.
    pub payload: &'a [u8],
}

impl<'a> FeatureDescriptor<'a> {
    /// Reads a descriptor; what follows it is ignored.
    ///
    /// # Errors
    /// [`WireError::Truncated`] when it is cut.
    pub fn parse(bytes: &'a [u8]) -> Result<FeatureDescriptor<'a>, WireError> {
        let header = FeatureHeader::parse(bytes)?;
        let end = FeatureHeader::SIZE + usize::from(header.additional_length);
        let bytes = crate::error::need(FeatureHeader::NAME, bytes, end)?;
        Ok(FeatureDescriptor {
            code: header.code,
            version: header.version,
            persistent: header.persistent,
            current: header.current,
            payload: &bytes[FeatureHeader::SIZE..],
        })
    }

    /// Appends the descriptor; its additional length is the payload's, of which 255 bytes at most are sent.
    pub fn encode(&self, reply: &mut Reply<'_>) {
        let payload = &self.payload[..self.payload.len().min(usize::from(u8::MAX))];
        let FeatureDescriptor { code, version, persistent, current, .. } = *self;
        FeatureHeader { code, version, persistent, current, additional_length: payload.len() as u8 }
            .encode(reply);
        reply.put(payload);
    }

    /// The profiles of feature 0000h with their current bits, or `None` on another feature.
    pub fn profiles(&self) -> Option<impl Iterator<Item = (Profile, bool)> + use<'a>> {
        (self.code == FeatureCode::PROFILE_LIST).then(|| {
            self.payload
                .chunks_exact(4)
                .map(|entry| (Profile(u16::from_be_bytes([entry[0], entry[1]])), entry[2] & 1 != 0))
        })
    }

    /// The serial number of feature 0108h without padding, or `None` on another feature.
    #[must_use]
    pub fn serial_number(&self) -> Option<&'a str> {
        (self.code == FeatureCode::DRIVE_SERIAL_NUMBER).then(|| trimmed(self.payload))
    }

    /// The link sizes of features 0021h and 0033h, or `None` on another feature.
    #[must_use]
    pub fn link_sizes(&self) -> Option<&'a [u8]> {
        let known = [FeatureCode::INCREMENTAL_STREAMING_WRITABLE, FeatureCode::LAYER_JUMP_RECORDING];
        known.contains(&self.code).then(|| {
            let count = usize::from(self.payload.get(3).copied().unwrap_or(0));
            let sizes = self.payload.get(4..).unwrap_or(&[]);
            &sizes[..count.min(sizes.len())]
        })
    }
}

/// A GET CONFIGURATION answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Configuration<'a> {
    /// The length that the drive reports.
    pub data_length: u32,
    /// What the drive with its medium is just now.
    pub current_profile: Profile,
    /// Everything after the header.
    descriptors: &'a [u8],
}

impl<'a> Configuration<'a> {
    /// Reads an answer.
    ///
    /// # Errors
    /// [`WireError::Truncated`] below 8 bytes, [`WireError::LengthMismatch`] when the data length does not even cover the header.
    pub fn parse(bytes: &'a [u8]) -> Result<Configuration<'a>, WireError> {
        let header = ConfigurationHeader::parse(bytes)?;
        if header.data_length < 4 {
            return Err(WireError::LengthMismatch {
                structure: ConfigurationHeader::NAME,
                said: header.data_length as usize,
                present: ConfigurationHeader::SIZE - 4,
            });
        }
        Ok(Configuration {
            data_length: header.data_length,
            current_profile: header.current_profile,
            descriptors: &bytes[ConfigurationHeader::SIZE..],
        })
    }

    /// The descriptors in their order. See [`FeatureDescriptors`].
    #[must_use]
    pub fn features(&self) -> FeatureDescriptors<'a> {
        FeatureDescriptors {
            records: Records::new(
                FeatureHeader::NAME,
                self.descriptors,
                (self.data_length as usize).saturating_sub(4),
                FeatureHeader::SIZE,
                |record| FeatureHeader::SIZE + usize::from(record[3]),
            ),
        }
    }

    /// The first descriptor with `code` that is whole.
    #[must_use]
    pub fn feature(&self, code: FeatureCode) -> Option<FeatureDescriptor<'a>> {
        self.features().filter_map(Result::ok).find(|feature| feature.code == code)
    }

    /// Appends an answer: the header, what `features` appends, and the length of both.
    pub fn encode(current_profile: Profile, reply: &mut Reply<'_>, features: impl FnOnce(&mut Reply<'_>)) {
        let start = reply.length();
        ConfigurationHeader { data_length: 0, current_profile }.encode(reply);
        features(reply);
        reply.patch_length_u32(start, start + 4);
    }
}

/// The descriptors of an answer. One that the allocation length cut ends the walk; one that contradicts the data length is an error.
#[derive(Clone, Debug)]
pub struct FeatureDescriptors<'a> {
    records: Records<'a>,
}

impl<'a> Iterator for FeatureDescriptors<'a> {
    type Item = Result<FeatureDescriptor<'a>, WireError>;

    fn next(&mut self) -> Option<Result<FeatureDescriptor<'a>, WireError>> {
        self.records.next().map(|record| record.and_then(FeatureDescriptor::parse))
    }
}

impl ProfileList {
    /// Appends feature 0000h with these profiles and their current bits; the first 62 fit.
    pub fn encode_list(profiles: impl IntoIterator<Item = (Profile, bool)>, reply: &mut Reply<'_>) {
        let start = reply.length();
        ProfileList {}.encode(true, reply);
        for (profile, current) in profiles.into_iter().take(62) {
            reply.put_u16(profile.0);
            reply.put(&[u8::from(current), 0]);
        }
        let payload = reply.length() - start - FeatureHeader::SIZE;
        reply.patch(start + 3, &[payload as u8]);
    }
}

#[cfg(test)]
mod tests;
