//! `discrig list`: what there is.

use crate::cli::{ListArguments, Listing};
use crate::failure::Failure;
use crate::target::DEFAULT_PROFILE;
use crate::terminal;
use discrig_bench::{Defect, MediumKind};
use discrig_reports::ExitCode;
use serde_json::{Value, json};

pub(crate) fn run(arguments: &ListArguments) -> Result<ExitCode, Failure> {
    let rows = match arguments.what {
        Listing::Clauses => clauses(),
        Listing::Defects => defects()?,
        Listing::Discs => discs(),
        Listing::Profiles => {
            vec![json!({ "name": DEFAULT_PROFILE, "about": "a tray-loading BD, DVD and CD writer" })]
        }
        Listing::Scenarios => scenarios(),
    };
    if arguments.json {
        terminal::out(&format!("{:#}", Value::Array(rows)));
    } else {
        rows.iter().for_each(|row| terminal::out(&line(row)));
    }
    Ok(ExitCode::AsExpected)
}

fn scenarios() -> Vec<Value> {
    discrig_scenarios::scenarios()
        .map(|scenario| {
            json!({
                "name": scenario.slug,
                "about": scenario.summary,
                "kind": scenario.kind().name(),
                "level": scenario.level.name(),
                "hazard": scenario.hazard.name(),
                "needs": scenario.needs.iter().map(|need| need.name()).collect::<Vec<_>>(),
                "clauses": scenario.clauses,
            })
        })
        .collect()
}

fn clauses() -> Vec<Value> {
    discrig_fixtures::clauses()
        .map(|(id, clause)| {
            json!({
                "name": id,
                "about": clause.title,
                "document": clause.document,
                "number": clause.number,
            })
        })
        .collect()
}

fn defects() -> Result<Vec<Value>, Failure> {
    discrig_fixtures::defects()
        .map(|(name, table)| {
            let defect =
                Defect::from_table(table).map_err(|error| Failure::Usage(format!("defect {name}: {error}")))?;
            Ok(json!({ "name": name, "about": defect.about, "seen": defect.seen, "caught-by": defect.caught_by }))
        })
        .collect()
}

fn discs() -> Vec<Value> {
    MediumKind::TABLE
        .iter()
        .map(|spec| {
            let about = format!("{} blocks of 2048 bytes, {} layers", spec.capacity, spec.layers);
            let disc = if spec.is_recordable() { format!("blank:{}", spec.name) } else { "iso:PATH".to_owned() };
            json!({ "name": spec.name, "about": about, "disc": disc })
        })
        .collect()
}

/// A row for people: its name, and what it is about.
fn line(row: &Value) -> String {
    let text = |key: &str| row.get(key).and_then(Value::as_str).unwrap_or_default();
    format!("{:<58} {}", text("name"), text("about"))
}
