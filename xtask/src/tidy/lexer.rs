//! Rust source with comments and literals blanked, so that checks look at code and only at code.
//!
//! The lexer keeps every byte offset and every line break: what is not code becomes spaces. Quotes stay, so that a literal is
//! still seen to be there. It knows line and nested block comments, strings (plain, byte, C, raw), characters against
//! lifetimes, and raw identifiers.

/// A source text taken apart.
#[derive(Debug)]
pub(crate) struct Lexed {
    /// The source with comments and the insides of literals replaced by spaces, line for line.
    pub(crate) code: String,
    /// All comments in order, doc comments included.
    pub(crate) comments: Vec<Comment>,
}

/// One comment, from its first to its last line (counted from 1).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Comment {
    /// Line on which it begins.
    pub(crate) first_line: usize,
    /// Line on which it ends.
    pub(crate) last_line: usize,
    /// The comment with its markers.
    pub(crate) text: String,
}

/// A word or a punctuation mark of [`Lexed::code`]; `::` is one token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    /// The token as written.
    pub(crate) text: &'a str,
    /// Its line, counted from 1.
    pub(crate) line: usize,
    /// Its byte offset in the source.
    pub(crate) offset: usize,
}

/// Blanks comments and literals of `source`. Total: text that is not Rust gives some result and never a panic.
pub(crate) fn lex(source: &str) -> Lexed {
    let mut lexer = Lexer {
        bytes: source.as_bytes(),
        at: 0,
        line: 1,
        code: Vec::with_capacity(source.len()),
        comments: Vec::new(),
    };
    while let Some(byte) = lexer.peek(0) {
        lexer.step(source, byte);
    }
    Lexed { code: String::from_utf8_lossy(&lexer.code).into_owned(), comments: lexer.comments }
}

/// An attribute: `#[…]`, or `#![…]` where it is inner.
#[derive(Debug)]
pub(crate) struct Attribute<'t, 'a> {
    /// Whether it speaks of what encloses it.
    pub(crate) inner: bool,
    /// What stands between its brackets.
    pub(crate) tokens: &'t [Token<'a>],
    /// Index of the token behind it.
    pub(crate) end: usize,
}

/// Splits blanked code into tokens.
pub(crate) fn tokens(code: &str) -> Vec<Token<'_>> {
    let bytes = code.as_bytes();
    let mut tokens = Vec::new();
    let (mut at, mut line) = (0, 1);
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        at += if is_word(byte) {
            bytes[start..].iter().take_while(|&&next| is_word(next)).count()
        } else if bytes[start..].starts_with(b"::") {
            2
        } else {
            1
        };
        if byte == b'\n' {
            line += 1;
        } else if !byte.is_ascii_whitespace() {
            tokens.push(Token { text: &code[start..at], line, offset: start });
        }
    }
    tokens
}

/// Index of the token that closes the bracket at `open`, or the last token where the source ends too early.
pub(crate) fn matching(tokens: &[Token<'_>], open: usize) -> usize {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return index;
                }
            }
            _ => {}
        }
    }
    tokens.len().saturating_sub(1)
}

/// The attribute that begins at token `at`, if one does.
pub(crate) fn attribute<'t, 'a>(tokens: &'t [Token<'a>], at: usize) -> Option<Attribute<'t, 'a>> {
    let text = |index: usize| tokens.get(index).map(|token| token.text);
    let inner = text(at + 1) == Some("!");
    let open = at + 1 + usize::from(inner);
    if text(at) != Some("#") || text(open) != Some("[") {
        return None;
    }
    let close = matching(tokens, open);
    let tokens = tokens.get(open + 1..close).unwrap_or_default();
    Some(Attribute { inner, tokens, end: close + 1 })
}

