//! One Rust source: its blanked code, its functions, and which of its lines are tests only.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::lexer::{self, Comment, Lexed, Token, attribute, matching};

/// A lexed Rust source.
#[derive(Debug)]
pub(crate) struct RustFile {
    /// Code without comments and literals.
    pub(crate) code: String,
    /// All comments.
    pub(crate) comments: Vec<Comment>,
    /// Lines of items under `#[cfg(test)]` or `#[test]`; the whole file where it is a test, bench or test module.
    pub(crate) tests: Vec<RangeInclusive<usize>>,
}

/// A function with a body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Function<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// Line of the keyword `fn`.
    pub(crate) line: usize,
    /// Lines from `fn` to the closing brace.
    pub(crate) length: usize,
}

/// One leaf of a `use` declaration, or one path in code: the segments and the line of the last one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PathUse<'a> {
    /// Segments in order.
    pub(crate) segments: Vec<&'a str>,
    /// Line of the last segment.
    pub(crate) line: usize,
}

impl RustFile {
    /// The tokens of the code.
    pub(crate) fn tokens(&self) -> Vec<Token<'_>> {
        lexer::tokens(&self.code)
    }

    /// Whether a line belongs to tests only.
    pub(crate) fn is_test(&self, line: usize) -> bool {
        self.tests.iter().any(|lines| lines.contains(&line))
    }

    /// All functions with a body, nested ones included.
    pub(crate) fn functions(&self) -> Vec<Function<'_>> {
        let tokens = self.tokens();
        let mut functions = Vec::new();
        for (index, pair) in tokens.windows(2).enumerate() {
            let [keyword, name] = pair else { continue };
            if keyword.text != "fn" || !name.text.bytes().all(lexer::is_word) {
                continue;
            }
            if let Some(open) = body(&tokens, index + 2) {
                let length = tokens[matching(&tokens, open)].line - keyword.line + 1;
                functions.push(Function { name: name.text, line: keyword.line, length });
            }
        }
        functions
    }

    /// All paths of the code, with `use` trees written out.
    pub(crate) fn paths(&self) -> Vec<PathUse<'_>> {
        let tokens = self.tokens();
        let mut paths = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            if tokens[at].text == "use" {
                at = use_tree(&tokens, at + 1, &[], &mut paths);
            } else if tokens[at].text.bytes().all(lexer::is_word) {
                let mut segments = Vec::new();
                at = segments_from(&tokens, at, &mut segments);
                paths.push(PathUse { segments, line: tokens[at - 1].line });
            } else {
                at += 1;
            }
        }
        paths
    }
}

/// Lexes all Rust sources among `texts` and finds out which are tests.
pub(crate) fn parse_all(texts: &BTreeMap<String, String>) -> BTreeMap<String, RustFile> {
    let mut files = BTreeMap::new();
    let mut test_modules = Vec::new();
    for (path, text) in texts.iter().filter(|(path, _)| path.ends_with(".rs")) {
        let Lexed { code, comments } = lexer::lex(text);
        let whole = 1..=text.lines().count().max(1);
        let tests = if in_test_folder(path) {
            vec![whole]
        } else {
            let items = test_items(&lexer::tokens(&code), text);
            test_modules.extend(items.modules.iter().map(|module| module_path(path, module)));
            if items.whole_file { vec![whole] } else { items.lines }
        };
        files.insert(path.clone(), RustFile { code, comments, tests });
    }
    for (path, file) in &mut files {
        let is_module = |module: &String| {
            path.strip_prefix(module.as_str()).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
        };
        if test_modules.iter().any(is_module) {
            file.tests = vec![1..=file.code.lines().count().max(1)];
        }
    }
    files
}

/// Cargo's own folders for tests, benches and examples.
fn in_test_folder(path: &str) -> bool {
    ["/tests/", "/benches/", "/examples/"].iter().any(|folder| path.contains(folder))
        && !path.contains("/src/")
}

#[derive(Default)]
struct TestItems {
    lines: Vec<RangeInclusive<usize>>,
    /// Names of modules in other files, or the paths that their `#[path]` gives.
    modules: Vec<String>,
    whole_file: bool,
}

