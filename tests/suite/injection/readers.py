"""Reads two folders of compiled files for each round: one with harmless texts, one with hostile texts in their places.

Prints as JSON where what a reader makes of the two differs in more than those texts.
"""

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import crossplane
import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MARKED = re.compile(r"qx(\d+)zzqx")
COMPOSE, SHFMT = sys.argv[2], sys.argv[3]


class Round:
    """What was planted, and what differs so far."""

    def __init__(self, found):
        self.texts = found["texts"]
        self.schema = found["schema"]
        self.harmless, self.hostile = found["harmless"], found["hostile"]
        self.differences, self.checked = [], 0
        self.seen = set()

    def expected(self, text):
        """What a reader must make of a text in which harmless ones stand."""

        def planted(match):
            self.seen.add(match.group(1))
            return self.texts[match.group(1)]

        return MARKED.sub(planted, text)

    def differ(self, path, place, harmless, hostile):
        numbers = set(re.findall(r"qx(\d+)z", f"{harmless} {hostile}"))
        schemas = sorted({self.schema.get(number, "?") for number in numbers})
        planted = [self.texts.get(number) for number in sorted(numbers)][:3]
        self.differences.append(
            {"file": path, "place": place, "schema": schemas, "planted": planted,
             "harmless": str(harmless)[:600], "hostile": str(hostile)[:600]})

    def compare(self, path, place, harmless, hostile, name=""):
        if isinstance(harmless, dict) and isinstance(hostile, dict):
            keys = {key: self.expected(key) if isinstance(key, str) else key for key in harmless}
            if sorted(map(str, keys.values())) != sorted(map(str, hostile)):
                return self.differ(path, place, list(harmless), list(hostile))
            for key in harmless:
                self.compare(path, f"{place}/{key}", harmless[key], hostile[keys[key]], str(key))
        elif isinstance(harmless, list) and isinstance(hostile, list) and len(harmless) == len(hostile):
            if name in ("command", "args", "entrypoint", "test") and len(harmless) > 2 and is_shell(harmless):
                name = "shell"
            for index, (one, other) in enumerate(zip(harmless, hostile)):
                self.compare(path, f"{place}/{index}", one, other, name)
        elif isinstance(harmless, str) and isinstance(hostile, str):
            self.string(path, place, harmless, hostile, name)
        elif harmless != hostile:
            self.differ(path, place, harmless, hostile)

    def string(self, path, place, harmless, hostile, name):
        if name in HASHES:
            return None
        self.checked += "qx" in harmless
        reader = READERS.get(os.path.splitext(name)[1] or name)
        if "qx" in harmless and "\n" in harmless and reader:
            try:
                return self.compare(path, place, reader(harmless), reader(hostile))
            except Exception as error:
                return self.differ(path, place, harmless, f"{error}: {hostile}")
        if "kubernetes/" in path and re.search(r"ontainers/\d+/(env/\d+/value|command/\d+|args/\d+)$", place):
            harmless, hostile = expanded(harmless), expanded(hostile)
        if ".github" in path:
            harmless, hostile = github(harmless), github(hostile)
        if name == "shell" and "qx" in harmless:
            try:
                return self.compare(path, place, shell(harmless), shell(hostile))
            except ValueError:
                pass
        if "/annotations/" in place or "alertmanager" in path:
            harmless, hostile = go_template(harmless), go_template(hostile)
        if name == "dockerfile":
            # It is relative to a folder whose name was planted.
            harmless, hostile = harmless.lstrip("./"), hostile.lstrip("./")
        if self.expected(harmless) != hostile:
            self.differ(path, place, harmless, hostile)

    def files(self):
        paths = sorted(walk(self.harmless))
        others = sorted(walk(self.hostile))
        if sorted(map(self.expected, paths)) != others:
            self.differ("", "the files", sorted(set(paths) - set(others)), sorted(set(others) - set(paths)))
        for path in paths:
            if path not in others:
                continue
            texts = [open(os.path.join(folder, path), newline="").read() for folder in (self.harmless, self.hostile)]
            if texts[0] == texts[1]:
                continue
            reader = READERS.get(os.path.splitext(path)[1]) or READERS.get(os.path.basename(path))
            if path.startswith("docker-compose"):
                continue
            if not reader:
                UNREAD.add(path)
                continue
            try:
                self.compare(path, "", reader(texts[0]), reader(texts[1]), os.path.basename(path))
            except Exception as error:
                self.differ(path, "", "can be read", f"{type(error).__name__}: {error}")

    def compose(self):
        for path in sorted(walk(self.harmless)):
            if path.startswith("docker-compose") and path.endswith(".yml"):
                environment = path.split(".")[1]
                try:
                    self.compare(path, "", *(resolved(folder, path) for folder in (self.harmless, self.hostile)))
                except Exception as error:
                    self.differ(path, "", "can be read", str(error))


