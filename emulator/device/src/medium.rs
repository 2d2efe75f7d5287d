//! Recordable media by their names.

use core::fmt;
use serde::{Deserialize, Serialize};

macro_rules! media {
    ($($(#[doc = $doc:literal])+ $medium:ident $name:literal;)+) => {
        /// A recordable medium. The name is that of disc specifications.
        #[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
        pub enum Medium {
            $($(#[doc = $doc])+ #[serde(rename = $name)] $medium,)+
        }

        impl Medium {
            /// Every medium.
            pub const ALL: &'static [Medium] = &[$(Medium::$medium,)+];

            /// The name used in disc specifications, such as `dvd+r-dl`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Medium::$medium => $name,)+
                }
            }
        }
    };
}

media! {
    /// BD-R, single layer, 25 GB.
    BdR "bd-r";
    /// BD-R, double layer, 50 GB.
    BdRDl "bd-r-dl";
    /// BD-R XL, triple layer, 100 GB.
    BdRXl "bd-r-xl";
    /// BD-R XL, quadruple layer, 128 GB.
    BdRXlQl "bd-r-xl-128";
    /// BD-RE, single layer, 25 GB.
    BdRe "bd-re";
    /// BD-RE, double layer, 50 GB.
    BdReDl "bd-re-dl";
    /// BD-RE XL, triple layer, 100 GB.
    BdReXl "bd-re-xl";
    /// CD-R of 80 minutes.
    CdR "cd-r";
    /// CD-R of 74 minutes.
    CdR74 "cd-r-74";
    /// CD-R of 90 minutes.
    CdR90 "cd-r-90";
    /// CD-RW of 80 minutes.
    CdRw "cd-rw";
    /// CD-RW of 74 minutes.
    CdRw74 "cd-rw-74";
    /// DVD-R, single layer.
    DvdMinusR "dvd-r";
    /// DVD-R, dual layer.
    DvdMinusRDl "dvd-r-dl";
    /// DVD-RW.
    DvdMinusRw "dvd-rw";
    /// DVD+R, single layer.
    DvdPlusR "dvd+r";
    /// DVD+R, dual layer.
    DvdPlusRDl "dvd+r-dl";
    /// DVD+RW.
    DvdPlusRw "dvd+rw";
    /// DVD-RAM of 4.7 GB.
    DvdRam "dvd-ram";
}

impl fmt::Display for Medium {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
