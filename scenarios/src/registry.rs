//! The one list of scenarios.

use crate::families;
use crate::scenario::Scenario;

/// Every scenario, family by family.
pub fn scenarios() -> impl Iterator<Item = &'static Scenario> {
    families::ALL.iter().copied().flatten()
}

/// The scenario with this slug.
#[must_use]
pub fn find(slug: &str) -> Option<&'static Scenario> {
    scenarios().find(|scenario| scenario.slug == slug)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Kind;

    #[test]
    fn slugs_are_unique_and_well_formed() {
        let mut slugs: Vec<_> = scenarios().map(|scenario| scenario.slug).collect();
        let count = slugs.len();
        for slug in &slugs {
            let parts: Vec<_> = slug.split('.').collect();
            let fine = |part: &&str| {
                !part.is_empty()
                    && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
            };
            assert!(parts.len() >= 2 && parts.iter().all(fine), "{slug}");
        }
        slugs.sort_unstable();
        slugs.dedup();
        assert_eq!(slugs.len(), count, "a slug stands twice");
    }

    #[test]
    fn every_clause_is_registered() {
        for scenario in scenarios() {
            assert!(!scenario.clauses.is_empty(), "{scenario:?} has no clause");
            for clause in scenario.clauses {
                assert!(discrig_fixtures::clause(clause).is_some(), "{scenario:?}: unknown clause {clause}");
            }
        }
    }

    #[test]
    fn the_suite_is_as_large_as_promised() {
        let properties = scenarios().filter(|scenario| scenario.kind() == Kind::Property).count();
        assert!(scenarios().count() >= 100, "{} scenarios", scenarios().count());
        assert!(properties >= 20, "{properties} properties");
    }
}
