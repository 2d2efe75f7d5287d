//! What a model says in its own bytes where the generic drive says something else.

use core::fmt;
use discrig_wire::inquiry::ClaimedVersion;
use discrig_wire::mode::{DataBlockType, WriteType};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Bytes, as hexadecimal text in data files: `"01 0A 00"`.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Hex(pub Vec<u8>);

impl fmt::Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            write!(f, "{}{byte:02X}", if index == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Hex, D::Error> {
        let text = String::deserialize(deserializer)?;
        let byte = |word: &str| u8::from_str_radix(word, 16).map_err(|_| word.to_owned());
        let bytes: Result<_, _> = text.split_whitespace().map(byte).collect();
        bytes.map(Hex).map_err(|word| D::Error::custom(format!("`{word}` is no byte in hexadecimal")))
    }
}

/// The key of a table in data files: a number in so many hexadecimal digits.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct HexKey<const DIGITS: usize>(pub u16);

impl<const DIGITS: usize> Serialize for HexKey<DIGITS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:0DIGITS$X}", self.0))
    }
}

impl<'de, const DIGITS: usize> Deserialize<'de> for HexKey<DIGITS> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<HexKey<DIGITS>, D::Error> {
        let text = String::deserialize(deserializer)?;
        match u16::from_str_radix(&text, 16) {
            Ok(number) if text.len() == DIGITS => Ok(HexKey(number)),
            _ => Err(D::Error::custom(format!("`{text}` is no number of {DIGITS} hexadecimal digits"))),
        }
    }
}

/// What standard INQUIRY data say beside the names.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct InquiryData {
    /// The standard that is claimed; ATAPI drives say none.
    pub version: ClaimedVersion,
    /// RESPONSE DATA FORMAT; drives of the first ATAPI years say 1.
    pub response_format: u8,
    /// Bytes after byte 4: 31 without, 91 with version descriptors.
    pub additional_length: u8,
    /// HISUP.
    pub hierarchical_support: bool,
    /// NORMACA.
    pub normal_aca: bool,
}

impl Default for InquiryData {
    fn default() -> InquiryData {
        InquiryData {
            version: ClaimedVersion::SPC_3,
            response_format: 2,
            additional_length: 91,
            hierarchical_support: false,
            normal_aca: false,
        }
    }
}

/// The descriptor of a feature as a model sends it.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FeatureData {
    /// The version field.
    pub version: u8,
    /// What follows the additional length: whole four bytes.
    pub data: Hex,
}

/// A mode page as a model sends it, from its code on.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ModePageData {
    /// The default values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Hex>,
    /// The mask of what can be changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changeable: Option<Hex>,
}

/// A way of writing CD that not every recorder has: a write type with what comes with a block.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CdWriteMode {
    /// Packets.
    Packet,
    /// Raw, with packed R to W.
    RawPackedRw,
    /// Raw, with P and Q.
    RawPq,
    /// Raw, with raw R to W.
    RawRawRw,
    /// Session at once.
    Sao,
    /// Session at once, with packed R to W.
    SaoPackedRw,
    /// Session at once, with raw R to W.
    SaoRawRw,
    /// Track at once.
    Tao,
}

impl CdWriteMode {
    /// Every way.
    pub const ALL: &'static [CdWriteMode] = &[
        CdWriteMode::Packet,
        CdWriteMode::RawPackedRw,
        CdWriteMode::RawPq,
        CdWriteMode::RawRawRw,
        CdWriteMode::Sao,
        CdWriteMode::SaoPackedRw,
        CdWriteMode::SaoRawRw,
        CdWriteMode::Tao,
    ];

    /// The way that write parameters ask for, when they are about CD.
    #[must_use]
    pub fn asked_for(write: WriteType, block: DataBlockType) -> Option<CdWriteMode> {
        match (write, block) {
            (WriteType::PACKET, _) => Some(CdWriteMode::Packet),
            (WriteType::TRACK_AT_ONCE, _) => Some(CdWriteMode::Tao),
            (WriteType::SESSION_AT_ONCE, DataBlockType::RAW_WITH_PACKED_RW) => Some(CdWriteMode::SaoPackedRw),
            (WriteType::SESSION_AT_ONCE, DataBlockType::RAW_WITH_RAW_RW) => Some(CdWriteMode::SaoRawRw),
            (WriteType::SESSION_AT_ONCE, _) => Some(CdWriteMode::Sao),
            (WriteType::RAW, DataBlockType::RAW_WITH_PQ) => Some(CdWriteMode::RawPq),
            (WriteType::RAW, DataBlockType::RAW_WITH_PACKED_RW) => Some(CdWriteMode::RawPackedRw),
            (WriteType::RAW, DataBlockType::RAW_WITH_RAW_RW) => Some(CdWriteMode::RawRawRw),
            _ => None,
        }
    }

    /// R to W sub-channels are written.
    #[must_use]
    pub const fn has_sub_channels(self) -> bool {
        matches!(
            self,
            CdWriteMode::RawPackedRw
                | CdWriteMode::RawRawRw
                | CdWriteMode::SaoPackedRw
                | CdWriteMode::SaoRawRw
        )
    }

    /// The write type is raw.
    #[must_use]
    pub const fn is_raw(self) -> bool {
        matches!(self, CdWriteMode::RawPackedRw | CdWriteMode::RawPq | CdWriteMode::RawRawRw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn hexadecimal_text_goes_both_ways_and_mistakes_are_named() {
        let text = "001E = \"03 0 fF\"\n";
        let table: BTreeMap<HexKey<4>, Hex> = toml::from_str(text).unwrap();
        assert_eq!(table[&HexKey(0x1E)].0, [3, 0, 0xFF]);
        assert_eq!(toml::to_string(&table).unwrap().replace('"', ""), "001E = 03 00 FF\n");
        for wrong in ["1E = \"03\"", "001E = \"0x03\"", "00XY = \"\""] {
            assert!(toml::from_str::<BTreeMap<HexKey<4>, Hex>>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn write_parameters_ask_for_one_way() {
        let raw = DataBlockType::RAW_WITH_RAW_RW;
        assert_eq!(CdWriteMode::asked_for(WriteType::RAW, raw), Some(CdWriteMode::RawRawRw));
        assert_eq!(CdWriteMode::asked_for(WriteType::SESSION_AT_ONCE, raw), Some(CdWriteMode::SaoRawRw));
        assert_eq!(CdWriteMode::asked_for(WriteType::LAYER_JUMP, DataBlockType::MODE_1), None);
    }
}
