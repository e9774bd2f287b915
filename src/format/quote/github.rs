//! Turns a text into a value of a workflow of GitHub Actions in which no expression starts.

use std::borrow::Cow;

/// Writes each `${{` as an expression that gives it back.
///
/// An expression may be a literal, and a string in single quotes is one (docs.github.com, "Evaluate expressions in
/// workflows and actions", "Literals"). Nothing else starts one.
pub fn literal(text: &str) -> Cow<'_, str> {
    if text.contains('$') { text.replace("${{", "${{ '${{' }}").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::literal;

    #[test]
    fn an_expression_is_its_own_text() {
        assert_eq!(literal("api"), "api");
        assert_eq!(literal("${api} {{ x }} $"), "${api} {{ x }} $");
        assert_eq!(literal("a${{ secrets.TOKEN }}"), "a${{ '${{' }} secrets.TOKEN }}");
        assert_eq!(literal("$${{"), "$${{ '${{' }}");
    }
}
