//! `char(n)`, which fills up with blanks.

use super::{Kind, chosen_columns, has_word, judge};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Column, Table};

/// Codes as short as this are all of one length: countries, currencies, flags.
const CODE: usize = 3;

/// Lengths of digests and identifiers as text: xid, ULID, KSUID, UUID, SHA-1 and its successors, addresses of wallets.
const FIXED_LENGTHS: &[usize] = &[20, 22, 24, 26, 27, 32, 36, 40, 42, 44, 56, 64, 66, 96, 128];

/// Words of what always has one length: digests, identifiers that machines make, codes that somebody standardised.
const FIXED: &[&str] = &[
    "address",
    "checksum",
    "code",
    "country",
    "currency",
    "digest",
    "etag",
    "fingerprint",
    "guid",
    "hash",
    "hex",
    "iban",
    "id",
    "ids",
    "key",
    "language",
    "locale",
    "md5",
    "nonce",
    "password",
    "root",
    "salt",
    "secret",
    "sha",
    "sha1",
    "sha256",
    "sha512",
    "signature",
    "token",
    "uid",
    "ulid",
    "uuid",
    "vin",
];

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let found = chosen_columns(context.schema).filter(|(table, column)| is_padded(column) && may_vary(table, column));
    let kind = Kind {
        otherwise: Vec::new(),
        ending: ": shorter values are filled up with blanks, which comparisons ignore and LIKE and length() partly do not",
        becomes: "text",
        using: "",
    };
    judge(context, found.collect(), &kind)
}

/// Whether shorter values are filled up: SQL Server's `nchar` is like `char`.
fn is_padded(column: &Column) -> bool {
    column.data_type.value.is("character") || column.data_type.value.is("nchar")
}

/// Whether values may be shorter than the type: not those of short codes, nor those a check or a name says are all of one length.
fn may_vary(table: &Table, column: &Column) -> bool {
    let length = column.data_type.value.max_characters().unwrap_or(1);
    let checked = table.checks().any(|(constraint, _)| constraint.columns == [column.name.clone()]);
    length > CODE && !FIXED_LENGTHS.contains(&length) && !checked && !has_word(&column.name, FIXED)
}