/// Finds items that exist for tests only.
fn test_items(tokens: &[Token<'_>], text: &str) -> TestItems {
    let mut items = TestItems::default();
    let mut at = 0;
    while at < tokens.len() {
        at = match attribute(tokens, at) {
            Some(attribute) if !is_test_attribute(attribute.tokens) => attribute.end,
            Some(attribute) if attribute.inner => {
                items.whole_file = true;
                attribute.end
            }
            Some(attribute) => test_item(tokens, attribute.end, tokens[at].line, text, &mut items),
            None => at + 1,
        };
    }
    items
}

/// `test`, `rstest`, `cfg(test)` or `cfg(all(test, …))`, without the brackets.
fn is_test_attribute(tokens: &[Token<'_>]) -> bool {
    let words: Vec<_> = tokens.iter().map(|token| token.text).collect();
    matches!(
        words.as_slice(),
        ["test" | "rstest"] | ["cfg", "(", "test", ")"] | ["cfg", "(", "all", "(", "test", ..]
    )
}

/// Takes one item from behind its test attribute; returns the index behind it.
fn test_item(tokens: &[Token<'_>], from: usize, first: usize, text: &str, items: &mut TestItems) -> usize {
    let mut at = from;
    let mut path = None;
    while let Some(attribute) = attribute(tokens, at) {
        if attribute.tokens.first().is_some_and(|token| token.text == "path") {
            let written = &text[tokens[at].offset..tokens[attribute.end - 1].offset];
            path = written.split('"').nth(1).map(|path| format!("path:{}", path.trim_end_matches(".rs")));
        }
        at = attribute.end;
    }
    let end = match body(tokens, at) {
        Some(open) => matching(tokens, open),
        None => {
            let end = (at..tokens.len()).find(|&index| tokens[index].text == ";").unwrap_or(tokens.len() - 1);
            let declaration = tokens.get(at..end).unwrap_or_default();
            let module = declaration.iter().skip_while(|token| token.text != "mod").nth(1);
            items.modules.extend(module.map(|name| path.unwrap_or_else(|| name.text.to_owned())));
            end
        }
    };
    items.lines.push(first..=tokens[end].line);
    end + 1
}

/// Index of the `{` that begins the body of an item, or nothing where a `;` comes first.
fn body(tokens: &[Token<'_>], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        match tokens.get(at)?.text {
            "{" => return Some(at),
            ";" => return None,
            "(" | "[" => at = matching(tokens, at) + 1,
            _ => at += 1,
        }
    }
}

/// Path, without `.rs`, of the file of a module declared in the file at `path`.
fn module_path(path: &str, module: &str) -> String {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    if let Some(given) = module.strip_prefix("path:") {
        return format!("{folder}/{given}");
    }
    match file {
        "lib.rs" | "main.rs" | "mod.rs" => format!("{folder}/{module}"),
        _ => format!("{folder}/{}/{module}", file.trim_end_matches(".rs")),
    }
}

/// Collects `a::b::c` from `at`; returns the index behind it.
fn segments_from<'a>(tokens: &[Token<'a>], mut at: usize, segments: &mut Vec<&'a str>) -> usize {
    while let Some(token) = tokens.get(at).filter(|token| token.text.bytes().all(lexer::is_word)) {
        segments.push(token.text);
        at += 1;
        let goes_on = tokens.get(at).is_some_and(|next| next.text == "::")
            && tokens.get(at + 1).is_some_and(|next| next.text.bytes().all(lexer::is_word));
        if !goes_on {
            break;
        }
        at += 1;
    }
    at
}

