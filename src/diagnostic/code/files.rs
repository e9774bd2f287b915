//! Explains the codes of the files that are read, and of templates and patches.

pub(super) const UNREADABLE_FILE: &str =
    "The file could not be read: it does not exist, is a directory, or its permissions forbid it.";

pub(super) const NOT_UTF8: &str = "Blueprints are UTF-8 text. The message names the first byte that is not. Convert the file, for \
    instance with `iconv -f latin1 -t utf-8`.";

pub(super) const TOO_LARGE: &str = "The file is larger, nested deeper or expands to more nodes than any real blueprint. Formwork stops \
    before it uses up memory. Split a large blueprint with `include`, and write anchors out.";

pub(super) const EMPTY_FILE: &str =
    "The file holds nothing but blanks or comments. `formwork init` writes a working blueprint.";

pub(super) const SYNTAX_ERROR: &str = "The text is not YAML. The usual reasons are a tab in the indentation, a missing quote or bracket, \
    and an unquoted value that starts with `{`, `[`, `*`, `&`, `%` or `@`. A reference inside a flow \
    mapping must be quoted: `{ url: \"${db.url}\" }`.";

pub(super) const DUPLICATE_KEY: &str = "A mapping names the same key twice. Most YAML readers keep the last one in silence, so that half of \
    what is written has no effect. Formwork refuses it; remove or rename one of the two.";

pub(super) const UNKNOWN_KEY: &str = "The language has no such key at this place. Keys of your own may be kept under names that start \
    with `x-`; Formwork passes over them.";

pub(super) const MISSING_KEY: &str = "A key that has no default is not there.";

pub(super) const WRONG_TYPE: &str = "The value is of another kind than the key takes: text where a number stands, a list where a mapping \
    stands. YAML reads `1.20` as a number and `yes` as text; put quotes round a value that must stay text.";

pub(super) const PATCH_WITHOUT_MATCH: &str = "A patch changes nothing: no compiled file fits its pattern, or the file has nothing at its pointer. What \
    it was meant for has another name or is gone.";

pub(super) const UNSUPPORTED_YAML: &str = "The text is YAML, but uses a part of it that a blueprint has no use for: a list or mapping as a key, \
    a tag such as `!custom`, an alias inside the very node that its anchor names, or the NUL character, which ends \
    a text for every program that is started. Write it without.";

pub(super) const OBJECT_TAKEN: &str = "Two objects of a cluster would have one kind and name in one namespace, and the later would overwrite the \
    earlier. Names that follow from a service are its own, and `NAME-replicas`, which stands for each of its \
    pods; `default-deny`, `acme-solver` and `https-redirect` belong to the environment. Rename the service.";

pub(super) const LOOSENING_PATCH: &str = "A patch takes away a hardening, a limit or a probe that is on by default, or opens something to the outside. \
    What is compiled is held against the rules before patches are laid upon it, so that a patch would go past \
    them unseen: say in a waiver why it must be so.";

pub(super) const PATCH_BREAKS_SHAPE: &str = "A patch puts a value of another kind where one was, such as a text in place of a number, or takes away a \
    whole section that the file cannot do without. The file would be refused by whoever reads it.";

pub(super) const BROKEN_TEMPLATE: &str = "A template of your own could not be rendered, or what it renders to is not what its name promises: a file that \
    ends in `.yml`, `.yaml` or `.json` must be read as that, and ask for no interface that Kubernetes has removed. A template prints texts, numbers and truth values, \
    and quotes by filters such as `sh_quote`; `formwork explain templates` says what it sees.";

pub(super) const MISPLACED_TEMPLATE: &str = "A template below `templates/` is compiled to the path that it has there, less `.j2`. That path must stay \
    inside the output folder, and no other file may be compiled to it or belong to the operator there. Nor may it lie \
    in a folder that a service mounts: Docker Compose would read it there, and a cluster would not. Rename the \
    template.";

pub(super) const OUTSIDE_PROJECT: &str = "A blueprint reads and writes within its project: the repository that it lies in or, where there is none, its \
    own folder, the one above a folder `blueprints`, or the folder that you are in if it is further up. A path \
    that leads out of it, by `../` or by a link, could show or overwrite what belongs to somebody else; so could \
    one into `.git`. An output folder elsewhere is named on the command line: `--out FOLDER`.";

pub(super) const PATCH_CONTRADICTS: &str = "A patch reaches one file of one target, after the rules have judged the blueprint. What it leaves there cannot \
    hold together: two services on one port of the host, several replicas behind one port or one volume, a budget \
    that blocks every drain, an image without a fixed version, nginx directives where nginx does not take them, a \
    header that drops all others; or it makes targets differ in what the blueprint says once, such as a variable. \
    Write it in the blueprint where the language has it, and patch only what it has not.";

pub(super) const DANGLING_REFERENCE: &str = "A name in a compiled file has no other end: a network, volume, secret or service that no file defines, an \
    address at which nothing listens, a port that no pod has, a key that no object holds, a rule file that is never \
    loaded, a link to a file that is not compiled. What is compiled from a blueprint alone always meets; a patch, a \
    template or a catalogue entry of your own, or an address written out as text, may not. Name what is there, or \
    refer to it by `${NAME.url}` so that it follows.";