def walk(folder):
    for above, _, names in os.walk(folder):
        for name in names:
            yield os.path.relpath(os.path.join(above, name), folder)


def resolved(folder, path):
    """What Compose makes of a file and of the template of its env file; what is left to be set is `v`."""
    template = next(name for name in sorted(os.listdir(folder)) if name.startswith(".env.") and name.endswith(".template"))
    text = open(os.path.join(folder, template), newline="").read()
    empty = re.findall(r"(?m)^([A-Z][A-Z0-9_]*)=$", text)
    environment = {"PATH": os.environ["PATH"], "HOME": "/tmp", **{name: "v" for name in empty}}
    ran = subprocess.run(
        [COMPOSE, "--project-directory", "/srv", "--env-file", os.path.join(folder, template), "-f", os.path.join(folder, path),
         "config", "--format", "json", "--no-path-resolution"],
        capture_output=True, text=True, env=environment, check=False)
    if ran.returncode:
        raise ValueError(ran.stderr[-600:])
    # What is printed can be read again: every `$` is doubled.
    return undoubled(json.loads(ran.stdout))


def undoubled(node):
    if isinstance(node, dict):
        return {undoubled(key): undoubled(value) for key, value in node.items()}
    if isinstance(node, list):
        return [undoubled(item) for item in node]
    return node.replace("$$", "$") if isinstance(node, str) else node


def expanded(text):
    """What the kubelet makes of a value (kubernetes, third_party/forked/golang/expansion/expand.go)."""
    out, at = "", 0
    while at < len(text):
        if text[at] == "$" and text[at + 1:at + 2] == "$":
            out, at = out + "$", at + 2
        elif text[at] == "$" and text[at + 1:at + 2] == "(" and ")" in text[at:]:
            end = text.index(")", at)
            name = text[at + 2:end]
            out, at = out + f"<expanded {name}>", end + 1
        else:
            out, at = out + text[at], at + 1
    return out


def github(text):
    """What the expressions that are literals give; what others give is not the author's text."""
    parts = re.split(r"\$\{\{(.*?)\}\}", text, flags=re.DOTALL)
    literals = [re.fullmatch(r" '((?:[^']|'')*)' ", inner) for inner in parts[1::2]]
    inner = [one[1].replace("''", "'") if one else "<expression>" + text for one, text in zip(literals, parts[1::2])]
    return "".join(text for pair in zip(parts[::2], [*inner, ""]) for text in pair)


def go_template(text):
    """What a template prints whose own actions are kept as they stand."""
    return re.sub(r"""\{\{ (["`])(\{+)\1 \}\}""", r"\2", text)


def is_shell(words):
    return isinstance(words[0], str) and os.path.basename(words[0]) in ("sh", "bash") and "-" in str(words[1])


def documents(text):
    return list(yaml.load_all(text, LOADER))


def nginx(text):
    """The parameters as nginx reads them (src/core/ngx_conf_file.c, ngx_conf_read_token), comments left out."""
    tokens, token, at, quote, started = [], "", 0, "", False
    while at < len(text):
        c = text[at]
        if quote:
            if c == "\\" and at + 1 < len(text):
                escaped = {"t": "\t", "r": "\r", "n": "\n", '"': '"', "'": "'", "\\": "\\"}.get(text[at + 1])
                token += escaped if escaped is not None else c + text[at + 1]
                at += 2
                continue
            if c == quote:
                tokens.append(token)
                token, quote = "", ""
                if at + 1 < len(text) and text[at + 1] not in " \t\r\n;{)":
                    raise ValueError(f"nginx takes no {text[at + 1]!r} after a quote")
            else:
                token += c
        elif c in " \t\r\n;{}" and not (c == "{" and token.endswith("$")):
            if started:
                tokens.append(token)
            token, started = "", False
            if c in ";{}":
                tokens.append(("mark", c))
        elif not started and c == "#":
            at = text.find("\n", at)
            if at < 0:
                break
        elif not started and c in "\"'":
            quote = c
        else:
            if c == "$" and text[at + 1:at + 2] == "{":
                end = text.index("}", at)
                token, at = token + text[at:end], end
                c = "}"
            token, started = token + c, True
        at += 1
    if quote:
        raise ValueError("nginx finds no closing quote")
    return [token if isinstance(token, str) else token[1] for token in tokens if token != ""]


