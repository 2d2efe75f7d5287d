//! Serial numbers that wrap around (RFC 1982 with 32 bits; RFC 7143, 4.2.2.1).

/// Whether `first` comes before `second`.
pub(crate) const fn is_before(first: u32, second: u32) -> bool {
    (first.wrapping_sub(second) as i32) < 0
}

/// The later of two.
pub(crate) const fn later(first: u32, second: u32) -> u32 {
    if is_before(first, second) { second } else { first }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_goes_around() {
        assert!(is_before(1, 2) && !is_before(2, 1) && !is_before(2, 2));
        assert!(is_before(0xFFFF_FFFF, 0) && !is_before(0, 0xFFFF_FFFF));
        assert_eq!(later(0xFFFF_FFF0, 5), 5);
        assert_eq!(later(5, 0xFFFF_FFF0), 5);
    }
}
