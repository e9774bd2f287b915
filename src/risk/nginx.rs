//! Turns two sets of nginx files into what is newly reachable and what is weaker.

use std::collections::{BTreeMap, BTreeSet};

use super::{Effect, Notes, Side, headers, quantity};

/// The header that lets other origins use what a browser is logged in with.
const CREDENTIALS: &str = "Access-Control-Allow-Credentials";

pub(super) fn assess(sides: &[(&str, Side<'_>)], notes: &mut Notes) {
    let (mut before, mut after) = (Contexts::new(), Contexts::new());
    for (_, side) in sides {
        read(side.old.unwrap_or_default(), &mut before);
        read(side.new.unwrap_or_default(), &mut after);
    }
    for context in after.keys().filter(|context| !before.contains_key(*context)) {
        if let Some(what) = answers(context) {
            notes.add(Effect::Exposes, "", format!("{what} answers"));
        }
    }
    for says in shared(&after).difference(&shared(&before)) {
        notes.add(Effect::Loosens, "", says.clone());
    }
    for (context, old) in &before {
        if let Some(new) = after.get(context) {
            weaker(context, old, new, notes);
        }
    }
}

/// The directives in each context, by name: `server example.com / location /api` and so on.
type Contexts = BTreeMap<Vec<String>, Directives>;
type Directives = BTreeMap<String, BTreeSet<Vec<String>>>;

/// A host or path that a context answers, if it does.
fn answers(context: &[String]) -> Option<String> {
    let server = context.iter().find_map(|part| part.strip_prefix("server "))?;
    if server.is_empty() || server == "_" {
        return None;
    }
    let location = context.iter().rev().find_map(|part| part.strip_prefix("location "));
    Some(match location {
        Some(location) => format!("`{location}` on `{server}`"),
        None => format!("`{server}`"),
    })
}

fn weaker(context: &[String], old: &Directives, new: &Directives, notes: &mut Notes) {
    let place = answers(context).map_or_else(String::new, |place| format!(" ({place})"));
    let none = BTreeSet::new();
    let of = |side: &'_ Directives, name: &str| side.get(name).cloned().unwrap_or_default();
    let mut loosens = |says: String| notes.add(Effect::Loosens, "", format!("{says}{place}"));
    for name in ["limit_req", "limit_conn", "auth_basic", "deny", "ssl_protocols"] {
        if old.contains_key(name) && !new.contains_key(name) {
            loosens(format!("`{name}` is gone"));
        }
    }
    let allows = of(new, "allow");
    for allowed in allows.difference(old.get("allow").unwrap_or(&none)) {
        loosens(format!("lets in `{}`", allowed.join(" ")));
    }
    let (earlier, later) = (added(old), added(new));
    for (header, before) in &earlier {
        match later.get(header) {
            Some(after) => {
                headers::weaker(header, before, after).into_iter().for_each(&mut loosens);
            }
            None => loosens(format!("the header `{header}` is gone")),
        }
    }
    if later.contains_key(CREDENTIALS) && !earlier.contains_key(CREDENTIALS) {
        loosens("other origins may send cookies along".to_owned());
    }
    let protocols: BTreeSet<String> = of(new, "ssl_protocols").into_iter().flatten().collect();
    let had: BTreeSet<String> = of(old, "ssl_protocols").into_iter().flatten().collect();
    if !had.is_empty() {
        for protocol in protocols.difference(&had) {
            loosens(format!("`{protocol}` is accepted"));
        }
    }
    let size = |side: &Directives| {
        let size = of(side, "client_max_body_size").into_iter().flatten().next()?;
        quantity::amount(&size.to_uppercase().into())
    };
    if let (Some(before), Some(after)) = (size(old), size(new))
        && (after > before || after == 0.0)
        && before != 0.0
    {
        loosens("requests may be larger".to_owned());
    }
    rates(old, new, &mut loosens);
}

/// The headers that a context adds, with their values.
fn added(side: &Directives) -> BTreeMap<String, String> {
    let all = side.get("add_header").into_iter().flatten();
    let pair = |args: &Vec<String>| Some((args.first()?.clone(), args.get(1)?.clone()));
    all.filter_map(pair).collect()
}

/// What other origins may do: each map from an origin to what its pages get.
fn shared(contexts: &Contexts) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for (context, directives) in contexts {
        let Some(map) = context.last().and_then(|last| last.strip_prefix("map ")) else { continue };
        let variable = map.rsplit(' ').next().unwrap_or_default();
        for (from, values) in directives.iter().filter(|(from, _)| *from != "default") {
            if map.starts_with("$http_origin ") {
                all.insert(format!("the origin `{from}` may read answers ({variable})"));
            }
            let lists = values.iter().flatten().flat_map(|list| list.split(", "));
            for (suffix, what) in [("_methods", "the method"), ("_headers", "the request header")] {
                if variable.ends_with(suffix) {
                    let says = |item| format!("other origins may use {what} `{item}` ({variable})");
                    all.extend(lists.clone().map(says));
                }
            }
        }
    }
    all
}

/// Zones by name, with their rates; and how many requests may come at once.
fn rates(old: &Directives, new: &Directives, loosens: &mut impl FnMut(String)) {
    let zones = |side: &Directives, directive: &str, key: &str| -> BTreeMap<String, f64> {
        let all = side.get(directive).into_iter().flatten();
        all.filter_map(|args| {
            let value = |key: &str| args.iter().find_map(|arg| arg.strip_prefix(key));
            let zone = value("zone=")?.split(':').next()?.to_owned();
            Some((zone, value(key).and_then(per_minute)?))
        })
        .collect()
    };
    for (directive, key, what) in
        [("limit_req_zone", "rate=", "rate"), ("limit_req", "burst=", "burst")]
    {
        let after = zones(new, directive, key);
        for (zone, before) in zones(old, directive, key) {
            if after.get(&zone).is_some_and(|after| *after > before) {
                loosens(format!("the {what} of `{zone}` is higher"));
            }
        }
    }
}

fn per_minute(rate: &str) -> Option<f64> {
    if let Some(rate) = rate.strip_suffix("r/s") {
        return rate.parse::<f64>().ok().map(|rate| rate * 60.0);
    }
    rate.strip_suffix("r/m").unwrap_or(rate).parse().ok()
}

/// Reads a file into contexts. A server is known by its names and by whether it speaks TLS, not by its place.
fn read(text: &str, into: &mut Contexts) {
    let tokens = tokens(text);
    let mut at = 0;
    block(&tokens, &mut at, &[], into);
}

fn block(tokens: &[Token], at: &mut usize, context: &[String], into: &mut Contexts) {
    let mut own = Directives::new();
    let mut inner: Vec<(Vec<String>, usize)> = Vec::new();
    let mut words: Vec<String> = Vec::new();
    while let Some(token) = tokens.get(*at) {
        *at += 1;
        match token {
            Token::Word(word) => words.push(word.clone()),
            Token::End => {
                let mut all = std::mem::take(&mut words).into_iter();
                if let Some(name) = all.next() {
                    own.entry(name).or_default().insert(all.collect());
                }
            }
            Token::Open => {
                inner.push((std::mem::take(&mut words), *at));
                skip(tokens, at);
            }
            Token::Close => break,
        }
    }
    let mut context = context.to_vec();
    if context.last().is_some_and(|last| last == "server") {
        let names: Vec<String> =
            own.get("server_name").into_iter().flatten().flatten().cloned().collect();
        context.pop();
        context.push(format!("server {}", names.join(" ")));
    }
    for (words, mut start) in inner {
        let mut below = context.clone();
        // Where `http` is written does not matter: files are included in it.
        if words.first().is_none_or(|word| word != "http") {
            below.push(words.join(" "));
        }
        block(tokens, &mut start, &below, into);
    }
    let known = into.entry(context).or_default();
    for (name, args) in own {
        known.entry(name).or_default().extend(args);
    }
}

/// Passes over a block that has just been opened.
fn skip(tokens: &[Token], at: &mut usize) {
    let mut depth = 1;
    while let (Some(token), true) = (tokens.get(*at), depth > 0) {
        *at += 1;
        match token {
            Token::Open => depth += 1,
            Token::Close => depth -= 1,
            Token::Word(_) | Token::End => {}
        }
    }
}

enum Token {
    Word(String),
    Open,
    Close,
    End,
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '#' => while letters.next().is_some_and(|letter| letter != '\n') {},
            ';' => tokens.push(Token::End),
            '{' => tokens.push(Token::Open),
            '}' => tokens.push(Token::Close),
            '"' | '\'' => tokens.push(Token::Word(quoted(letter, &mut letters))),
            letter if letter.is_whitespace() => {}
            letter => {
                let mut word = String::from(letter);
                // `${name}` is part of a word; any other brace is not.
                while let Some(next) = letters.next_if(|next| {
                    !next.is_whitespace()
                        && *next != ';'
                        && (!matches!(next, '{' | '}')
                            || word.ends_with('$')
                            || word.contains("${"))
                }) {
                    word.push(next);
                }
                tokens.push(Token::Word(word));
            }
        }
    }
    tokens
}

fn quoted(mark: char, letters: &mut impl Iterator<Item = char>) -> String {
    let mut word = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => word.extend(letters.next()),
            letter if letter == mark => break,
            letter => word.push(letter),
        }
    }
    word
}
