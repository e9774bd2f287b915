//! Explains the codes of filled env files.

pub(super) const ENV_MISSING: &str = "The env file lacks a variable, or leaves one empty that must have a value. Compose refuses to start without \
    it, whichever profile reads it. `formwork env fill` adds the line, and makes the value of a secret that \
    says how it is made; a variable that may be empty still needs its line.";

pub(super) const ENV_UNKNOWN: &str = "The env file sets a variable that nothing reads: its name is misspelt, the blueprint sets it itself, or it \
    is left over. A name is shown only where it is close to a known one, since in a broken file it can be part \
    of a secret.";

pub(super) const ENV_DUPLICATE: &str = "The env file sets a variable twice. Compose takes the last one, and a reader may see the first.";

pub(super) const ENV_SYNTAX: &str = "Compose cannot read the statement, and refuses the whole file. A value with blanks, quotes, `#` or `$` \
    stands in single quotes, and may then run over several lines; a `'` within it needs double quotes, \
    `\"it's\"`, in which `\\`, `\"` and `$` stand behind a `\\`.";

pub(super) const ENV_INTERPOLATED: &str = "The value is not what the file says: Compose replaces a `$NAME` that stands bare or in double quotes, and \
    takes a name without `=` from the shell that calls it. Most often it is a password with a `$`, of which \
    then a part is missing. Put the value in single quotes.";

pub(super) const ENV_COMMENT: &str = "The value begins with `#`, without quotes. Compose takes `X= # text` for the value `# text`: a comment only \
    begins behind a value and a blank. Put the comment on a line of its own, or the value in single quotes.";

pub(super) const ENV_FORBIDDEN: &str = "The value is one that must not stay: a placeholder such as `CHANGE_ME`, a password that everybody tries \
    first, or one that the blueprint forbids, here or everywhere. Case does not count.";

pub(super) const ENV_TOO_SHORT: &str = "The secret has fewer characters than the blueprint or the catalogue demands. The template says how to make \
    one that is long enough.";

pub(super) const ENV_TYPE: &str =
    "The value is not of the kind that the blueprint declares for the variable.";

pub(super) const ENV_REQUIRED_VALUE: &str = "The blueprint demands another value of the variable in this tier: a certain one, such as `false` for a \
    debugging switch, or one that begins in a certain way, such as `https://` or `sk_live_`.";

pub(super) const ENV_CHARSET: &str = "The secret becomes part of a URL, in which a character such as `@`, `/` or `%` would mean something else, so \
    that the program would connect to another place or be refused. Only letters, digits and `.`, `_`, `~`, `-` \
    are safe there; `formwork env fill` makes such secrets.";

pub(super) const ENV_SAME_SECRET: &str =
    "Two secrets have the same value, so that whoever learns one of them has both.";

pub(super) const ENV_FILE_MODE: &str = "Other users of the machine can read a file or folder that holds secrets. `formwork env fill` gives the env \
    file mode 0600 and the folder of secrets mode 0700.";

pub(super) const ENV_SECRET_FILE: &str = "A program reads the variable as a file, and the file is missing, holds another value than the env file, or \
    cannot be read by the container's user, or its folder is a link, through which nothing is written: Compose \
    mounts such files with owner and mode as they are. \
    `formwork env fill` writes them from the env file, readable by all within a folder that only its owner \
    can enter.";