/// Whether a byte belongs to a word; bytes beyond ASCII count as letters.
pub(crate) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
    code: Vec<u8>,
    comments: Vec<Comment>,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    /// Takes one construct that begins with `byte`.
    fn step(&mut self, source: &str, byte: u8) {
        match (byte, self.peek(1)) {
            (b'/', Some(b'/')) => self.comment(source, Self::line_comment),
            (b'/', Some(b'*')) => self.comment(source, Self::block_comment),
            (b'"', _) => self.string(),
            (b'\'', _) => self.quote(),
            _ if is_word(byte) => self.word(),
            _ => self.keep(1),
        }
    }

    /// Copies `count` bytes as code.
    fn keep(&mut self, count: usize) {
        for _ in 0..count {
            let Some(byte) = self.peek(0) else { return };
            self.line += usize::from(byte == b'\n');
            self.code.push(byte);
            self.at += 1;
        }
    }

    /// Replaces `count` bytes by spaces; line breaks stay.
    fn blank(&mut self, count: usize) {
        for _ in 0..count {
            let Some(byte) = self.peek(0) else { return };
            self.line += usize::from(byte == b'\n');
            self.code.push(if byte == b'\n' { b'\n' } else { b' ' });
            self.at += 1;
        }
    }

    fn comment(&mut self, source: &str, body: fn(&mut Self)) {
        let (start, first_line) = (self.at, self.line);
        body(self);
        let text = source.get(start..self.at).unwrap_or_default().to_owned();
        self.comments.push(Comment { first_line, last_line: self.line, text });
    }

    fn line_comment(&mut self) {
        while self.peek(0).is_some_and(|byte| byte != b'\n') {
            self.blank(1);
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        while self.peek(0).is_some() {
            match (self.peek(0), self.peek(1)) {
                (Some(b'/'), Some(b'*')) => {
                    depth += 1;
                    self.blank(2);
                }
                (Some(b'*'), Some(b'/')) => {
                    depth = depth.saturating_sub(1);
                    self.blank(2);
                    if depth == 0 {
                        return;
                    }
                }
                _ => self.blank(1),
            }
        }
    }

    /// A string with escapes, from its opening quote.
    fn string(&mut self) {
        self.keep(1);
        while let Some(byte) = self.peek(0) {
            match byte {
                b'"' => return self.keep(1),
                b'\\' => self.blank(2),
                _ => self.blank(1),
            }
        }
    }

    /// A raw string, from its first `#` or quote.
    fn raw_string(&mut self, hashes: usize) {
        self.keep(hashes + 1);
        while let Some(byte) = self.peek(0) {
            let closes = byte == b'"' && (1..=hashes).all(|ahead| self.peek(ahead) == Some(b'#'));
            if closes {
                return self.keep(hashes + 1);
            }
            self.blank(1);
        }
    }

    /// A character literal or a lifetime, from the quote.
    fn quote(&mut self) {
        let rest = &self.bytes[self.at + 1..];
        let width = match rest.first() {
            Some(b'\\') => rest.iter().skip(2).position(|&byte| byte == b'\'').map(|end| end + 2),
            Some(&first) => {
                let width = utf8_width(first);
                (rest.get(width) == Some(&b'\'')).then_some(width)
            }
            None => None,
        };
        self.keep(1);
        if let Some(width) = width {
            self.blank(width);
            self.keep(1);
        }
    }

    /// A word, which may turn out to be the prefix of a literal.
    fn word(&mut self) {
        let length = self.bytes[self.at..].iter().take_while(|&&byte| is_word(byte)).count();
        let word = &self.bytes[self.at..self.at + length];
        let raw = matches!(word, b"r" | b"br" | b"cr");
        let prefix = raw || matches!(word, b"b" | b"c");
        self.keep(length);
        if raw {
            let hashes = self.bytes[self.at..].iter().take_while(|&&byte| byte == b'#').count();
            if self.peek(hashes) == Some(b'"') {
                return self.raw_string(hashes);
            }
        }
        if prefix && self.peek(0) == Some(b'"') {
            self.string();
        }
    }
}

/// Bytes of the character that begins with `first`.
fn utf8_width(first: u8) -> usize {
    match first {
        0xC0..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xFF => 4,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(source: &str) -> String {
        lex(source).code
    }

    #[test]
    fn blanks_what_is_not_code() {
        for (source, expected) in [
            ("a // b\nc", "a     \nc"),
            ("a /* b /* c */ d */ e", "a                   e"),
            ("/* a\nb */ c", "    \n     c"),
            (r#"f("a \" // b")"#, r#"f("         ")"#),
            (r##"r#"a "b" c"# d"##, r##"r#"       "# d"##),
            (r#"b"ab" c"d" br"e" f"#, r#"b"  " c" " br" " f"#),
            ("'{' '\\'' '\\u{7d}' 'é' x", "' ' '  ' '      ' '  ' x"),
            ("b'{' &'a str", "b' ' &'a str"),
            ("'a: loop { break 'a; }", "'a: loop { break 'a; }"),
            ("r#type // x", "r#type     "),
            ("\"a\nb\" c", "\" \n \" c"),
            ("\"open", "\"    "),
            ("/* open", "       "),
            ("'", "'"),
            ("a / b", "a / b"),
        ] {
            assert_eq!(code(source), expected, "{source}");
        }
    }

    #[test]
    fn keeps_offsets_and_lines() {
        let source = "fn é() { \"ü\" } // ö\n'ß'\n/* ä\n*/";
        let lexed = lex(source);
        assert_eq!(lexed.code.len(), source.len());
        assert_eq!(lexed.code.lines().count(), source.lines().count());
        assert_eq!(lexed.comments.len(), 2);
        assert_eq!(lexed.comments[1], Comment { first_line: 3, last_line: 4, text: "/* ä\n*/".into() });
    }

    #[test]
    fn tokens_have_lines_and_paths_have_one_separator() {
        let code = "a::b\n  (c_1)";
        let found: Vec<_> = tokens(code).iter().map(|token| (token.text, token.line)).collect();
        assert_eq!(found, [("a", 1), ("::", 1), ("b", 1), ("(", 2), ("c_1", 2), (")", 2)]);
    }

    #[test]
    fn attributes_are_told_from_other_signs() {
        let tokens = tokens("#![a(b)] #[c] # d #[");
        let outer = attribute(&tokens, 8).unwrap();
        assert!(attribute(&tokens, 0).is_some_and(|inner| inner.inner && inner.end == 8));
        assert!(!outer.inner && outer.tokens[0].text == "c" && outer.end == 12);
        assert!(attribute(&tokens, 1).is_none() && attribute(&tokens, 12).is_none());
        assert!(attribute(&tokens, 14).is_some_and(|open| open.tokens.is_empty()));
    }

    #[test]
    fn brackets_match_across_kinds() {
        let tokens = tokens("f ( [ { } ] ) g (");
        assert_eq!(matching(&tokens, 1), 6);
        assert_eq!(matching(&tokens, 8), 8);
    }
}
