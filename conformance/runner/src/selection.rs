//! Which scenarios a run judges.

use crate::failure::Failure;
use core::str::FromStr;
use discrig_scenarios::Scenario;
use glob::Pattern;

/// One part of a run that is split over several machines.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Shard {
    /// Which part, from 1.
    pub index: usize,
    /// How many parts.
    pub count: usize,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Shard, String> {
        let problem = || format!("`{text}` is not of the form I/N with 1 <= I <= N, such as 2/4");
        let (index, count) = text.split_once('/').ok_or_else(problem)?;
        let shard = Shard {
            index: index.parse().map_err(|_| problem())?,
            count: count.parse().map_err(|_| problem())?,
        };
        if (1..=shard.count).contains(&shard.index) { Ok(shard) } else { Err(problem()) }
    }
}

/// The scenarios that match: in one of `only` (or all), in none of `skip`, and of this shard.
///
/// # Errors
/// A pattern that is malformed or matches nothing: a misspelt name must not look like a run.
pub(crate) fn select(
    only: &[String],
    skip: &[String],
    shard: Option<Shard>,
) -> Result<Vec<&'static Scenario>, Failure> {
    let (only, skip) = (patterns(only)?, patterns(skip)?);
    let matching =
        |patterns: &[Pattern], scenario: &Scenario| patterns.iter().any(|p| p.matches(scenario.slug));
    let chosen = discrig_scenarios::scenarios()
        .filter(|scenario| (only.is_empty() || matching(&only, scenario)) && !matching(&skip, scenario));
    Ok(match shard {
        Some(Shard { index, count }) => chosen.skip(index - 1).step_by(count).collect(),
        None => chosen.collect(),
    })
}

fn patterns(texts: &[String]) -> Result<Vec<Pattern>, Failure> {
    texts
        .iter()
        .map(|text| {
            let pattern =
                Pattern::new(text).map_err(|error| Failure::Usage(format!("pattern `{text}`: {error}")))?;
            if discrig_scenarios::scenarios().any(|scenario| pattern.matches(scenario.slug)) {
                Ok(pattern)
            } else {
                Err(Failure::Usage(format!(
                    "pattern `{text}` matches no scenario; `discrig list scenarios` shows them"
                )))
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_partition_the_suite() {
        let all = select(&[], &[], None).unwrap().len();
        let parts: usize =
            (1..=3).map(|index| select(&[], &[], Some(Shard { index, count: 3 })).unwrap().len()).sum();
        assert_eq!(parts, all);
        assert!(
            "0/3".parse::<Shard>().is_err()
                && "4/3".parse::<Shard>().is_err()
                && "x".parse::<Shard>().is_err()
        );
        assert_eq!("2/3".parse(), Ok(Shard { index: 2, count: 3 }));
    }

    #[test]
    fn patterns_choose_and_misspelt_ones_are_errors() {
        let chosen = select(&["recorder.*".to_owned()], &["*.release.*".to_owned()], None).unwrap();
        assert!(!chosen.is_empty());
        assert!(chosen.iter().all(|s| s.family() == "recorder" && !s.slug.contains(".release.")));
        assert!(select(&["recoder.*".to_owned()], &[], None).is_err());
        assert!(select(&["[".to_owned()], &[], None).is_err());
    }
}
