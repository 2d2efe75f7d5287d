//! Where `unsafe` may stand, and what it has to say for itself.

use super::Finding;
use super::lexer::Token;
use super::source::RustFile;
use super::tree::Tree;

/// Folders of the crates that talk to an operating system.
const BACKENDS: &[&str] = &["conformance/linux/", "conformance/windows/"];

/// What the root of every other crate says.
const FORBID: [&str; 8] = ["#", "!", "[", "forbid", "(", "unsafe_code", ")", "]"];

/// `unsafe` stands in backends alone, and all other crate roots forbid it.
pub(crate) fn placement(tree: &Tree) -> Vec<Finding> {
    let is_backend = |path: &str| BACKENDS.iter().any(|folder| path.starts_with(folder));
    let mut findings = Vec::new();
    for (path, file) in tree.rust.iter().filter(|(path, _)| !is_backend(path)) {
        for token in file.tokens().iter().filter(|token| token.text == "unsafe") {
            findings.push(Finding::new(
                path,
                token.line,
                "unsafe outside of a backend",
                "write it in safe Rust",
            ));
        }
    }
    for root in tree.packages.iter().flat_map(|package| &package.roots).filter(|root| !is_backend(root)) {
        let forbids = tree.rust.get(root).is_some_and(|file| {
            let words: Vec<_> = file.tokens().iter().map(|token| token.text).collect();
            words.windows(FORBID.len()).any(|window| window == FORBID)
        });
        if !forbids {
            let remedy = "add it below the module documentation";
            findings.push(Finding::new(root, 1, format!("crate root without {}", FORBID.concat()), remedy));
        }
    }
    findings
}

/// Every unsafe block and implementation has a `SAFETY:` comment, every unsafe function a `# Safety` section.
pub(crate) fn reasons(tree: &Tree) -> Vec<Finding> {
    tree.rust.iter().flat_map(|(path, file)| unexplained(path, file)).collect()
}

fn unexplained(path: &str, file: &RustFile) -> Vec<Finding> {
    let tokens = file.tokens();
    let mut findings = Vec::new();
    for (index, token) in tokens.iter().enumerate().filter(|(_, token)| token.text == "unsafe") {
        let (what, marker) = match tokens.get(index + 1).map(|next| next.text) {
            Some("{") => ("block", "SAFETY:"),
            Some("impl") => ("implementation", "SAFETY:"),
            Some("fn" | "trait") => ("function or trait", "# Safety"),
            // An attribute, a foreign block or a function pointer.
            _ => continue,
        };
        let from = statement(&tokens, index);
        let explained = comments_above(file, from, token.line).any(|text| text.contains(marker));
        if !explained {
            let what = format!("unsafe {what} without \"{marker}\" in the comment above it");
            findings.push(Finding::new(path, token.line, what, "say why it is needed and why it is sound"));
        }
    }
    findings
}

/// Line on which the statement or item with the token at `index` begins.
fn statement(tokens: &[Token<'_>], index: usize) -> usize {
    let mut first = index;
    while first > 0 && !matches!(tokens[first - 1].text, ";" | "{" | "}" | ",") {
        first -= 1;
    }
    tokens[first].line
}

/// The unbroken run of comments that ends just above line `from`, and comments inside of the statement.
fn comments_above(file: &RustFile, from: usize, to: usize) -> impl Iterator<Item = &str> {
    let mut top = from;
    for comment in file.comments.iter().rev().filter(|comment| comment.last_line < from) {
        if comment.last_line + 1 != top {
            break;
        }
        top = comment.first_line;
    }
    file.comments
        .iter()
        .filter(move |comment| (top..=to).contains(&comment.first_line))
        .map(|comment| comment.text.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsafe_is_found_outside_of_backends() {
        let tree = Tree::sample(&[
            ("emulator/wire/src/lib.rs", "// unsafe\nfn f() { unsafe { g() } }"),
            ("conformance/linux/src/lib.rs", "fn f() { unsafe { g() } }"),
        ]);
        let found = placement(&tree);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].path.as_str(), found[0].line), ("emulator/wire/src/lib.rs", 2));
    }

    #[test]
    fn crate_roots_forbid_it() {
        for (source, expected) in [
            ("//! A.\n#![forbid(unsafe_code)]", 0),
            ("//! A.\n", 1),
            ("//! #![forbid(unsafe_code)]\n", 1),
            ("#![deny(unsafe_code)]", 1),
        ] {
            let tree = Tree::sample(&[("a/src/lib.rs", source)]).with_package("a", "a", &[]);
            assert_eq!(placement(&tree).len(), expected, "{source}");
        }
        let linux = Tree::sample(&[]).with_package("discrig-linux", "conformance/linux", &[]);
        assert!(placement(&linux).is_empty());
    }

    #[test]
    fn reasons_stand_above() {
        for (source, expected) in [
            ("// SAFETY: it is.\nunsafe { f() }", 0),
            ("fn g() {\n  // SAFETY: it is,\n  // always.\n  let a =\n    unsafe { f() };\n}", 0),
            ("fn g() {\n  // SAFETY: it is.\n\n  let a = unsafe { f() };\n}", 1),
            ("// SAFETY: one.\nunsafe { f() };\nunsafe { g() };", 1),
            ("unsafe { f() }", 1),
            ("// It is safe.\nunsafe { f() }", 1),
            ("unsafe impl Send for A {}", 1),
            ("/// A.\n///\n/// # Safety\n/// B.\npub unsafe fn f() {}", 0),
            ("/// A.\npub unsafe fn f() {}", 1),
            ("type F = unsafe extern \"C\" fn();", 0),
        ] {
            let tree = Tree::sample(&[("conformance/linux/src/lib.rs", source)]);
            assert_eq!(reasons(&tree).len(), expected, "{source}");
        }
    }
}
