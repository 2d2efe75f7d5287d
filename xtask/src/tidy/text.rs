//! Words and white space that have no business in a tracked file.
//!
//! The words are written in pieces, so that this file passes its own checks.

use super::Finding;
use super::lexer::is_word;
use super::tree::Tree;

/// Marks of unfinished business, as whole words.
const MARKERS: &[&str] =
    &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX"), concat!("HA", "CK")];

/// Macros that stand for unfinished business in Rust code.
const MACROS: &[&str] = &["dbg", "todo", "unimplemented"];

/// First words of lines that a broken merge leaves behind.
const CONFLICTS: &[&str] =
    &[concat!("<<<<", "<<<"), concat!("====", "==="), concat!(">>>>", ">>>"), concat!("||||", "|||")];

/// Beginnings of paths that exist on one machine only.
const MACHINE_PATHS: &[&str] =
    &[concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("/Us", "ers/")];

/// Hosts of package registries and their mirrors, as words.
const REGISTRY_HOSTS: &[&str] = &[
    concat!("artifactory", "."),
    concat!("deb.debian", ".org"),
    concat!("index.crates", ".io"),
    concat!("proxy.golang", ".org"),
    concat!("pypi", ".org"),
    concat!("registry.npmjs", ".org"),
    concat!("static.crates", ".io"),
];

/// The source of every crate in the lock file.
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Products that have nothing to do with recorders, in any case, as whole words.
const PRODUCTS: &[&str] = &[
    concat!("anth", "ropic"),
    concat!("chat", "gpt"),
    concat!("cla", "ude"),
    concat!("cop", "ilot"),
    concat!("l", "lm"),
    concat!("open", "ai"),
];

/// Suffixes of files whose white space is data.
const VERBATIM: &[&str] = &[".snap"];

/// No marker of unfinished work and no trace of a broken merge.
pub(crate) fn markers(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for_each_line(tree, |path, number, line| {
        for marker in MARKERS.iter().filter(|marker| has_word(line, marker)) {
            findings.push(Finding::new(
                path,
                number,
                format!("marker {marker}"),
                "finish it, or describe it in the tracker",
            ));
        }
        let first = line.split(' ').next().unwrap_or_default();
        if CONFLICTS.contains(&first) {
            findings.push(Finding::new(path, number, "trace of a broken merge", "resolve it"));
        }
    });
    for (path, file) in &tree.rust {
        for pair in file.tokens().windows(2) {
            if MACROS.contains(&pair[0].text) && pair[1].text == "!" {
                let what = format!("macro {}!", pair[0].text);
                findings.push(Finding::new(path, pair[0].line, what, "finish what it stands for"));
            }
        }
    }
    findings
}

/// No trailing white space, no tabs in Rust, and a line break at the end.
pub(crate) fn whitespace(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for_each_line(tree, |path, number, line| {
        if VERBATIM.iter().any(|suffix| path.ends_with(suffix)) {
            return;
        }
        if line.ends_with(char::is_whitespace) {
            findings.push(Finding::new(path, number, "white space at the end of the line", "remove it"));
        }
        if path.ends_with(".rs") && line.contains('\t') {
            findings.push(Finding::new(
                path,
                number,
                "tab in Rust source",
                "use spaces, or \\t in a literal",
            ));
        }
    });
    for (path, text) in tree.texts.iter().filter(|(_, text)| !text.is_empty() && !text.ends_with('\n')) {
        findings.push(Finding::new(
            path,
            text.lines().count(),
            "no line break at the end of the file",
            "add it",
        ));
    }
    findings
}

/// No absolute path of somebody's machine.
pub(crate) fn machine_paths(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for_each_line(tree, |path, number, line| {
        for prefix in MACHINE_PATHS.iter().filter(|prefix| has_absolute(line, prefix)) {
            let remedy = "make it relative, or take it from the environment";
            findings.push(Finding::new(path, number, format!("absolute path {prefix}…"), remedy));
        }
    });
    findings
}

/// No host of a registry in any file, and no source but crates.io in the lock file.
pub(crate) fn registry_hosts(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for_each_line(tree, |path, number, line| {
        for host in REGISTRY_HOSTS.iter().filter(|host| line.contains(*host)) {
            findings.push(Finding::new(
                path,
                number,
                format!("registry host {host}"),
                "leave hosts to the user's settings",
            ));
        }
        let source = line.strip_prefix("source = ").filter(|_| path == "Cargo.lock");
        if source.is_some_and(|source| source.trim_matches('"') != CRATES_IO) {
            findings.push(Finding::new(
                path,
                number,
                "crate that is not from crates.io",
                "use a released version of it",
            ));
        }
    });
    findings
}

