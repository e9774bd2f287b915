//! Reads which programs a script calls, from the tree that shfmt makes of it.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use serde_json::Value;

/// What the shell does itself, as bash says; what dash lacks of that, shellcheck finds.
static BUILTINS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let output = Command::new("bash").args(["-c", "compgen -b"]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
});

/// The functions of the library that only some stores have; it asks those alone.
const OF_SOME_STORES: &[&str] = &["store_receive"];

/// What scripts that are read together call.
#[derive(Clone, Default)]
pub(super) struct Called {
    /// By what it is called.
    programs: BTreeSet<String>,
    functions: BTreeSet<String>,
    /// The arrays that are called, and what each begins with.
    invoked: BTreeSet<String>,
    arrays: Vec<(String, Vec<Option<String>>)>,
}

impl Called {
    /// Reads a script.
    pub(super) fn script(&mut self, shfmt: &Path, name: &str, text: &str) {
        let mut process = Command::new(shfmt)
            .args(["--to-json", "--language-dialect"])
            .arg(if text.starts_with("#!/bin/sh") { "posix" } else { "bash" })
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = process.stdin.take().unwrap();
        let owned = text.to_owned();
        let writer = std::thread::spawn(move || input.write_all(owned.as_bytes()));
        let output = process.wait_with_output().unwrap();
        writer.join().unwrap().unwrap();
        assert!(output.status.success(), "{name}:\n{text}");
        let tree: Value = serde_json::from_slice(&output.stdout).unwrap();
        self.node(shfmt, &tree);
    }

    /// Reads what a command hands to a shell, as `sh -ec TEXT` does; any other says nothing here.
    pub(super) fn shell(&mut self, shfmt: &Path, words: &[String]) {
        let Some((first, rest)) = words.split_first() else { return };
        if !["sh", "/bin/sh", "bash", "/bin/bash"].contains(&first.as_str()) {
            return;
        }
        let Some(at) = rest.iter().position(|word| word.starts_with('-') && word.ends_with('c'))
        else {
            return;
        };
        self.programs.insert(first.clone());
        if let Some(text) = rest.get(at + 1) {
            self.script(shfmt, &words.join(" "), text);
        }
    }

    /// The programs: neither functions nor what the shell does itself.
    pub(super) fn tools(mut self) -> BTreeSet<String> {
        for (name, words) in std::mem::take(&mut self.arrays) {
            if self.invoked.contains(&name) {
                self.call(&words);
            }
        }
        let (functions, programs) = (&self.functions, self.programs.iter());
        let programs =
            programs.filter(|name| !functions.contains(*name) && !BUILTINS.contains(*name));
        let programs = programs.filter(|name| !OF_SOME_STORES.contains(&name.as_str()));
        // A path within the tree that is mounted is a script of ours.
        let programs = programs.filter(|name| !name.starts_with("/opt/formwork/"));
        programs.map(|name| name.rsplit('/').next().unwrap().to_owned()).collect()
    }

    fn node(&mut self, shfmt: &Path, node: &Value) {
        match node {
            Value::Array(items) => items.iter().for_each(|item| self.node(shfmt, item)),
            Value::Object(map) => {
                match node["Type"].as_str() {
                    Some("FuncDecl") => {
                        self.functions.insert(node["Name"]["Value"].as_str().unwrap().to_owned());
                    }
                    Some("CallExpr") => {
                        let args = node["Args"].as_array().map(Vec::as_slice).unwrap_or_default();
                        self.invoked.extend(args.first().and_then(array));
                        let words: Vec<Option<String>> = args.iter().map(word).collect();
                        self.call(&words);
                        // What runs at the end is a script in itself.
                        if words.first().and_then(Option::as_deref) == Some("trap")
                            && let Some(Some(text)) = words.iter().find(|word| *word != &words[0])
                            // `trap - EXIT` forgets what was to be done.
                            && text != "-"
                        {
                            self.script(shfmt, "trap", text);
                        }
                    }
                    _ => {}
                }
                if let (Some(name), Some(items)) =
                    (node["Name"]["Value"].as_str(), node["Array"]["Elems"].as_array())
                {
                    let words = items.iter().map(|item| word(&item["Value"])).collect();
                    self.arrays.push((name.to_owned(), words));
                }
                map.values().for_each(|value| self.node(shfmt, value));
            }
            _ => {}
        }
    }

    /// A call, and what it calls in turn. A word that is known at run time only is `None`.
    fn call(&mut self, words: &[Option<String>]) {
        let Some((Some(name), rest)) = words.split_first() else { return };
        self.programs.insert(name.clone());
        let options = |takes: &[&str]| {
            let mut at = 0;
            while let Some(Some(word)) = rest.get(at) {
                if !word.starts_with('-') && !word.contains('=') {
                    break;
                }
                at += if takes.contains(&word.as_str()) { 2 } else { 1 };
            }
            at.min(rest.len())
        };
        match name.as_str() {
            "command" if rest.first() == Some(&Some("-v".to_owned())) => {}
            "exec" | "command" | "nohup" | "setsid" | "xargs" | "nice" => {
                self.call(&rest[options(&["-n", "-I", "-P"])..]);
            }
            "env" => self.call(&rest[options(&["-u"])..]),
            "timeout" => {
                let after = (options(&["-k", "-s"]) + 1).min(rest.len());
                self.call(&rest[after..]);
            }
            // The library's own: what must be there.
            "need" => self.programs.extend(rest.iter().flatten().cloned()),
            "find" => {
                let is_exec = |word: &Option<String>| {
                    word.as_deref().is_some_and(|word| ["-exec", "-execdir"].contains(&word))
                };
                let at = rest.iter().position(is_exec);
                if let Some(at) = at {
                    self.call(&rest[at + 1..]);
                }
            }
            _ => {}
        }
    }
}

/// The text of a word; nothing where part of it is known at run time only.
fn word(word: &Value) -> Option<String> {
    fn parts(parts: &Value, text: &mut String) -> Option<()> {
        for part in parts.as_array()? {
            match part["Type"].as_str()? {
                "Lit" => text.push_str(&part["Value"].as_str()?.replace('\\', "")),
                "SglQuoted" => text.push_str(part["Value"].as_str().unwrap_or_default()),
                "DblQuoted" if part["Parts"].is_null() => {}
                "DblQuoted" => parts_of(part, text)?,
                _ => return None,
            }
        }
        Some(())
    }
    fn parts_of(part: &Value, text: &mut String) -> Option<()> {
        parts(&part["Parts"], text)
    }
    let mut text = String::new();
    parts_of(word, &mut text)?;
    Some(text)
}

/// The array that a word stands for.
fn array(word: &Value) -> Option<String> {
    let part = &word["Parts"][0];
    let inner = if part["Type"] == "DblQuoted" { &part["Parts"][0] } else { part };
    let is_array = inner["Type"] == "ParamExp" && !inner["Index"].is_null();
    is_array.then(|| inner["Param"]["Value"].as_str().map(str::to_owned))?
}
