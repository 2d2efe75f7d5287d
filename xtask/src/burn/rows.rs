//! The table: which tool burns which media in which mode, and how the disc is compared with what was to be burned.
//!
//! A row is a mode of a tool; with each of its media it makes a cell, which begins with a fresh disc. Commands are words of the shell; the
//! guest sets `$SR` and `$SG`, the nodes of the drive, and `$DATA`, the folder with what [`data`](super::data) makes.

use super::media::Medium::{
    self, BdR, BdRe, CdR, CdRw, DvdPlusR, DvdPlusRDl, DvdPlusRw, DvdR, DvdRam, DvdRw,
};

/// A mode of a tool on some media.
#[derive(Debug)]
pub(crate) struct Row {
    /// The tool.
    pub(crate) tool: &'static str,
    /// The mode, as a part of the cell's name.
    pub(crate) mode: &'static str,
    /// What it burns.
    pub(crate) media: &'static [Medium],
    /// What is done with a fresh disc.
    pub(crate) steps: &'static [Step],
    /// What the tool says where it refuses by its own rules, on any drive. A cell in which it says so is not applicable.
    pub(crate) rules: &'static [&'static str],
}

/// One step of a cell.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// The blocks from an address on are those of an image.
    Blocks(u32, &'static str),
    /// The disc, as the kernel mounts it, has the files of a tree and no others.
    Files(&'static str),
    /// Eject and load.
    Reload,
    /// A command that must succeed.
    Run(&'static str),
    /// The last command has said what this extended regular expression matches. In it `{profile}` stands for the medium's profile in
    /// hexadecimal digits without leading zeros, and `{title}` for the name of the medium.
    Says(&'static str),
}

use Step::{Blocks, Files, Reload, Run, Says};

const fn row(
    tool: &'static str,
    mode: &'static str,
    media: &'static [Medium],
    steps: &'static [Step],
) -> Row {
    Row { tool, mode, media, steps, rules: &[] }
}

/// Media that growisofs knows.
const GROWISOFS: &[Medium] = &[DvdR, DvdRw, DvdPlusR, DvdPlusRw, DvdPlusRDl, BdR, BdRe];
/// Media that need no formatting before they are written, or are formatted by whoever writes.
const READY: &[Medium] = &[CdR, CdRw, DvdR, DvdRw, DvdPlusR, DvdPlusRw, DvdRam, DvdPlusRDl, BdR];

/// All rows, in the order of the table.
pub(crate) const ROWS: &[Row] = &[
    row(
        "wodim",
        "tao",
        &[CdR],
        &[Run("wodim -v gracetime=2 dev=$SR -tao -data $DATA/first.iso"), Blocks(0, "first.iso")],
    ),
    row(
        "wodim",
        "tao",
        &[CdRw],
        &[
            Run("wodim -v gracetime=2 dev=$SR -tao -data $DATA/first.iso"),
            Blocks(0, "first.iso"),
            Run("wodim -v gracetime=2 dev=$SR blank=fast"),
            Run("wodim -v gracetime=2 dev=$SR -tao -data $DATA/second.iso"),
            Blocks(0, "second.iso"),
        ],
    ),
    row(
        "wodim",
        "dao",
        &[CdR],
        &[Run("wodim -v gracetime=2 dev=$SR -dao -data $DATA/first.iso"), Blocks(0, "first.iso")],
    ),
    row(
        "wodim",
        "dao",
        &[CdRw],
        &[
            Run("wodim -v gracetime=2 dev=$SR -dao -data $DATA/first.iso"),
            Blocks(0, "first.iso"),
            Run("wodim -v gracetime=2 dev=$SR blank=all"),
            Run("wodim -v gracetime=2 dev=$SR -dao -data $DATA/second.iso"),
            Blocks(0, "second.iso"),
        ],
    ),
    // wodim measures how fast it makes raw sectors, and gives up where that is slower than the drive.
    row(
        "wodim",
        "raw96r",
        &[CdR],
        &[Run("wodim -v gracetime=2 dev=$SR speed=4 -raw96r -data $DATA/first.iso"), Blocks(0, "first.iso")],
    ),
    row(
        "wodim",
        "raw96r",
        &[CdRw],
        &[
            Run("wodim -v gracetime=2 dev=$SR speed=4 -raw96r -data $DATA/first.iso"),
            Blocks(0, "first.iso"),
            Run("wodim -v gracetime=2 dev=$SR blank=fast"),
            Run("wodim -v gracetime=2 dev=$SR speed=4 -raw96r -data $DATA/second.iso"),
            Blocks(0, "second.iso"),
        ],
    ),
    row(
        "cdrskin",
        "tao",
        READY,
        &[Run("cdrskin -v gracetime=0 dev=$SR -tao $DATA/first.iso"), Blocks(0, "first.iso")],
    ),
    row(
        "cdrskin",
        "tao",
        &[BdRe],
        &[Run("cdrskin -v gracetime=0 dev=$SR blank=as_needed -tao $DATA/first.iso"), Blocks(0, "first.iso")],
    ),
    row(
        "cdrskin",
        "sao",
        READY,
        &[Run("cdrskin -v gracetime=0 dev=$SR -sao $DATA/first.iso"), Blocks(0, "first.iso")],
    ),
    row(
        "cdrskin",
        "sao",
        &[BdRe],
        &[Run("cdrskin -v gracetime=0 dev=$SR blank=as_needed -sao $DATA/first.iso"), Blocks(0, "first.iso")],
    ),
    row(
        "growisofs",
        "Z",
        GROWISOFS,
        &[Run("growisofs -Z $SR=$DATA/first.iso"), Blocks(0, "first.iso"), Files("first")],
    ),
    row(
        "growisofs",
        "M",
        GROWISOFS,
        &[
            Run("growisofs -Z $SR -R -J -V FIRST $DATA/first"),
            Files("first"),
            Run("growisofs -M $SR -R -J -V SECOND $DATA/second"),
            Files("both"),
        ],
    ),
    row(
        "dvd+rw-format",
        "format",
        &[DvdPlusRw, BdRe],
        &[Run("dvd+rw-format -force $SR"), Run("growisofs -Z $SR=$DATA/first.iso"), Blocks(0, "first.iso")],
    ),
    // Unless all of a DVD-RAM is to be formatted, the tool sends a command of fewer than six bytes, which the kernel refuses.
    row(
        "dvd+rw-format",
        "format",
        &[DvdRam],
        &[
            Run("dvd+rw-format -force=full $SR"),
            Run("growisofs -Z $SR=$DATA/first.iso"),
            Blocks(0, "first.iso"),
        ],
    ),
    row(
        "dvd+rw-format",
        "format",
        &[DvdRw],
        &[
            Run("dvd+rw-format -force $SR"),
            Run("dvd+rw-mediainfo $SR"),
            Says("Mounted Media: +13h"),
            Run("growisofs -Z $SR=$DATA/first.iso"),
            Blocks(0, "first.iso"),
            Run("dvd+rw-format -blank $SR"),
            Run("dvd+rw-mediainfo $SR"),
            Says("Mounted Media: +14h"),
        ],
    ),
    row(
        "xorriso",
        "first",
        &Medium::ALL,
        &[
            Run("xorriso -outdev $SR -blank as_needed -joliet on -volid FIRST -map $DATA/first / -commit"),
            Files("first"),
        ],
    ),
    row(
        "xorriso",
        "second",
        &Medium::ALL,
        &[
            Run("xorriso -outdev $SR -blank as_needed -joliet on -volid FIRST -map $DATA/first / -commit"),
            Run("xorriso -dev $SR -joliet on -volid SECOND -map $DATA/second / -commit"),
            Files("both"),
        ],
    ),
    row(
        "dvd+rw-mediainfo",
        "blank",
        &[DvdR, DvdRw, DvdPlusR, DvdPlusRw, DvdRam, DvdPlusRDl, BdR, BdRe],
        &[Run("dvd+rw-mediainfo $SR"), Says("Mounted Media: +{profile}h")],
    ),
    row(
        "sg3_utils",
        "look",
        &Medium::ALL,
        &[
            Run("sg_inq $SG"),
            Run("sg_inq --page=0x83 $SG"),
            Run("sg_get_config --current $SG"),
            Says("^Current profile: {title}( .*)?$"),
            Run("sg_modes --all $SG"),
            Run("sg_prevent --prevent=1 $SG"),
            Run("sg_prevent --allow $SG"),
            Run("sg_persist --in --read-keys $SG"),
            Run("sg_persist --out --register --param-sark=abc123 $SG"),
            Run("sg_persist --out --register --param-rk=abc123 $SG"),
            Run("sg_start --stop $SG"),
            Run("sg_start --start $SG"),
            Reload,
        ],
    ),
];
