//! Turns a file on disk into a source: bounded in size, whole, UTF-8, and nothing but text.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use crate::diagnostic::{Code, Diagnostic};
use crate::source::Source;

/// The size up to which a file is read; a blueprint of a hundred services has a fiftieth of it.
pub const MAX_BYTES: u64 = 8 * 1024 * 1024;

/// Reads a file. This is the only place that reads what an author wrote.
pub fn load(path: &Path) -> Result<Source, Diagnostic> {
    let name = shown(path);
    let bytes = read(path, &name)?;
    let text = decode(bytes, &name)?;
    Ok(Source::new(name, &text))
}

/// Reads a file whose lines nobody may see. A link is not followed: what it leads to is somebody else's.
pub fn load_confidential(path: &Path) -> Result<Source, Diagnostic> {
    let name = shown(path);
    if fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink()) {
        let help = format!("put the file itself there, or name the file that `{name}` leads to");
        return Err(refused(&name, "is a symbolic link, which is not followed").help(help));
    }
    let bytes = read(path, &name)?;
    Ok(Source::confidential(name.clone(), decode(bytes, &name)?))
}

/// The path as it is named in messages.
pub fn shown(path: &Path) -> String {
    let name = path.to_string_lossy();
    if cfg!(windows) { name.replace('\\', "/") } else { name.into_owned() }
}

/// The bytes of a regular file. Others are refused before they are opened: opening a FIFO waits.
fn read(path: &Path, name: &str) -> Result<Vec<u8>, Diagnostic> {
    let metadata = fs::metadata(path).map_err(|error| unreadable(name, &error))?;
    if metadata.is_dir() {
        return Err(refused(name, "is a directory, not a file"));
    }
    if !metadata.is_file() {
        return Err(refused(name, "is not a regular file but a pipe, a socket or a device"));
    }
    if metadata.len() > MAX_BYTES {
        return Err(too_large(name));
    }
    // The file may grow after its size was asked, and those under /proc report none at all.
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| unreadable(name, &error))?;
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|error| unreadable(name, &error))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(too_large(name));
    }
    Ok(bytes)
}

fn decode(bytes: Vec<u8>, name: &str) -> Result<String, Diagnostic> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        let message = format!("`{name}` is UTF-16, not UTF-8");
        let help = format!("convert it with `iconv -f utf-16 -t utf-8 {name}`");
        return Err(Diagnostic::error(Code::NotUtf8, message).in_file(name).help(help));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        let what = format!("is not UTF-8: byte 0x{:02x}", bytes.get(at).copied().unwrap_or(0));
        not_text(name, &what, bytes, at)
            .help("save it as UTF-8, or find its encoding and convert it with `iconv`")
    })?;
    match text.find('\0') {
        Some(at) => Err(not_text(name, "is not text: a NUL byte", text.as_bytes(), at)),
        None => Ok(text),
    }
}

/// Says where the first wrong byte is; what stands before it is known to be UTF-8.
fn not_text(name: &str, what: &str, bytes: &[u8], at: usize) -> Diagnostic {
    let before = String::from_utf8_lossy(&bytes[..at]);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
    let message =
        format!("`{name}` {what} stands on line {line}, column {column} (byte offset {at})");
    Diagnostic::error(Code::NotUtf8, message).in_file(name)
}

fn too_large(name: &str) -> Diagnostic {
    let limit = MAX_BYTES / 1024 / 1024;
    Diagnostic::error(Code::TooLarge, format!("`{name}` is larger than {limit} MiB")).in_file(name)
}

fn unreadable(name: &str, error: &io::Error) -> Diagnostic {
    match error.kind() {
        io::ErrorKind::NotFound => refused(name, "does not exist"),
        io::ErrorKind::PermissionDenied => {
            refused(name, "cannot be read: its permissions forbid it")
        }
        _ => refused(name, &format!("cannot be read: {error}")),
    }
}

fn refused(name: &str, why: &str) -> Diagnostic {
    Diagnostic::error(Code::UnreadableFile, format!("`{name}` {why}")).in_file(name)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    /// What `load` says of a file with these bytes, with the folder's name taken out.
    fn refusal(bytes: &[u8]) -> (Code, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        fs::write(&path, bytes).unwrap();
        let found = load(&path).unwrap_err();
        assert_eq!(found.path.as_deref(), path.to_str());
        (found.code, found.message.replace(path.to_str().unwrap(), "a.yaml"))
    }

    #[test]
    fn a_byte_order_mark_and_crlf_are_accepted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        fs::write(&path, "\u{feff}a: 1\r\nb: 2\r\n").unwrap();
        assert_eq!(load(&path).unwrap().text, "a: 1\nb: 2\n");
    }

    #[test]
    fn what_is_not_utf8_is_refused_with_its_place() {
        let latin1 = refusal(b"a: 1\nb: caf\xe9\n");
        let said = "`a.yaml` is not UTF-8: byte 0xe9 stands on line 2, column 7 (byte offset 11)";
        assert_eq!(latin1, (Code::NotUtf8, said.to_owned()));
        let nul = refusal("é: \0".as_bytes());
        let said = "`a.yaml` is not text: a NUL byte stands on line 1, column 4 (byte offset 4)";
        assert_eq!(nul, (Code::NotUtf8, said.to_owned()));
        assert_eq!(refusal(b"\xff\xfea\0").1, "`a.yaml` is UTF-16, not UTF-8");
    }

    #[test]
    fn a_large_file_is_refused_before_it_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        File::create(&path).unwrap().set_len(50 * 1024 * 1024).unwrap();
        let start = Instant::now();
        assert_eq!(load(&path).unwrap_err().code, Code::TooLarge);
        assert!(start.elapsed() < Duration::from_millis(100));
    }

    #[test]
    fn what_is_no_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let directory = load(folder.path()).unwrap_err();
        assert_eq!(directory.code, Code::UnreadableFile);
        assert!(directory.message.ends_with("is a directory, not a file"));
        let missing = load(&folder.path().join("b.yaml")).unwrap_err();
        assert!(missing.message.ends_with("does not exist"), "{}", missing.message);
    }

    #[cfg(unix)]
    #[test]
    fn pipes_and_devices_are_refused_without_waiting() {
        let zero = load(Path::new("/dev/zero")).unwrap_err();
        assert!(zero.message.contains("not a regular file"), "{}", zero.message);
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        if made.is_ok_and(|status| status.success()) {
            assert!(load(&pipe).unwrap_err().message.contains("not a regular file"));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_may_not_be_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        fs::write(&path, "a: 1").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
        // The superuser may read it all the same.
        if File::open(&path).is_err() {
            assert!(load(&path).unwrap_err().message.ends_with("its permissions forbid it"));
        }
    }
}
