//! Shows what templates print and what stops them.

use serde_json::json;

use super::{TemplateError, render};

fn printed(source: &'static str) -> Result<String, TemplateError> {
    let context = json!({
        "text": "a 'b' $c", "number": 8080, "yes": true, "no": false, "nothing": null, "list": ["a b", 1, true],
        "map": { "key": "hunter2" }, "lines": "one\r\n\nserver { evil; }\n", "secret": "hunter2\n",
    });
    render("t.yml", source, &context)
}

#[test]
fn values_print_as_every_format_writes_them() {
    assert_eq!(
        printed("{{ yes }} {{ no }} {{ number }} {{ text }}\n").unwrap(),
        "true false 8080 a 'b' $c\n"
    );
    assert_eq!(printed("{{ list | join(', ') }}").unwrap(), "a b, 1, true");
    assert_eq!(printed("{{ yes | sh_quote }}").unwrap(), "true");
}

#[test]
fn blocks_leave_no_blank_lines() {
    let source = "a\n  {% for item in list %}\n  {{ item }};\n  {% endfor %}\n{# note #}\nb\n";
    assert_eq!(printed(source).unwrap(), "a\n  a b;\n  1;\n  true;\nb\n");
}

#[test]
fn filters_quote_for_their_language() {
    for (source, expected) in [
        ("{{ text | sh_quote }}", r"'a '\''b'\'' $c'"),
        ("{{ text | nginx_quote }}", "\"a 'b' ${dollar}c\""),
        ("{{ text | nginx_pattern }}", "\"a 'b' $c\""),
        ("{{ text | dotenv_quote }}", r#""a 'b' \$c""#),
        ("{{ text | dockerfile_quote }}", r#""a 'b' \$c""#),
        ("{{ list | dockerfile_exec }}", r#"["a b", "1", "true"]"#),
        ("{{ text | markdown_escape }}", r"a 'b' \$c"),
        ("{{ text | markdown_code }}", "`a 'b' $c`"),
        ("{{ text | promql_string }}", r#""a 'b' $c""#),
        ("{{ lines | json_string }}", r#""one\r\n\nserver { evil; }\n""#),
        ("{{ lines | comment }}", "# one\n#\n# server { evil; }"),
        ("{{ list | commands(2) }}", "```sh\n  a b\n  1\n  true\n  ```"),
        ("{{ text | commands }}", "```sh\na 'b' $c\n```"),
        ("{{ lines | comment | indent(2) }}", "# one\n  #\n  # server { evil; }"),
    ] {
        assert_eq!(printed(source).unwrap(), expected, "{source}");
    }
}

#[test]
fn what_has_no_text_is_refused_with_its_place() {
    for (source, message) in [
        ("x\n{{ nothing }}", "t.yml:2: `none` has no text, in `{{ nothing }}`"),
        ("{{ list }}", "t.yml:1: a list or mapping has no text, in `{{ list }}`"),
        (
            "{{ map | sh_quote }}",
            "t.yml:1: a list or mapping has no text, in `{{ map | sh_quote }}`",
        ),
        ("{{ missing }}", "t.yml:1: undefined value, in `{{ missing }}`"),
        ("{{ missing | comment }}", "t.yml:1: undefined value, in `{{ missing | comment }}`"),
        (
            "{% if map.missing %}{% endif %}",
            "t.yml:1: undefined value, in `{% if map.missing %}{% endif %}`",
        ),
        (
            "\n\n{{ x",
            "t.yml:3: syntax error: unexpected end of input, expected end of variable block, in `{{ x`",
        ),
        (
            "{{ text | shquote }}",
            "t.yml:1: unknown filter: filter shquote is unknown, in `{{ text | shquote }}`",
        ),
    ] {
        assert_eq!(printed(source).unwrap_err().to_string(), message);
    }
}

#[test]
fn errors_never_tell_a_value() {
    for source in [
        "{{ secret | nginx_quote }}",
        "{{ map.key | int }}",
        "{{ map.key + 1 }}",
        "{{ secret.x.y }}",
        "{{ range(secret) }}",
        "{% include secret %}",
        "{% macro m() %}{{ secret | dockerfile_quote }}{% endmacro %}{{ m() }}",
        "{{ secret() }}",
        "{{ text[secret] | upper }}",
    ] {
        let error = printed(source).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{source}: {error}");
    }
}

#[test]
fn a_template_that_runs_away_is_stopped() {
    let source =
        "{% for a in range(9999) %}{% for b in range(9999) %}{{ b }}{% endfor %}{% endfor %}";
    let error = printed(source).unwrap_err();
    assert_eq!((error.line, error.message.starts_with("engine ran out of fuel")), (Some(1), true));
}
