//! One spelling per type: PostgreSQL's `format_type` names for whatever alias the SQL used.

/// Aliases and internal names of PostgreSQL's built-in types, with the name `format_type` prints.
const ALIASES: &[(&str, &str)] = &[
    ("bool", "boolean"),
    // The keyword CHAR is not among them: the parser makes `bpchar` of it.
    ("char", "\"char\""),
    ("dec", "numeric"),
    ("decimal", "numeric"),
    ("float", "double precision"),
    ("float4", "real"),
    ("float8", "double precision"),
    ("int", "integer"),
    ("int2", "smallint"),
    ("int4", "integer"),
    ("int8", "bigint"),
    ("time", "time without time zone"),
    ("timestamp", "timestamp without time zone"),
    ("timestamptz", "timestamp with time zone"),
    ("timetz", "time with time zone"),
    ("varbit", "bit varying"),
    ("varchar", "character varying"),
];

/// The `serial` pseudo-types and the types of the columns they make.
const SERIALS: &[(&str, &str)] = &[
    ("bigserial", "bigint"),
    ("serial", "integer"),
    ("serial2", "smallint"),
    ("serial4", "integer"),
    ("serial8", "bigint"),
    ("smallserial", "smallint"),
];

/// The canonical name of a built-in type; a name that is no alias is its own.
pub fn canonical(name: &str) -> &str {
    look_up(ALIASES, name).unwrap_or(name)
}

/// The type behind `serial` and its kin.
pub fn serial(name: &str) -> Option<&'static str> {
    look_up(SERIALS, name)
}

fn look_up(table: &[(&str, &'static str)], name: &str) -> Option<&'static str> {
    table.iter().find(|(alias, _)| *alias == name).map(|(_, canonical)| *canonical)
}
