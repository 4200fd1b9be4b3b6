//! One spelling per type: PostgreSQL's `format_type` names for whatever alias the SQL used.
