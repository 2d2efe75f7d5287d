//! Which volumes are mounted, from this process' mount table.

use std::fs;

/// Mount points of the block device with these numbers.
pub(crate) fn mount_points(major: u32, minor: u32) -> Vec<String> {
    fs::read_to_string("/proc/self/mountinfo")
        .map(|table| points_in(&table, major, minor))
        .unwrap_or_default()
}

/// The mount points in a table of the form of `/proc/self/mountinfo` (proc(5)): the third field has the device's numbers, the fifth the
/// mount point with blanks and the like as octal escapes.
fn points_in(table: &str, major: u32, minor: u32) -> Vec<String> {
    let numbers = format!("{major}:{minor}");
    table
        .lines()
        .map(|line| line.split(' '))
        .filter_map(|mut fields| Some((fields.nth(2)?, fields.nth(1)?)))
        .filter(|(device, _)| *device == numbers)
        .map(|(_, point)| unescape(point))
        .collect()
}

fn unescape(text: &str) -> String {
    let mut parts = text.split('\\');
    let mut plain = parts.next().unwrap_or("").to_owned();
    for part in parts {
        let code = part.get(..3).and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match code {
            Some(code) if code.is_ascii() => {
                plain.push(char::from(code));
                plain.push_str(&part[3..]);
            }
            _ => {
                plain.push('\\');
                plain.push_str(part);
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mount_points_of_one_device() {
        let table = "\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
40 22 11:0 / /media/My\\040Disc ro,nosuid - iso9660 /dev/sr0 ro
41 22 11:1 / /mnt ro - iso9660 /dev/sr1 ro
42 22 11:0 / /mnt/again ro - iso9660 /dev/sr0 ro
short line
";
        assert_eq!(points_in(table, 11, 0), ["/media/My Disc", "/mnt/again"]);
        assert!(points_in(table, 11, 2).is_empty());
    }

    #[test]
    fn escapes() {
        assert_eq!(unescape("a\\134b\\011c"), "a\\b\tc");
        assert_eq!(unescape("odd\\9 tail\\"), "odd\\9 tail\\");
    }
}
