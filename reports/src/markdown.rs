//! `summary.md`: what a person reads first, in a pull request or a job's summary.

use std::fmt::{self, Write as _};

use crate::{Family, Finding, Record, Run, Verdict, exit_code, text, text::visible};

/// Renders the document.
pub(crate) fn render(run: &Run) -> Result<String, String> {
    let mut out = String::new();
    write(&mut out, run).map_err(|error| error.to_string())?;
    Ok(out)
}

fn write(out: &mut String, run: &Run) -> fmt::Result {
    heading(out, run)?;
    table(out, run)?;
    stale(out, run)?;
    text::sections(run).iter().try_for_each(|(title, records)| findings(out, run, title, records))?;
    skips(out, run)?;
    conditions(out, run)
}

fn heading(out: &mut String, run: &Run) -> fmt::Result {
    let header = run.header();
    let exit = exit_code(run);
    writeln!(out, "# discrig: {} (exit code {})\n", exit.meaning(), exit.code())?;
    if let Some(trouble) = run.trouble() {
        writeln!(out, "> **{}**\n", inline(&trouble))?;
    }
    writeln!(out, "{}.\n", run.counts())?;
    let target = &header.target;
    let identity = target.identity.as_ref().map_or_else(|| "not known".to_owned(), ToString::to_string);
    let mut facts = vec![("Target", format!("{} ({})", target.name, target.backend)), ("Drive", identity)];
    let serial = target.identity.as_ref().and_then(|identity| identity.serial.clone());
    facts.extend(serial.map(|serial| ("Serial number", serial)));
    facts.extend(header.seed.map(|seed| ("Seed", seed.to_string())));
    facts.push(("Started", header.started_at.clone()));
    facts.extend(run.finished().map(|finished| ("Took", text::duration(finished.elapsed_real_ns))));
    facts.extend(text::end_reason(run).map(|reason| ("Ended", reason.to_owned())));
    facts.push(("Judged by", format!("{} {}", header.tool.name, header.tool.version)));
    for (name, value) in facts.iter().filter(|(_, value)| !value.trim().is_empty()) {
        writeln!(out, "- {name}: {}", inline(value))?;
    }
    for note in run.notes() {
        writeln!(out, "- Note: {}", inline(note))?;
    }
    writeln!(out)
}

fn table(out: &mut String, run: &Run) -> fmt::Result {
    let families = run.families();
    if families.is_empty() {
        return writeln!(out, "No scenario was planned.\n");
    }
    let total = run.counts();
    let columns: Vec<Verdict> = total.present().map(|(verdict, _)| verdict).collect();
    let heads: String = columns.iter().map(|verdict| format!(" {verdict} |")).collect();
    let rule = "---:|".repeat(columns.len() + 2);
    writeln!(out, "| family | verdict | not as expected |{heads} total |\n|---|---|{rule}")?;
    let all = Family {
        name: "all".to_owned(),
        verdict: run.verdict(),
        nonconforming: run.nonconforming().count(),
        counts: total,
    };
    for Family { name, verdict, nonconforming, counts } in families.iter().chain([&all]) {
        let cells: String = columns.iter().map(|&column| format!(" {} |", counts.get(column))).collect();
        writeln!(out, "| {} | {verdict} | {nonconforming} |{cells} {} |", inline(name), counts.total())?;
    }
    writeln!(out)
}

fn stale(out: &mut String, run: &Run) -> fmt::Result {
    if run.stale_expectations().is_empty() {
        return Ok(());
    }
    writeln!(out, "## Stale expectations\n")?;
    for stale in run.stale_expectations() {
        writeln!(out, "- {}: {}", code(&stale.entry), inline(&stale.reason))?;
    }
    writeln!(out)
}

fn findings(out: &mut String, run: &Run, title: &str, records: &[&Record]) -> fmt::Result {
    if records.is_empty() {
        return Ok(());
    }
    writeln!(out, "## {title} ({})\n", records.len())?;
    records.iter().try_for_each(|record| scenario(out, run, record))
}

fn scenario(out: &mut String, run: &Run, record: &Record) -> fmt::Result {
    let scenario = &record.scenario;
    writeln!(out, "### {}: {}\n", code(&scenario.slug), text::label(record))?;
    if !scenario.summary.is_empty() {
        writeln!(out, "{} ({}, {})\n", inline(&scenario.summary), scenario.level, scenario.kind)?;
    }
    if !record.reason().is_empty() {
        writeln!(out, "**{}**\n", inline(record.reason()))?;
    }
    if let Some(expectation) = record.expectation() {
        writeln!(out, "- {}: {}", expectation.words(), inline(expectation.reason()))?;
    }
    let finding = record.outcome.as_ref().and_then(|outcome| outcome.finding.as_ref());
    if let Some(finding) = finding {
        facts(out, run, finding)?;
    } else {
        for id in &scenario.clauses {
            writeln!(out, "- Clause: {}", inline(&text::clause(run, id)))?;
        }
    }
    writeln!(out, "- Again: {}\n", code(&text::rerun_command(run, record)))?;
    finding.map_or(Ok(()), |finding| details(out, finding))
}

