//! `discrig list`: what there is.

use crate::cli::{ListArguments, Listing};
use crate::failure::Failure;
use crate::target::{DEFAULT_PROFILE, model};
use crate::terminal;
use discrig_bench::{Basis, Defect, Deviation, MediumKind, Model};
use discrig_reports::ExitCode;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(crate) fn run(arguments: &ListArguments) -> Result<ExitCode, Failure> {
    let rows = match arguments.what {
        Listing::Clauses => clauses(),
        Listing::Defects => defects()?,
        Listing::Discs => discs(),
        Listing::Profiles => profiles()?,
        Listing::Scenarios => scenarios(),
    };
    if arguments.json {
        terminal::out(&format!("{:#}", Value::Array(rows)));
    } else {
        rows.iter().flat_map(lines).for_each(|line| terminal::out(&line));
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
            let bytes = u64::from(spec.capacity) * 2048;
            let layers = if spec.layers == 1 { "layer" } else { "layers" };
            let about = format!(
                "{}, {:.2} GB on {} {layers} ({} blocks)",
                spec.profile,
                bytes as f64 / 1e9,
                spec.layers,
                spec.capacity
            );
            let disc =
                if spec.is_recordable() { format!("blank:{}", spec.name) } else { "iso:PATH".to_owned() };
            json!({
                "name": spec.name,
                "about": about,
                "disc": disc,
                "profile": spec.profile.0,
                "capacity": spec.capacity,
                "layers": spec.layers,
                "recordable": spec.is_recordable(),
                "rewritable": spec.is_rewritable(),
            })
        })
        .collect()
}

fn profiles() -> Result<Vec<Value>, Failure> {
    discrig_fixtures::profiles()
        .map(|(name, _)| {
            let model = model(name)?;
            Ok(json!({
                "name": name,
                "about": about(name, &model),
                "kind": model.kind,
                "vendor": model.profile.vendor,
                "product": model.profile.product,
                "revision": model.profile.revision,
                "known": sourced(&model, |basis| if let Basis::Known(seen) = basis { Some(seen) } else { None }),
                "assumed": sourced(&model, |basis| if let Basis::Assumed(why) = basis { Some(why) } else { None }),
                "generic": generic(&model).collect::<Vec<_>>(),
                "deviations": deviations(&model),
            }))
        })
        .collect()
}

/// What a profile is about and how much of it is known, for people.
fn about(name: &str, model: &Model) -> String {
    let fields = model.basis.len();
    let generic = generic(model).count();
    let default = if name == DEFAULT_PROFILE { " (the default)" } else { "" };
    format!("{}{default}; {} of {fields} values known or assumed", model.about, fields - generic)
}

/// The fields of a profile whose values have a source or a reason, each with it.
fn sourced(model: &Model, text: fn(&Basis) -> Option<&String>) -> BTreeMap<&str, &String> {
    model.basis.iter().filter_map(|(field, basis)| Some((field.as_str(), text(basis)?))).collect()
}

/// The fields of a profile about which nothing is known.
fn generic(model: &Model) -> impl Iterator<Item = &str> {
    model.basis.iter().filter(|(_, basis)| **basis == Basis::Generic).map(|(field, _)| field.as_str())
}

fn deviations(model: &Model) -> Vec<Value> {
    let row = |deviation: &Deviation| {
        let quirks: Vec<_> = deviation.quirks.iter().map(|quirk| quirk.name()).collect();
        json!({ "about": deviation.about, "seen": deviation.seen, "quirks": quirks })
    };
    model.deviations.iter().map(row).collect()
}

/// A row for people: its name, and what it is about; under a profile what stands behind its values.
fn lines(row: &Value) -> Vec<String> {
    let text = |key: &str| row.get(key).and_then(Value::as_str).unwrap_or_default();
    let mut lines = vec![format!("{:<58} {}", text("name"), text("about"))];
    for basis in ["known", "assumed", "generic"] {
        let fields: Vec<&str> = match row.get(basis) {
            Some(Value::Array(fields)) => fields.iter().filter_map(Value::as_str).collect(),
            Some(Value::Object(fields)) => fields.keys().map(String::as_str).collect(),
            _ => Vec::new(),
        };
        if !fields.is_empty() {
            lines.push(format!("    {:<8} {}", basis, grouped(&fields)));
        }
    }
    lines
}

/// Names of fields, those within one field counted.
fn grouped(fields: &[&str]) -> String {
    let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
    for field in fields {
        match field.split_once('.') {
            Some((group, _)) => *groups.entry(group).or_default() += 1,
            None => *groups.entry(field).or_default() += 0,
        }
    }
    let name = |(group, within): (&&str, &usize)| match within {
        0 => (*group).to_owned(),
        _ => format!("{group} ({within})"),
    };
    groups.iter().map(name).collect::<Vec<_>>().join(", ")
}
