//! Keeps comments in the order of what they stand above.

use std::borrow::Cow;

/// Comments to stand above nodes: JSON Pointer to text, which may have several lines.
///
/// The empty pointer is the head of the document. A pointer to nothing is ignored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comments(Vec<Comment>);

/// A pointer and a text.
pub(super) type Comment = (Cow<'static, str>, Cow<'static, str>);

impl Comments {
    /// No comments.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a comment, or puts it in place of the one that is there.
    pub fn insert(
        &mut self,
        pointer: impl Into<Cow<'static, str>>,
        text: impl Into<Cow<'static, str>>,
    ) {
        let (pointer, text) = (pointer.into(), text.into());
        match self.0.binary_search_by(|(known, _)| known.cmp(&pointer)) {
            Ok(at) => self.0[at].1 = text,
            Err(at) => self.0.insert(at, (pointer, text)),
        }
    }

    /// All, by pointer.
    pub(super) fn sorted(&self) -> &[Comment] {
        &self.0
    }
}

impl<P: Into<Cow<'static, str>>, T: Into<Cow<'static, str>>> Extend<(P, T)> for Comments {
    fn extend<I: IntoIterator<Item = (P, T)>>(&mut self, comments: I) {
        self.0.extend(comments.into_iter().map(|(pointer, text)| (pointer.into(), text.into())));
        self.0.sort_by(|(one, _), (other, _)| one.cmp(other));
        // The last of those for one pointer stays.
        self.0.dedup_by(|later, first| {
            let is_same = later.0 == first.0;
            if is_same {
                std::mem::swap(later, first);
            }
            is_same
        });
    }
}

impl<P: Into<Cow<'static, str>>, T: Into<Cow<'static, str>>> FromIterator<(P, T)> for Comments {
    fn from_iter<I: IntoIterator<Item = (P, T)>>(comments: I) -> Self {
        let mut all = Self::new();
        all.extend(comments);
        all
    }
}

impl<P: Into<Cow<'static, str>>, T: Into<Cow<'static, str>>, const N: usize> From<[(P, T); N]>
    for Comments
{
    fn from(comments: [(P, T); N]) -> Self {
        comments.into_iter().collect()
    }
}

impl IntoIterator for Comments {
    type Item = Comment;
    type IntoIter = std::vec::IntoIter<Comment>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