fn facts(out: &mut String, run: &Run, finding: &Finding) -> fmt::Result {
    for allowed in &finding.expected {
        write!(out, "- Expected: {}", inline(&allowed.answer))?;
        match allowed.clauses.as_slice() {
            [] => writeln!(out)?,
            ids => writeln!(out, ", by {}", inline(&text::clauses(run, ids)))?,
        }
    }
    if !finding.observed.is_empty() {
        writeln!(out, "- Observed: {}", inline(&finding.observed))?;
    }
    for id in &finding.clauses {
        writeln!(out, "- Clause: {}", inline(&text::clause(run, id)))?;
    }
    finding.seed.map_or(Ok(()), |seed| writeln!(out, "- Seed: {seed}"))
}

fn details(out: &mut String, finding: &Finding) -> fmt::Result {
    if !finding.steps.is_empty() {
        let steps = text::counted(finding.steps.len(), "step");
        writeln!(
            out,
            "<details><summary>{steps}</summary>\n\n| # | who | what | CDB | answer | took |\n|---:|---|---|---|---|---:|"
        )?;
        for step in &finding.steps {
            let sense = step.sense.as_ref().map(|sense| format!(", {sense}")).unwrap_or_default();
            let cdb = step.cdb.as_deref().map(code).unwrap_or_default();
            let (actor, action) = (inline(&step.actor), inline(&step.action));
            let answer = inline(&format!("{}{sense}", step.answer));
            let took = text::duration(step.elapsed_ns);
            writeln!(out, "| {} | {actor} | {action} | {cdb} | {answer} | {took} |", step.n)?;
        }
        writeln!(out, "\n</details>\n")?;
    }
    if let Some(reproduction) = &finding.reproduction {
        folded(out, "Shortest reproduction, for `discrig replay`", "toml", reproduction)?;
    }
    if let Some(state) = &finding.state_before {
        folded(out, "State before the failing step", "json", &format!("{state:#}"))?;
    }
    Ok(())
}

fn folded(out: &mut String, title: &str, language: &str, text: &str) -> fmt::Result {
    let fence = "`".repeat(longest_run(text, '`').max(2) + 1);
    writeln!(
        out,
        "<details><summary>{title}</summary>\n\n{fence}{language}\n{}\n{fence}\n\n</details>\n",
        visible(text).trim_end()
    )
}

fn skips(out: &mut String, run: &Run) -> fmt::Result {
    let groups = run.skips();
    if groups.is_empty() {
        return Ok(());
    }
    writeln!(out, "## Not judged ({})\n", groups.iter().map(|group| group.slugs.len()).sum::<usize>())?;
    for group in groups {
        let slugs: Vec<_> = group.slugs.iter().map(|slug| code(slug)).collect();
        writeln!(
            out,
            "- {} {}: {} ({})",
            slugs.len(),
            group.verdict,
            inline(&group.reason),
            slugs.join(", ")
        )?;
    }
    writeln!(out)
}

fn conditions(out: &mut String, run: &Run) -> fmt::Result {
    let header = run.header();
    writeln!(out, "## Conditions\n")?;
    let lines = [("Command", text::command_line(&header.argv)), ("Hazards allowed", header.allow.join(", "))];
    for (name, value) in lines.iter().filter(|(_, value)| !value.is_empty()) {
        writeln!(out, "- {name}: {}", code(value))?;
    }
    writeln!(out, "- Cases per property: {}", header.cases)?;
    for (title, map) in [("Capability", &header.capabilities), ("Policy", &header.policies)] {
        for (name, value) in map {
            writeln!(out, "- {title} {}: {}", code(name), inline(value))?;
        }
    }
    Ok(())
}

/// Text that Markdown shows as it stands, on one line, also in a table.
fn inline(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text::visible_line(text).chars() {
        match c {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' => shown.extend(['\\', c]),
            _ => shown.push(c),
        }
    }
    shown
}

/// A code span, also in a table.
fn code(text: &str) -> String {
    let text = text::visible_line(text);
    if text.contains('|') {
        // A table splits at a bar even inside a code span, and outside of one an escaped bar would keep its backslash.
        return format!("<code>{}</code>", inline(&text));
    }
    let fence = "`".repeat(longest_run(&text, '`') + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

fn longest_run(text: &str, wanted: char) -> usize {
    text.split(|c| c != wanted).map(str::len).max().unwrap_or(0)
}
