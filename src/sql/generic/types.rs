//! Types of columns in one spelling each.

use sqlparser::ast::{BinaryLength, CharacterLength, DataType, EnumMember, ExactNumberInfo};

use crate::schema::{Dialect, Name, Type};

/// The type. Where a database has PostgreSQL's type under whatever name, it goes by PostgreSQL's; SQLite keeps what is
/// written.
pub fn lower(data_type: &DataType, dialect: Dialect) -> Type {
    let lowered = match dialect {
        Dialect::Sqlite => as_written(&data_type.to_string()),
        _ => known(data_type, dialect).unwrap_or_else(|| as_written(&data_type.to_string())),
    };
    let lowered = if dialect == Dialect::MySql { of_mysql(lowered) } else { lowered };
    Type { dialect, ..lowered }
}

/// `TEXT(n)` is the smallest that is large enough: in every character set TEXT itself, unless `n` is very small or large.
fn of_mysql(data_type: Type) -> Type {
    let size = data_type.modifiers.first().and_then(|size| size.parse::<u32>().ok());
    match (data_type.name.name.as_str(), size) {
        ("long" | "long varchar", None) => named("mediumtext", Vec::new()),
        ("text", Some(256..=16_383)) => named("text", Vec::new()),
        ("blob", Some(256..=65_535)) => named("blob", Vec::new()),
        _ => data_type,
    }
}

/// A type as its name in small letters and what stands in parentheses.
pub fn as_written(written: &str) -> Type {
    let written = written.trim();
    let Some((name, rest)) = written.split_once('(') else { return named(&written.to_ascii_lowercase(), Vec::new()) };
    let (inside, behind) = rest.rsplit_once(')').unwrap_or((rest, ""));
    let name = format!("{} {}", name.trim().to_ascii_lowercase(), behind.trim().to_ascii_lowercase());
    let modifiers = inside.split(',').map(|modifier| Name::from(modifier.trim())).collect();
    named(name.trim(), modifiers)
}

fn named(name: &str, modifiers: Vec<Name>) -> Type {
    Type { modifiers, ..Type::builtin(name) }
}

fn plain(name: &str) -> Option<Type> {
    Some(named(name, Vec::new()))
}

fn known(data_type: &DataType, dialect: Dialect) -> Option<Type> {
    use DataType as D;
    let is_mysql = dialect == Dialect::MySql;
    match data_type {
        D::TinyInt(Some(1)) if is_mysql => Some(named("tinyint", vec!["1".into()])),
        D::Bool | D::Boolean if is_mysql => Some(named("tinyint", vec!["1".into()])),
        D::Bool | D::Boolean => plain("boolean"),
        D::TinyInt(_) => plain("tinyint"),
        D::TinyIntUnsigned(_) | D::UTinyInt => plain("tinyint unsigned"),
        D::SmallInt(_) | D::Int2(_) => plain("smallint"),
        D::SmallIntUnsigned(_) | D::Int2Unsigned(_) | D::USmallInt => plain("smallint unsigned"),
        D::MediumInt(_) => plain("mediumint"),
        D::MediumIntUnsigned(_) => plain("mediumint unsigned"),
        D::Int(_) | D::Integer(_) | D::Int4(_) => plain("integer"),
        D::IntUnsigned(_) | D::IntegerUnsigned(_) | D::Int4Unsigned(_) => plain("integer unsigned"),
        D::BigInt(_) | D::Int8(_) => plain("bigint"),
        D::BigIntUnsigned(_) | D::Int8Unsigned(_) | D::UBigInt => plain("bigint unsigned"),
        D::Numeric(precision) | D::Decimal(precision) | D::Dec(precision) => Some(named("numeric", digits(precision))),
        D::DecimalUnsigned(precision) | D::DecUnsigned(precision) => Some(named("numeric unsigned", digits(precision))),
        D::Float(ExactNumberInfo::None) if is_mysql => plain("real"),
        D::FloatUnsigned(ExactNumberInfo::None) => plain("real unsigned"),
        D::Float(ExactNumberInfo::None) | D::DoublePrecision | D::Double(ExactNumberInfo::None) => plain("double precision"),
        D::DoublePrecisionUnsigned | D::DoubleUnsigned(_) => plain("double precision unsigned"),
        D::Real if is_mysql => plain("double precision"),
        D::Real => plain("real"),
        D::Char(length) | D::Character(length) => Some(sized("character", *length)),
        D::Varchar(length) | D::CharVarying(length) | D::CharacterVarying(length) => Some(sized("character varying", *length)),
        D::Nvarchar(length) if is_mysql => Some(sized("character varying", *length)),
        D::Nvarchar(length) => Some(sized("nvarchar", *length)),
        D::Binary(length) => Some(named("binary", length.iter().map(number).collect())),
        D::Varbinary(length) => Some(named("varbinary", length.iter().map(binary_length).collect())),
        D::Enum(members, _) => Some(named("enum", members.iter().map(member).collect())),
        D::Set(values) => Some(named("set", values.iter().map(|value| quoted(value)).collect())),
        // `[int]`: types may be quoted.
        D::Custom(name, modifiers) if dialect == Dialect::SqlServer => {
            let name = name.to_string().replace(['[', ']', '"'], "").to_ascii_lowercase();
            let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name.as_str(), |(_, name)| name);
            Some(named(name, modifiers.iter().map(|modifier| modifier.to_ascii_lowercase().into()).collect()))
        }
        D::JSON => plain("json"),
        D::Uuid => plain("uuid"),
        _ => None,
    }
}

/// Types of SQL Server that PostgreSQL has under another name.
const ALIASES: &[(&str, &str)] = &[
    ("char", "character"),
    ("decimal", "numeric"),
    ("float", "double precision"),
    ("int", "integer"),
    ("uniqueidentifier", "uuid"),
    ("varchar", "character varying"),
];

fn number(number: &u64) -> Name {
    number.to_string().into()
}

fn digits(precision: &ExactNumberInfo) -> Vec<Name> {
    match precision {
        ExactNumberInfo::None => Vec::new(),
        ExactNumberInfo::Precision(digits) => vec![number(digits)],
        ExactNumberInfo::PrecisionAndScale(digits, scale) => vec![number(digits), scale.to_string().into()],
    }
}

fn sized(name: &str, length: Option<CharacterLength>) -> Type {
    let length = match length {
        Some(CharacterLength::IntegerLength { length, .. }) => Some(number(&length)),
        Some(CharacterLength::Max) => Some("max".into()),
        None => None,
    };
    named(name, length.into_iter().collect())
}

fn binary_length(length: &BinaryLength) -> Name {
    match length {
        BinaryLength::IntegerLength { length } => number(length),
        BinaryLength::Max => "max".into(),
    }
}

fn member(member: &EnumMember) -> Name {
    match member {
        EnumMember::Name(value) | EnumMember::NamedValue(value, _) => quoted(value),
    }
}

fn quoted(value: &str) -> Name {
    format!("'{}'", value.replace('\'', "''")).into()
}
