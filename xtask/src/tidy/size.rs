//! How long files and functions may be.

use super::Finding;
use super::tree::Tree;

/// Lines of a Rust file beyond which it is worth a look.
const FILE_WARNING: usize = 500;
/// Lines that no Rust file exceeds, tests included.
const FILE_LIMIT: usize = 800;
/// Lines that no function exceeds, from `fn` to its brace.
const FUNCTION_LIMIT: usize = 80;

/// A function that may be longer.
struct Exception {
    path: &'static str,
    function: &'static str,
    /// Why; for the reader.
    _reason: &'static str,
}

const EXCEPTIONS: &[Exception] = &[];

/// Rust files keep to [`FILE_LIMIT`].
pub(crate) fn files(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for path in tree.rust.keys() {
        let lines = tree.text(path).lines().count();
        if lines <= FILE_WARNING {
            continue;
        }
        let remedy = format!("split it by subject; the limit is {FILE_LIMIT}");
        let finding = Finding::new(path, 0, format!("has {lines} lines"), remedy);
        findings.push(if lines > FILE_LIMIT { finding } else { finding.warning() });
    }
    findings
}

/// Functions keep to [`FUNCTION_LIMIT`], and exceptions are needed.
pub(crate) fn functions(tree: &Tree) -> Vec<Finding> {
    long_functions(tree, EXCEPTIONS)
}

fn long_functions(tree: &Tree, exceptions: &[Exception]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut used = vec![false; exceptions.len()];
    for (path, file) in &tree.rust {
        for function in file.functions().iter().filter(|function| function.length > FUNCTION_LIMIT) {
            let name = function.name;
            match exceptions.iter().position(|exception| exception.path == path && exception.function == name)
            {
                Some(index) => used[index] = true,
                None => findings.push(Finding::new(
                    path,
                    function.line,
                    format!("function {name} has {} lines", function.length),
                    format!("split it, or make it a table; the limit is {FUNCTION_LIMIT}"),
                )),
            }
        }
    }
    for (exception, _) in exceptions.iter().zip(used).filter(|(_, used)| !used) {
        let what = format!("function {} is allowed to be long and is not", exception.function);
        findings.push(Finding::new(
            exception.path,
            0,
            what,
            format!("remove the exception from {}", file!()),
        ));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::Severity;
    use super::*;

    #[test]
    fn long_files_warn_and_then_fail() {
        for (lines, expected) in [
            (FILE_WARNING, None),
            (FILE_WARNING + 1, Some(Severity::Warning)),
            (FILE_LIMIT, Some(Severity::Warning)),
            (FILE_LIMIT + 1, Some(Severity::Failure)),
        ] {
            let text = "//\n".repeat(lines);
            let found = files(&Tree::sample(&[("a/src/lib.rs", &text), ("a/data.toml", &text)]));
            assert_eq!(found.first().map(|finding| finding.severity), expected, "{lines}");
        }
    }

    /// A source with one function of the given length on line 2.
    fn function(length: usize) -> String {
        format!("//! A.\nfn long() {{\n{}}}\n", "    a();\n".repeat(length - 2))
    }

    #[test]
    fn long_functions_fail() {
        let of = |length| functions(&Tree::sample(&[("a/src/lib.rs", &function(length))]));
        assert!(of(FUNCTION_LIMIT).is_empty());
        let found = of(FUNCTION_LIMIT + 1);
        assert_eq!(found[0].line, 2);
        assert!(found[0].what.contains("function long has 81 lines"), "{}", found[0]);
    }

    #[test]
    fn exceptions_must_be_needed() {
        let exceptions = [Exception { path: "a/src/lib.rs", function: "long", _reason: "a test" }];
        let of = |length| long_functions(&Tree::sample(&[("a/src/lib.rs", &function(length))]), &exceptions);
        assert!(of(FUNCTION_LIMIT + 1).is_empty());
        assert_eq!(of(FUNCTION_LIMIT).len(), 1);
    }
}
