//! Turns a YAML text into one of which a node is deleted, renamed, replaced or spoilt: bytes that are changed blindly
//! seldom get past the reader, and never to what emits files.

use serde_json::{Map, Value};

/// Texts that a careless writer of files would not get through a reader, and words of the language.
const PIECES: &[&str] = &[
    "'",
    "\"",
    "\\",
    "\n",
    "\r\n",
    "\t",
    "\0",
    "\u{1b}[31m",
    "\u{85}",
    "\u{a0}",
    "\u{202e}",
    "\u{2028}",
    "\u{feff}",
    "$",
    "$$",
    "${",
    "$${",
    "${X}",
    "$(id)",
    "`id`",
    "${{ github.token }}",
    "{{",
    "{{ 7 * 7 }}",
    "{%",
    "{#",
    "}",
    "]",
    ";",
    "#",
    " #",
    "%",
    "%%",
    ": ",
    "- ",
    "? ",
    "&a ",
    "*a",
    "!!str ",
    "|",
    ">",
    "@",
    "---",
    "...",
    "<<",
    "=",
    "~",
    "null",
    "no",
    "Yes",
    "on",
    "y",
    "0o17",
    "017",
    "1e3",
    "1_000",
    "22:22",
    ".inf",
    "2024-01-01",
    "0x1F",
    "+1",
    "<script>",
    "&amp;",
    "</svg>",
    "-->",
    "[a](b)",
    "|",
    "../",
    "/",
    "//",
    "/../",
    "~1",
    "*",
    "?",
    "é",
    "日本",
    "🦀",
    "${self.port}",
    "${env.domain}",
    "${env.name}",
    "${var.X}",
    "${db.url}",
    "${redis.url}",
    "${api.host}",
    "0.0.0.0:0",
    "127.0.0.1:80",
    "::1",
    "1h30m",
    "64Mi",
    "64Mi..1Mi",
    "500m..2",
    "10r/s burst 10",
    "* * * * *",
    "postgres@17",
    "nginx@1.28",
    "redis@8",
    "latest",
    "sha256:",
    "https://a.example/",
    "db?",
    "docker-compose.*.yml",
];

/// Values that nobody means.
const ODD: &[&str] = &[
    "null",
    "true",
    "false",
    "-1",
    "0",
    "1",
    "65535",
    "65536",
    "99999999999999999999",
    "1e300",
    "1.5",
    "\"\"",
    "\" \"",
    "[]",
    "[[]]",
    "{}",
    "[null]",
    "{\"\": {}}",
    "{\"x-a\": 1}",
    "{\"a/b~c\": 1}",
    "[\"db\", \"db\"]",
    "{\"optional\": 1}",
];

/// Names that are taken, or that no name may be.
const NAMES: &[&str] = &[
    "db",
    "api",
    "app",
    "a",
    "X",
    "9",
    "env",
    "var",
    "self",
    "nginx",
    "edge",
    "prometheus",
    "postgres",
    "redis",
    "é",
    "x-y",
    "",
    "a.b",
    "a/b",
    "<<",
    "default",
    "production",
    "x-ignored",
];

/// A source of choices that is the same for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        // Knuth's MMIX constants; the low bits of such a sequence are poor.
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit.max(1)
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

/// Changes the bytes before `size` in place and returns how many there are then: as a tree if they are YAML, else, and
/// now and then, blindly.
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut dice = Dice(u64::from(seed));
    let tree = if dice.below(4) == 0 { None } else { changed(&data[..size], &mut dice) };
    match tree {
        Some(text) if text.len() <= max_size.min(data.len()) => {
            data[..text.len()].copy_from_slice(text.as_bytes());
            text.len()
        }
        _ => libfuzzer_sys::fuzzer_mutate(data, size, max_size),
    }
}

fn changed(text: &[u8], dice: &mut Dice) -> Option<String> {
    let mut read: serde_yaml::Value = serde_yaml::from_slice(text).ok()?;
    read.apply_merge().ok()?;
    let mut root = serde_json::to_value(read).ok()?;
    if !(root.is_object() || root.is_array()) {
        return None;
    }
    for _ in 0..=dice.below(3) {
        let count = nodes(&root);
        let graft = node(&mut root, dice.below(count))?.clone();
        // The root itself is left alone.
        let at = 1 + dice.below(count - 1);
        match dice.below(9) {
            0 => pass(&mut root, &mut at.clone(), &mut |map, key| drop(map.shift_remove(key))),
            1 => {
                let name = dice.of(NAMES).to_owned();
                pass(&mut root, &mut at.clone(), &mut |map, key| {
                    if let Some(value) = map.shift_remove(key) {
                        map.insert(name.clone(), value);
                    }
                });
            }
            2 => *node(&mut root, at)? = graft,
            3 => {
                let odd = serde_json::from_str(dice.of(ODD)).ok()?;
                *node(&mut root, at)? = odd;
            }
            4 => {
                let name = dice.of(NAMES).to_owned();
                pass(&mut root, &mut at.clone(), &mut |map, _| {
                    drop(map.insert(name.clone(), graft.clone()))
                });
            }
            _ => spoil(&mut root, at, dice),
        }
        if nodes(&root) < 2 {
            return None;
        }
    }
    if dice.below(2) == 0 {
        serde_json::to_string(&root)
    } else {
        serde_json::to_string_pretty(&root)
    }
    .ok()
}

/// Puts a piece of text into the next text from a node on.
fn spoil(root: &mut Value, at: usize, dice: &mut Dice) {
    let count = nodes(root);
    for at in at..count {
        let Some(Value::String(text)) = node(root, at) else { continue };
        let piece = match dice.below(16) {
            0 => "x".repeat(dice.of(&[64, 256, 1024, 5000])),
            _ => dice.of(PIECES).to_owned(),
        };
        let places: Vec<usize> =
            text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        match dice.below(4) {
            0 => *text = piece,
            1 => text.push_str(&piece),
            _ => text.insert_str(places[dice.below(places.len())], &piece),
        }
        return;
    }
}

fn nodes(value: &Value) -> usize {
    1 + match value {
        Value::Object(map) => map.values().map(nodes).sum(),
        Value::Array(items) => items.iter().map(nodes).sum(),
        _ => 0,
    }
}

/// The node of that number, counted from above.
fn node(value: &mut Value, number: usize) -> Option<&mut Value> {
    fn find<'v>(value: &'v mut Value, left: &mut usize) -> Option<&'v mut Value> {
        if *left == 0 {
            return Some(value);
        }
        *left -= 1;
        match value {
            Value::Object(map) => map.values_mut().find_map(|value| find(value, left)),
            Value::Array(items) => items.iter_mut().find_map(|value| find(value, left)),
            _ => None,
        }
    }
    find(value, &mut { number })
}

/// Does something to the mapping that holds the node of that number, if it is one.
fn pass(value: &mut Value, left: &mut usize, act: &mut dyn FnMut(&mut Map<String, Value>, &str)) {
    let mut held = None;
    match value {
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                if *left == 1 {
                    held = Some(key.clone());
                }
                *left = left.saturating_sub(1);
                if *left == 0 {
                    break;
                }
                pass(value, left, act);
                if *left == 0 {
                    break;
                }
            }
            if let Some(key) = held {
                act(map, &key);
            }
        }
        Value::Array(items) => {
            for value in items {
                *left = left.saturating_sub(1);
                if *left == 0 {
                    return;
                }
                pass(value, left, act);
                if *left == 0 {
                    return;
                }
            }
        }
        _ => {}
    }
}
