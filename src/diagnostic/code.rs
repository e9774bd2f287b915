//! Names every diagnostic, and explains each in a paragraph for `formwork explain`.

use std::fmt;

/// Declares the codes: variant, kebab-case id, explanation.
macro_rules! codes {
    ($($variant:ident $id:literal $text:literal;)+) => {
        /// The name of a diagnostic: stable, kebab case, taken by `formwork explain`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[allow(missing_docs, reason = "each variant's text is its explanation")]
        pub enum Code { $($variant),+ }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name as it is written.
            pub fn id(self) -> &'static str {
                match self { $(Self::$variant => $id),+ }
            }

            /// What it means, why it is refused and what to do, in a paragraph.
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
    };
}

codes! {
    UnreadableFile "unreadable-file"
        "The file could not be read: it does not exist, is a directory, or its permissions forbid it.";
    NotUtf8 "not-utf8"
        "Blueprints are UTF-8 text. The message names the first byte that is not. Convert the file, for \
         instance with `iconv -f latin1 -t utf-8`.";
    TooLarge "too-large"
        "The file is larger, nested deeper or expands to more nodes than any real blueprint. Formwork stops \
         before it uses up memory. Split a large blueprint with `include`, and write anchors out.";
    EmptyFile "empty-file"
        "The file holds nothing but blanks or comments. `formwork init` writes a working blueprint.";
    SyntaxError "syntax-error"
        "The text is not YAML. The usual reasons are a tab in the indentation, a missing quote or bracket, \
         and an unquoted value that starts with `{`, `[`, `*`, `&`, `%` or `@`. A reference inside a flow \
         mapping must be quoted: `{ url: \"${db.url}\" }`.";
    DuplicateKey "duplicate-key"
        "A mapping names the same key twice. Most YAML readers keep the last one in silence, so that half of \
         what is written has no effect. Formwork refuses it; remove or rename one of the two.";
    UnknownKey "unknown-key"
        "The language has no such key at this place. Keys of your own may be kept under names that start \
         with `x-`; Formwork passes over them.";
    MissingKey "missing-key"
        "A key that has no default is not there.";
    WrongType "wrong-type"
        "The value is of another kind than the key takes: text where a number stands, a list where a mapping \
         stands. YAML reads `1.20` as a number and `yes` as text; put quotes round a value that must stay text.";
    InvalidValue "invalid-value"
        "The value is of the right kind but not one that the key takes.";
    UnsupportedYaml "unsupported-yaml"
        "The text is YAML, but uses a part of it that a blueprint has no use for: a list or mapping as a key, \
         a tag such as `!custom`, or an alias inside the very node that its anchor names. Write it without.";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