/// Writes out one `use` tree; returns the index behind it.
fn use_tree<'a>(tokens: &[Token<'a>], at: usize, prefix: &[&'a str], paths: &mut Vec<PathUse<'a>>) -> usize {
    let at = at + usize::from(tokens.get(at).is_some_and(|token| token.text == "::"));
    let mut segments = prefix.to_vec();
    let end = segments_from(tokens, at, &mut segments);
    let open = end + 1;
    if tokens.get(end).is_some_and(|token| token.text == "::")
        && tokens.get(open).is_some_and(|token| token.text == "{")
    {
        let close = matching(tokens, open);
        let mut at = open + 1;
        while at < close {
            let next = use_tree(tokens, at, &segments, paths);
            at = next.max(at + 1);
        }
        return close + 1;
    }
    if segments.len() > prefix.len() {
        segments.retain(|segment| *segment != "self");
        paths.push(PathUse { segments, line: tokens[end - 1].line });
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(files: &[(&str, &str)]) -> BTreeMap<String, RustFile> {
        parse_all(&files.iter().map(|(path, text)| ((*path).into(), (*text).into())).collect())
    }

    fn one(text: &str) -> RustFile {
        parse(&[("a/src/lib.rs", text)]).remove("a/src/lib.rs").unwrap()
    }

    #[test]
    fn functions_are_measured_to_their_brace() {
        let file = one(
            "fn a() {\n}\nfn b(x: [u8; { 3 }])\n  -> u8\n{\n  \"}\"; { }\n}\ntrait T { fn c(); }\ntype F = fn(u8);",
        );
        let found: Vec<_> = file.functions().iter().map(|f| (f.name, f.line, f.length)).collect();
        assert_eq!(found, [("a", 1, 2), ("b", 3, 5)]);
    }

    #[test]
    fn use_trees_are_written_out() {
        let file = one("use std::{fs::{self, File}, net as n, io::*};\nfn f() { std::env::args(); }");
        let found: Vec<_> = file.paths().iter().map(|path| (path.segments.join("::"), path.line)).collect();
        for expected in ["std::fs", "std::fs::File", "std::net", "std::io"] {
            assert!(found.contains(&(expected.to_owned(), 1)), "{expected}: {found:?}");
        }
        assert!(found.contains(&("std::env::args".to_owned(), 2)), "{found:?}");
    }

    #[test]
    fn items_of_tests_are_known_by_line() {
        let file = one(
            "fn a() {}\n#[cfg(test)]\n#[expect(x)]\nmod tests {\n  fn b() {}\n}\nfn c() {}\n#[test]\nfn d() {}\n#[cfg(not(test))]\nfn e() {}",
        );
        let tests: Vec<_> = (1..=11).filter(|&line| file.is_test(line)).collect();
        assert_eq!(tests, [2, 3, 4, 5, 6, 8, 9]);
    }

    #[test]
    fn files_of_tests_are_known() {
        let files = parse(&[
            (
                "a/src/lib.rs",
                "#[cfg(test)]\nmod tests;\n#[cfg(test)]\n#[path = \"odd.rs\"]\nmod other;\nmod real;",
            ),
            ("a/src/tests.rs", "fn a() {}"),
            ("a/src/tests/deep.rs", "fn a() {}"),
            ("a/src/odd.rs", "fn a() {}"),
            ("a/src/real.rs", "#[cfg(test)]\nmod check;\nfn a() {}"),
            ("a/src/real/check.rs", "fn a() {}"),
            ("a/tests/suite.rs", "fn a() {}"),
            ("a/src/whole.rs", "#![cfg(test)]\nfn a() {}"),
        ]);
        let tests: Vec<_> = files
            .iter()
            .filter(|(_, file)| file.tests.first().is_some_and(|lines| *lines.start() == 1))
            .map(|(path, _)| path.as_str())
            .collect();
        let expected = [
            "a/src/lib.rs",
            "a/src/odd.rs",
            "a/src/real.rs",
            "a/src/real/check.rs",
            "a/src/tests.rs",
            "a/src/tests/deep.rs",
            "a/src/whole.rs",
            "a/tests/suite.rs",
        ];
        assert_eq!(tests, expected);
        assert!(!files["a/src/lib.rs"].is_test(6));
        assert!(!files["a/src/real.rs"].is_test(3));
    }

    #[test]
    fn broken_source_is_survived() {
        for text in
            ["use a::{", "#[cfg(test)]", "#[cfg(test)] mod", "fn", "fn a(", "#", "#[", "use", "::", "}"]
        {
            let file = one(text);
            file.functions();
            file.paths();
        }
    }
}
