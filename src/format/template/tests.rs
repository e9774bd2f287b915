//! Shows what templates print and what stops them.

use serde_json::json;

use super::{TemplateError, bounded, render};

fn printed(source: &'static str) -> Result<String, TemplateError> {
    let context = json!({
        "text": "a 'b' $c", "number": 8080, "yes": true, "no": false, "nothing": null, "list": ["a b", 1, true],
        "map": { "key": "hunter2" }, "lines": "one\r\n\nserver { evil; }\n", "secret": "hunter2\n",
    });
    let printed = render("t.yml", source, &context);
    // The same of an author's own, but for what is too much.
    assert_eq!(bounded::render("t.yml", source, &context), printed, "{source}");
    printed
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
fn control_flow_is_the_same_when_it_is_counted() {
    for (source, expected) in [
        (
            "{% for a in list %}{% if loop.first %}{{ a }}{% elif loop.last %}!{% else %}-{% endif %}{% else %}x{% endfor %}",
            "a b-!",
        ),
        ("{% for a in [] %}x{% else %}none{% endfor %}", "none"),
        (
            "{% macro m(a, b='c') %}<{{ a ~ b }}>{% endmacro %}{{ m('x') ~ m('y', 'z') }}",
            "<xc><yz>",
        ),
        ("{% macro m() %}[{{ caller() }}]{% endmacro %}{% call m() %}in{% endcall %}", "[in]"),
        (
            "{% set ns = namespace(n=0) %}{% for a in range(4) %}{% if a == 2 %}{% continue %}{% endif %}{% set ns.n = ns.n + a %}{% endfor %}{{ ns.n }}",
            "4",
        ),
        ("{% set a %}x{{ number }}{% endset %}{{ a | upper }}{{ a and yes or no }}", "X8080true"),
        (
            "{% block b %}{{ text | length }}{% endblock %}{% with c = 2 * 3 %}{{ c if c > 5 else 0 }}{% endwith %}",
            "86",
        ),
        (
            "{% for a in [1, [2, [3]]] recursive %}{{ loop(a) if a is iterable else a }}{% endfor %}",
            "123",
        ),
        (
            "{{ 'a-b' | replace('-', '+') | indent(2, true) }}{{ '%03d' | format(7) }}{{ [1, 2, 3] | batch(2) | list | length }}",
            "  a+b0072",
        ),
    ] {
        assert_eq!(printed(source).unwrap(), expected, "{source}");
    }
}

#[test]
fn a_template_of_an_author_builds_no_more_than_so_much() {
    let double = "{% set ns.s = ns.s ~ ns.s %}";
    let straight = format!("{{% set a = 'xxxxxxxx' %}}{}", "{% set a = a ~ a %}".repeat(40));
    let chain = format!("{{{{ 'a'{} }}}}", " | replace('a', 'aaaaaaaaaa')".repeat(12));
    let nested =
        format!("{{% set a = ['x'] %}}{}{{{{ a ~ '' }}}}", "{% set a = [a, a, a, a] %}".repeat(20));
    let captured = format!(
        "{{% set a %}}{{% for b in range(9999) %}}{}{{% endfor %}}{{% endset %}}",
        "x".repeat(9999)
    );
    for source in [
        &format!(
            "{{% set ns = namespace(s='x') %}}{{% for a in range(40) %}}{double}{{% endfor %}}"
        ),
        &straight,
        &chain,
        &nested,
        &captured,
        "{% macro m(s, n) %}{% if n %}{{ m(s ~ s, n - 1) }}{% endif %}{% endmacro %}{{ m('x', 40) }}",
        "{% set ns = namespace(s='x') %}{% for a in range(40) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
        "{% set ns = namespace(l=['x']) %}{% for a in range(40) %}{% set ns.l = ns.l + ns.l %}{% endfor %}{{ ns.l | join(',') }}",
        "{% set ns = namespace(s='\\\\') %}{% for a in range(40) %}{% set ns.s = ns.s | pprint %}{% endfor %}",
        "{{ 'a' | indent(4000000000, true) }}",
        "{{ [1] | batch(4000000000, 'x') | list }}",
        "{{ ([1] * 90000000) | list | length }}",
        "{% for a in range(9999) %}{% for b in range(9999) %}{{ text * 99 }}{% endfor %}{% endfor %}",
    ] {
        let context = json!({ "text": "x".repeat(99) });
        let error = bounded::render("t.txt", source, &context).unwrap_err();
        let known = error.message.starts_with("the template builds more than 32 MiB of text");
        assert!(known && error.line == Some(1), "{error}: {source}");
    }
    let error = bounded::render("t.txt", "{{ '%999999d' | format(1) }}", &json!({})).unwrap_err();
    assert!(error.message.starts_with("a width that is too large"), "{error}");
}

#[test]
fn a_template_that_runs_away_is_stopped() {
    let source =
        "{% for a in range(9999) %}{% for b in range(9999) %}{{ b }}{% endfor %}{% endfor %}";
    let error = printed(source).unwrap_err();
    assert_eq!((error.line, error.message.starts_with("engine ran out of fuel")), (Some(1), true));
}
