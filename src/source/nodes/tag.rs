//! Turns a scalar with or without a tag into its value, and refuses tags that mean nothing here.

use serde_saphyr::granit_parser::Tag;

use super::super::document::Kind;
use super::super::{Span, scalar};
use super::Builder;
use crate::diagnostic::{Code, Diagnostic};

impl Builder<'_> {
    /// The value of a scalar, by its tag if it has one.
    pub(super) fn value(&mut self, text: &str, plain: bool, tag: Option<&Tag>, span: Span) -> Kind {
        match tag {
            None if plain => scalar::resolve(text),
            None => Kind::String(text.to_owned()),
            Some(tag) if tag.is_yaml_core_schema() => scalar::tagged(tag.suffix(), text)
                .unwrap_or_else(|| {
                    let message =
                        format!("the value is not what its tag `!!{}` says", tag.suffix());
                    self.report(Diagnostic::error(Code::WrongType, message).at(span, ""));
                    Kind::Null
                }),
            Some(tag) => {
                self.refuse_tag(tag);
                Kind::Null
            }
        }
    }

    /// Refuses a tag on a list or mapping, unless it only says that it is one.
    pub(super) fn check_tag(&mut self, kind: &str, tag: Option<&Tag>) {
        if let Some(tag) = tag.filter(|tag| !tag.is_yaml_core_schema() || tag.suffix() != kind) {
            self.refuse_tag(tag);
        }
    }

    fn refuse_tag(&mut self, tag: &Tag) {
        let message =
            format!("the tag `{}{}` has no meaning here", tag.original_handle(), tag.suffix());
        let found =
            Diagnostic::error(Code::UnsupportedYaml, message).at(self.span(self.tag.clone()), "");
        self.report(found.help("remove the tag"));
    }
}
