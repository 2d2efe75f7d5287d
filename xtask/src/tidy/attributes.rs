//! Exceptions to lints.

use super::Finding;
use super::lexer::{Attribute, Token, attribute, matching};
use super::tree::Tree;

/// No crate or module switches a lint off as a whole, and each exception carries its reason.
pub(crate) fn exceptions(tree: &Tree) -> Vec<Finding> {
    tree.rust.iter().flat_map(|(path, file)| of_file(path, &file.tokens())).collect()
}

fn of_file(path: &str, tokens: &[Token<'_>]) -> Vec<Finding> {
    let attributes = (0..tokens.len()).filter_map(|at| attribute(tokens, at));
    attributes.flat_map(|attribute| of_attribute(path, &attribute)).collect()
}

/// Looks at one attribute, also at what stands inside of `cfg_attr`.
fn of_attribute(path: &str, &Attribute { inner, tokens, .. }: &Attribute<'_, '_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, pair) in tokens.windows(2).enumerate() {
        let [level, open] = pair else { continue };
        if !matches!(level.text, "allow" | "expect") || open.text != "(" {
            continue;
        }
        let close = matching(tokens, index + 1);
        let has_reason = tokens[index..=close].iter().any(|token| token.text == "reason");
        if inner && level.text == "allow" {
            let remedy = "put #[expect(…, reason = \"…\")] on the item that needs it";
            findings.push(Finding::new(path, level.line, "lint switched off for a whole module", remedy));
        } else if !has_reason {
            let what = format!("#[{}] without a reason", level.text);
            findings.push(Finding::new(path, level.line, what, "write #[expect(…, reason = \"…\")]"));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exceptions_say_why() {
        for (source, lines) in [
            ("#[expect(clippy::panic, reason = \"a\")]\nfn f() {}", vec![]),
            ("#![expect(clippy::panic, reason = \"a\")]", vec![]),
            ("#[allow(\n  dead_code,\n  reason = \"a\",\n)]\nfn f() {}", vec![]),
            ("fn f() { a.expect(\"b\"); allow(c); }", vec![]),
            ("// #[allow(dead_code)]\n", vec![]),
            ("\n#[expect(dead_code)]\nfn f() {}", vec![2]),
            ("#[allow(dead_code)]\nfn f() {}", vec![1]),
            ("#[cfg_attr(test, allow(dead_code))]\nfn f() {}", vec![1]),
            ("//! A.\n#![allow(dead_code, reason = \"a\")]", vec![2]),
            ("#[allow(dead_code, reason = \"a\")]\nfn f() {}\n#[expect(dead_code)]\nfn g() {}", vec![3]),
        ] {
            let found = exceptions(&Tree::sample(&[("a/src/lib.rs", source)]));
            assert_eq!(found.iter().map(|finding| finding.line).collect::<Vec<_>>(), lines, "{source}");
        }
    }
}
