//! CD-Text: texts of a disc as packs, and back (MMC-5 annex J; IEC 61866).

use discrig_wire::toc::{CdTextPack, TocData};
use std::collections::BTreeMap;

/// What a text is: the pack types that hold texts of disc and tracks.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Field {
    Title = 0x80,
    Performer,
    Songwriter,
    Composer,
    Arranger,
    Message,
}

/// Texts by field and track; track 0 is the disc.
pub(super) type Texts = BTreeMap<(Field, u8), String>;

/// The fields with their names in sheets.
const FIELDS: [(&str, Field); 6] = [
    ("TITLE", Field::Title),
    ("PERFORMER", Field::Performer),
    ("SONGWRITER", Field::Songwriter),
    ("COMPOSER", Field::Composer),
    ("ARRANGER", Field::Arranger),
    ("MESSAGE", Field::Message),
];

/// Type of the packs that tell the size of a block of packs.
const SIZES: u8 = 0x8F;
/// Characters are of ISO 8859-1.
const LATIN_1: u8 = 0;
/// The language code of English.
const ENGLISH: u8 = 0x09;
/// Characters of a pack.
const TEXT: usize = 12;
/// Bytes of a pack.
const PACK: usize = 18;
/// Packs of a block, at most: their numbers have eight bits.
const MOST: usize = 256;

impl Field {
    pub(super) fn named(name: &str) -> Option<Field> {
        FIELDS.iter().find(|(row, _)| name.eq_ignore_ascii_case(row)).map(|(_, field)| *field)
    }

    pub(super) fn name(self) -> &'static str {
        FIELDS.iter().find(|(_, row)| *row == self).map_or("", |(name, _)| name)
    }
}

/// The packs for these texts, of the tracks from `first` to `last`; `None` when they are too long. Characters that ISO 8859-1 does not have
/// become question marks.
pub(super) fn encode(texts: &Texts, first: u8, last: u8) -> Option<Vec<CdTextPack>> {
    let mut packs = Vec::new();
    let mut counts = [0u8; 16];
    for (_, field) in FIELDS {
        if texts.keys().any(|(of, _)| *of == field) {
            let from = packs.len();
            encode_field(texts, field, first, last, &mut packs);
            counts[field as usize & 0xF] = u8::try_from(packs.len() - from).ok()?;
        }
    }
    if packs.is_empty() {
        return Some(packs);
    }
    counts[15] = 3;
    let last_pack = u8::try_from(packs.len() + 2).ok()?;
    let mut sizes = vec![LATIN_1, first, last, 0];
    sizes.extend_from_slice(&counts);
    sizes.extend_from_slice(&[last_pack, 0, 0, 0, 0, 0, 0, 0]);
    sizes.extend_from_slice(&[ENGLISH, 0, 0, 0, 0, 0, 0, 0]);
    for (number, text) in (0..).zip(sizes.as_chunks::<TEXT>().0) {
        packs.push(CdTextPack { kind: SIZES, track: number, text: *text, ..CdTextPack::default() });
    }
    let numbered = (0..=u8::MAX).zip(packs).map(|(sequence, pack)| CdTextPack { sequence, ..pack }.sealed());
    Some(numbered.collect::<Vec<_>>()).filter(|packs| packs.len() <= MOST)
}

/// Each text ends with a zero; the texts of the disc and its tracks follow each other and are cut into packs.
fn encode_field(texts: &Texts, field: Field, first: u8, last: u8, packs: &mut Vec<CdTextPack>) {
    let mut characters = Vec::new();
    for track in core::iter::once(0).chain(first..=last) {
        let text = texts.get(&(field, track)).map_or("", String::as_str);
        let bytes =
            text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).filter(|byte| *byte != 0);
        let at = (0u8..).map(|at| at.min(15));
        // A text of a hundred thousand characters does not fit anyway.
        characters.extend(
            bytes
                .chain([0])
                .take(1 << 16)
                .zip(at.chain(core::iter::repeat(15)))
                .map(|(byte, at)| (track, at, byte)),
        );
    }
    for piece in characters.chunks(TEXT) {
        let mut text = [0; TEXT];
        text.iter_mut().zip(piece).for_each(|(to, (_, _, byte))| *to = *byte);
        let (track, character, _) = piece[0];
        packs.push(CdTextPack { kind: field as u8, track, character, text, ..CdTextPack::default() });
    }
}

/// The texts of packs, if they say no more than these texts do: encoding them gives the same packs again.
pub(super) fn decode(packs: &[CdTextPack], first: u8, last: u8) -> Option<Texts> {
    let mut texts = Texts::new();
    for (_, field) in FIELDS {
        let of_field = packs.iter().filter(|pack| pack.kind == field as u8);
        let bytes: Vec<u8> = of_field.flat_map(|pack| pack.text).collect();
        for (track, text) in core::iter::once(0).chain(first..=last).zip(bytes.split(|byte| *byte == 0)) {
            if !text.is_empty() {
                texts.insert((field, track), text.iter().map(|byte| char::from(*byte)).collect());
            }
        }
    }
    // A sheet cannot quote everything, and takes spaces away at the ends of lines alone.
    let is_plain = |text: &String| !text.contains(['"', '\r', '\n']);
    (encode(&texts, first, last).as_deref() == Some(packs) && texts.values().all(is_plain)).then_some(texts)
}

/// The packs of a CD-Text file: packs of 18 bytes, perhaps behind four bytes of a READ TOC header, perhaps with a zero behind them.
pub(super) fn from_file(bytes: &[u8]) -> Option<Vec<CdTextPack>> {
    let body = match bytes.len() % PACK {
        0 => bytes,
        1 => bytes.strip_suffix(&[0])?,
        4 => bytes.get(4..)?,
        5 => bytes.get(4..)?.strip_suffix(&[0])?,
        _ => return None,
    };
    // As a READ TOC answer has them.
    let length = u16::try_from(body.len() + 2).ok()?.to_be_bytes();
    let answer = [&length[..], &[0, 0], body].concat();
    let packs: Vec<CdTextPack> = TocData::parse(&answer).ok()?.cd_text().collect();
    packs.iter().all(|pack| pack.kind & 0x80 != 0).then_some(packs).filter(|packs| packs.len() <= 8 * MOST)
}

/// Packs as a file.
pub(super) fn to_file(packs: &[CdTextPack]) -> Vec<u8> {
    let mut bytes: Vec<u8> = packs.iter().flat_map(|pack| pack.to_bytes()).collect();
    bytes.push(0);
    bytes
}
