//! Bytes to text: byte order marks, UTF-16, and files that are no text at all.

use std::io::Read;
use std::ops::Range;
use std::path::Path;

/// A file's text, and what is wrong with it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Text {
    /// The text, empty where nothing can be read as SQL.
    pub text: String,
    /// The place of the first trouble, and what it is.
    pub trouble: Option<(Range<usize>, String)>,
}

/// Larger files are no migrations, and reading them would only exhaust memory.
pub(super) const MAX_BYTES: u64 = 64 << 20;

/// How much of a file tells what it is.
const START_BYTES: u64 = 400;

/// Reads a file; never fails.
pub(super) fn read(path: &Path) -> Text {
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.len() > MAX_BYTES => return too_large(),
        Ok(_) => {}
        Err(error) => return unusable(format!("cannot be read: {error}")),
    }
    match std::fs::read(path) {
        Ok(bytes) => decode(bytes),
        Err(error) => unusable(format!("cannot be read: {error}")),
    }
}

/// The first characters of a file, for a look at what it is.
pub(super) fn start(path: &Path) -> String {
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(path);
    let _ = opened.and_then(|file| file.take(START_BYTES).read_to_end(&mut bytes));
    String::from_utf8_lossy(&bytes).trim_start_matches('\u{feff}').to_owned()
}

fn unusable(reason: impl Into<String>) -> Text {
    Text { text: String::new(), trouble: Some((0..0, reason.into())) }
}

/// The text that these bytes of a file are.
pub(super) fn of_bytes(bytes: Vec<u8>) -> Text {
    if bytes.len() as u64 > MAX_BYTES { too_large() } else { decode(bytes) }
}

fn too_large() -> Text {
    unusable(format!("is larger than {} MiB", MAX_BYTES >> 20))
}

fn decode(bytes: Vec<u8>) -> Text {
    match bytes.as_slice() {
        [0xFF, 0xFE, rest @ ..] => return utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => return utf16(rest, u16::from_be_bytes),
        _ => {}
    }
    if bytes.starts_with(b"\0GITCRYPT\0") {
        return unusable("is encrypted by git-crypt");
    }
    if bytes.starts_with(b"version https://git-lfs.github.com/spec/") {
        return unusable("is a Git LFS pointer, its content was not fetched");
    }
    let bytes = if bytes.starts_with(b"\xEF\xBB\xBF") { bytes[3..].to_vec() } else { bytes };
    if let Some(first) = bytes.iter().position(|byte| *byte == 0) {
        return with_nul(bytes, first);
    }
    match String::from_utf8(bytes) {
        Ok(text) => Text { text, trouble: None },
        Err(error) => lossy(&error),
    }
}

/// A stray NUL byte in a text is read as a space; what holds many of them is no text.
fn with_nul(mut bytes: Vec<u8>, first: usize) -> Text {
    let length = bytes.len();
    let nul = bytes.iter_mut().filter(|byte| **byte == 0).map(|byte| *byte = b' ').count();
    match String::from_utf8(bytes) {
        Ok(text) if nul * 20 < length => {
            Text { text, trouble: Some((first..first + 1, "byte 0x00 is no text, and PostgreSQL refuses it".into())) }
        }
        _ => unusable("is not text: it holds NUL bytes"),
    }
}

fn lossy(error: &std::string::FromUtf8Error) -> Text {
    let at = error.utf8_error().valid_up_to();
    let byte = error.as_bytes().get(at).copied().unwrap_or_default();
    let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
    let end = at + char::REPLACEMENT_CHARACTER.len_utf8();
    Text { text, trouble: Some((at..end, format!("byte 0x{byte:02x} is not UTF-8, and PostgreSQL refuses it"))) }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Text {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let text: String = char::decode_utf16(units).map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    if text.contains('\0') {
        return unusable("is not text: it holds NUL bytes");
    }
    Text { text, trouble: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_stripped_and_wide_encodings_decoded() {
        for bytes in
            [&b"SELECT 1"[..], b"\xEF\xBB\xBFSELECT 1", b"\xFF\xFES\0E\0L\0E\0C\0T\0 \x001\0", b"\xFE\xFF\0S\0E\0L\0E\0C\0T\0 \x001"]
        {
            assert_eq!(decode(bytes.to_vec()), Text { text: "SELECT 1".into(), trouble: None }, "{bytes:?}");
        }
    }

    #[test]
    fn the_first_bad_byte_is_remembered() {
        let text = decode(b"-- caf\xE9 ".to_vec());
        assert_eq!(text.text, "-- caf\u{FFFD} ");
        assert_eq!(text.trouble, Some((6..9, "byte 0xe9 is not UTF-8, and PostgreSQL refuses it".into())));
    }

    #[test]
    fn a_stray_nul_byte_is_remembered_and_the_rest_is_read() {
        let text = decode(b"CREATE TABLE t (a int);\0\n".to_vec());
        assert_eq!(text.text, "CREATE TABLE t (a int); \n");
        assert_eq!(text.trouble, Some((23..24, "byte 0x00 is no text, and PostgreSQL refuses it".into())));
    }

    #[test]
    fn what_is_no_text_is_not_read_as_sql() {
        for bytes in [&b"\0GITCRYPT\0abc"[..], b"version https://git-lfs.github.com/spec/v1\noid", b"\x7FELF\0\0\0\x02"] {
            let text = decode(bytes.to_vec());
            assert!(text.text.is_empty() && text.trouble.is_some(), "{bytes:?}");
        }
    }
}