/// No word from [`PRODUCTS`].
pub(crate) fn product_words(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for_each_line(tree, |path, number, line| {
        let line = line.to_lowercase();
        for word in PRODUCTS.iter().filter(|word| has_word(&line, word)) {
            findings.push(Finding::new(path, number, format!("word \"{word}\""), "say it without"));
        }
    });
    findings
}

fn for_each_line(tree: &Tree, mut look: impl FnMut(&str, usize, &str)) {
    for (path, text) in &tree.texts {
        for (index, line) in text.split('\n').enumerate() {
            look(path, index + 1, line);
        }
    }
}

/// Whether `word` stands in `line` with no letter, digit or underscore beside it.
fn has_word(line: &str, word: &str) -> bool {
    let is_edge = |byte: Option<&u8>| !byte.is_some_and(|&byte| is_word(byte));
    line.match_indices(word)
        .any(|(at, _)| is_edge(line.as_bytes()[..at].last()) && is_edge(line.as_bytes().get(at + word.len())))
}

/// Whether `prefix` begins an absolute path in `line`, and is no part of a longer or relative one.
fn has_absolute(line: &str, prefix: &str) -> bool {
    line.match_indices(prefix).any(|(at, _)| {
        let before = line.as_bytes()[..at].last();
        before.is_none_or(|&byte| !is_word(byte) && !b".-~}*/".contains(&byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of the findings of `check` in one file.
    fn lines(check: fn(&Tree) -> Vec<Finding>, path: &str, text: &str) -> Vec<usize> {
        check(&Tree::sample(&[(path, text)])).iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn each_marker_is_found_as_a_word() {
        for marker in MARKERS {
            assert_eq!(lines(markers, "a.md", &format!("a\n({marker}: b)\n")), [2], "{marker}");
            assert_eq!(lines(markers, "a.md", &format!("{marker}S x{marker}\n")), [0; 0], "{marker}");
        }
        for name in MACROS {
            assert_eq!(lines(markers, "a.rs", &format!("fn f() {{\n    {name}!()\n}}\n")), [2], "{name}");
            assert_eq!(lines(markers, "a.rs", &format!("// {name}!\nfn {name}() {{}}\n")), [0; 0], "{name}");
        }
        for line in CONFLICTS {
            assert_eq!(lines(markers, "a.toml", &format!("a\nb\n{line} c\n")), [3], "{line}");
            assert_eq!(lines(markers, "a.toml", &format!("{line}{line}\n")), [0; 0], "{line}");
        }
    }

    #[test]
    fn loose_white_space_is_found() {
        assert_eq!(lines(whitespace, "a.md", "a \nb\n"), [1]);
        assert_eq!(lines(whitespace, "a.md", "a\r\nb\n"), [1]);
        assert_eq!(lines(whitespace, "a.md", "a\nb"), [2]);
        assert_eq!(lines(whitespace, "a.rs", "a\n\tb\n"), [2]);
        assert_eq!(lines(whitespace, "Makefile", "a:\n\tb\n"), [0; 0]);
        assert_eq!(lines(whitespace, "a.snap", "a \n"), [0; 0]);
        assert_eq!(lines(whitespace, "empty", ""), [0; 0]);
    }

    #[test]
    fn machine_paths_are_found_and_others_are_not() {
        for prefix in MACHINE_PATHS {
            assert_eq!(lines(machine_paths, "a.toml", &format!("b\na = \"{prefix}x\"\n")), [2], "{prefix}");
            assert_eq!(
                lines(machine_paths, "a.toml", &format!("$HOME{prefix} a{prefix} ..{prefix}\n")),
                [0; 0],
                "{prefix}"
            );
        }
    }

    #[test]
    fn registries_are_found() {
        for host in REGISTRY_HOSTS {
            assert_eq!(lines(registry_hosts, "a.sh", &format!("curl https://{host}/a\n")), [1], "{host}");
        }
        let lock = |source: &str| format!("[[package]]\nsource = \"{source}\"\n");
        assert_eq!(lines(registry_hosts, "Cargo.lock", &lock(CRATES_IO)), [0; 0]);
        assert_eq!(lines(registry_hosts, "Cargo.lock", &lock("git+https://example.org/a")), [2]);
    }

    #[test]
    fn products_are_found_in_any_case() {
        for word in PRODUCTS {
            for written in [(*word).to_owned(), word.to_uppercase(), format!("\"{word}\".")] {
                assert_eq!(lines(product_words, "a.md", &format!("a\n{written}\n")), [2], "{written}");
            }
            assert_eq!(lines(product_words, "a.md", &format!("{word}s a{word}\n")), [0; 0], "{word}");
        }
    }
}