def dollars(tokens):
    """The parameters with the variable that stands for a `$` in its place; where none is needed it is not there."""
    text = "\0".join(tokens).replace("\0geo\0$dollar\0{\0default\0$\0;\0}", "").replace("${dollar}", "$")
    return text.split("\0")


def shell(text):
    """The words and structure of a script; what is quoted in any way is its text."""
    ran = subprocess.run([SHFMT, "-ln", "bash", "--to-json"], input=text.encode(), capture_output=True, check=False)
    if ran.returncode:
        raise ValueError(ran.stderr.decode()[-300:])
    return simple(json.loads(ran.stdout))


def simple(node):
    if isinstance(node, list):
        return [simple(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "Offset" in node:
        return None
    if "Parts" in node and node.get("Type") in (None, "DblQuoted"):
        parts = [word(part) for part in node["Parts"]]
        joined = []
        for part in parts:
            if isinstance(part, str) and joined and isinstance(joined[-1], str):
                joined[-1] += part
            else:
                joined.append(part)
        return joined
    skipped = ("Pos", "End", "Left", "Right", "Comments", "Last", "OpPos", "ValuePos", "ValueEnd", "Semicolon", "Position")
    return {key: simple(value) for key, value in node.items() if key not in skipped and not key.endswith(("Pos", "End"))}


def word(part):
    kind = part.get("Type")
    if kind == "Lit":
        return re.sub(r"\\(.)", r"\1", part.get("Value", ""))
    if kind == "DblQuoted" and [one.get("Type") for one in part.get("Parts", [])] == ["CmdSubst"]:
        words = simple(part["Parts"][0])["Stmts"][0]["Cmd"].get("Args")
        if words == [["printf"], ["\\r"]]:
            return "\r"
    if kind == "SglQuoted":
        return part.get("Value", "")
    if kind == "DblQuoted":
        inner = [
            re.sub(r'\\([$`"\\])', r"\1", one["Value"]) if one.get("Type") == "Lit" else simple(one)
            for one in part.get("Parts", [])
        ]
        return inner[0] if len(inner) == 1 and isinstance(inner[0], str) else inner or ""
    return simple(part)


def dockerfile(text):
    """Instructions; continued lines are joined, and the exec form is JSON."""
    found = []
    lines = [line for line in text.split("\n") if not line.startswith("#")]
    for line in re.sub(r"\\\n", "", "\n".join(lines)).split("\n"):
        name, _, rest = line.strip().partition(" ")
        try:
            found.append([name, json.loads(rest)])
        except ValueError:
            found.append([name, rest])
    return found


def lines(text):
    """What has a rule on each line; comments are none of it."""
    return [line for line in text.split("\n") if not line.startswith("#")]


def dotenv(text):
    """Names alone: the values are Compose's to read."""
    return re.findall(r"(?m)^#? ?([A-Z][A-Z0-9_]*)=", text)


def svg(text):
    root = ElementTree.fromstring(text)
    return [[node.tag, sorted(node.attrib), node.text or ""] for node in root.iter()]


def markdown(text):
    """Headings, and the lines that open and close blocks of code; the suite reads pages whole elsewhere."""
    found, fence = [], ""
    for line in text.split("\n"):
        ticks = re.match(r" {0,3}(`{3,})", line)
        if fence:
            if ticks and len(ticks[1]) >= len(fence) and not line.strip(" `"):
                found.append("end of code")
                fence = ""
        elif ticks:
            fence = ticks[1]
            found.append("code")
        elif line.startswith("#"):
            found.append(line)
    return found


READERS = {
    ".yml": documents, ".yaml": documents, ".json": json.loads, ".conf": lambda text: dollars(nginx(text)), ".sh": shell,
    ".Dockerfile": dockerfile, ".md": markdown, ".svg": svg, ".gitignore": lines, ".dockerignore": lines,
    "crontab": lines, ".template": dotenv,
}
# What names the content of other files.
HASHES = ("checksum/config", "formwork.config")
UNREAD = set()

rounds, checked, differences, seen = json.load(open(sys.argv[1])), 0, [], set()
for number, found in enumerate(rounds):
    one = Round(found)
    one.files()
    one.compose()
    checked += one.checked
    seen |= {one.schema[number] for number in one.seen if number in one.schema}
    differences += one.differences
json.dump({"checked": checked, "differences": differences, "seen": sorted(seen), "unread": sorted(UNREAD)}, sys.stdout)
