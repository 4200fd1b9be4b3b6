//! What objects carry besides their definition: storage parameters, the attributes of sequences and functions.

use std::sync::Arc;

use super::{Name, QualifiedName, Type};

/// `WITH (name = value, …)`: storage parameters, and options of views and columns, in the order they were set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options(Vec<(Name, Arc<str>)>);

impl Options {
    /// Sets parameters: each moves to the end, as it does in the catalog.
    pub fn set(&mut self, options: &[(Name, Arc<str>)]) {
        self.0.retain(|(name, _)| !options.iter().any(|(set, _)| set == name));
        self.0.extend(options.iter().cloned());
    }

    /// Sets parameters back to their defaults.
    pub fn reset(&mut self, names: &[Name]) {
        self.0.retain(|(name, _)| !names.contains(name));
    }

    /// The value of a parameter, where it is set.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(set, _)| *set == *name).map(|(_, value)| value.as_ref())
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&Name, &str)> {
        self.0.iter().map(|(name, value)| (name, value.as_ref()))
    }
}

impl FromIterator<(Name, Arc<str>)> for Options {
    fn from_iter<T: IntoIterator<Item = (Name, Arc<str>)>>(options: T) -> Self {
        let mut collected = Self::default();
        options.into_iter().for_each(|option| collected.set(&[option]));
        collected
    }
}

/// What a statement says of a sequence's values; what is `None` it leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SequenceOptions {
    /// `AS type`.
    pub data_type: Option<Type>,
    /// `INCREMENT BY`.
    pub increment: Option<i64>,
    /// `MINVALUE`; `Some(None)` is `NO MINVALUE`.
    pub min: Option<Option<i64>>,
    /// `MAXVALUE`; `Some(None)` is `NO MAXVALUE`.
    pub max: Option<Option<i64>>,
    /// `START WITH`.
    pub start: Option<i64>,
    /// `CACHE`.
    pub cache: Option<i64>,
    /// `CYCLE` or `NO CYCLE`.
    pub cycle: Option<bool>,
    /// `SEQUENCE NAME`, of an identity column's.
    pub name: Option<QualifiedName>,
}

/// The values of a sequence, as the catalog keeps them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SequenceValues {
    /// `START WITH`.
    pub start: i64,
    /// `INCREMENT BY`.
    pub increment: i64,
    /// `MINVALUE`.
    pub min: i64,
    /// `MAXVALUE`.
    pub max: i64,
    /// `CACHE`.
    pub cache: i64,
    /// `CYCLE`.
    pub cycle: bool,
}

impl SequenceValues {
    /// Those of a new sequence of a type.
    pub fn new(data_type: &Type, options: &SequenceOptions) -> Self {
        let increment = options.increment.unwrap_or(1);
        let (lowest, highest) = defaults(data_type, increment);
        let min = options.min.flatten().unwrap_or(lowest);
        let max = options.max.flatten().unwrap_or(highest);
        let first = if increment < 0 { max } else { min };
        let (cache, cycle) = (options.cache.unwrap_or(1), options.cycle.unwrap_or(false));
        Self { start: options.start.unwrap_or(first), increment, min, max, cache, cycle }
    }

    /// Those after `ALTER SEQUENCE`: a bound that is the old type's own becomes the new type's.
    pub fn altered(self, old_type: &Type, new_type: &Type, options: &SequenceOptions) -> Self {
        let increment = options.increment.unwrap_or(self.increment);
        let (old_lowest, old_highest) = range(old_type);
        let (lowest, highest) = defaults(new_type, increment);
        let retyped = old_type != new_type;
        let bound = |written: Option<Option<i64>>, kept: i64, of_old_type: i64, default: i64| match written {
            Some(written) => written.unwrap_or(default),
            None if retyped && kept == of_old_type => default,
            None => kept,
        };
        Self {
            start: options.start.unwrap_or(self.start),
            increment,
            min: bound(options.min, self.min, old_lowest, lowest),
            max: bound(options.max, self.max, old_highest, highest),
            cache: options.cache.unwrap_or(self.cache),
            cycle: options.cycle.unwrap_or(self.cycle),
        }
    }
}

/// The least and the greatest value of an integer type.
fn range(data_type: &Type) -> (i64, i64) {
    if data_type.is("smallint") {
        (i16::MIN.into(), i16::MAX.into())
    } else if data_type.is("integer") {
        (i32::MIN.into(), i32::MAX.into())
    } else {
        (i64::MIN, i64::MAX)
    }
}

/// The bounds of a sequence where none are written.
fn defaults(data_type: &Type, increment: i64) -> (i64, i64) {
    let (lowest, highest) = range(data_type);
    if increment < 0 { (lowest, -1) } else { (1, highest) }
}

/// What a function promises, and how it runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FunctionAttributes {
    /// `IMMUTABLE`, `STABLE`; `VOLATILE` where not written.
    pub volatility: Volatility,
    /// `STRICT`, `RETURNS NULL ON NULL INPUT`.
    pub strict: bool,
    /// `LEAKPROOF`.
    pub leakproof: bool,
    /// `WINDOW`.
    pub window: bool,
    /// `PARALLEL SAFE` or `RESTRICTED`; `UNSAFE` where not written.
    pub parallel: Parallel,
    /// `COST`, where written.
    pub cost: Option<Name>,
    /// `ROWS`, where written.
    pub rows: Option<Name>,
    /// `SUPPORT`.
    pub support: Option<QualifiedName>,
    /// `SET parameter TO …`, the values as SQL.
    pub settings: Vec<(Name, Arc<str>)>,
}

/// When a function's result may change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Volatility {
    /// Any time.
    #[default]
    Volatile,
    /// Not within a statement.
    Stable,
    /// Never.
    Immutable,
}

/// Whether parallel workers may call a function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Parallel {
    /// None may.
    #[default]
    Unsafe,
    /// The leader may.
    Restricted,
    /// All may.
    Safe,
}

#[cfg(test)]
mod tests {
    use super::{SequenceOptions, SequenceValues};
    use crate::schema::Type;

    #[test]
    fn a_new_type_moves_only_the_bounds_that_were_the_old_one_s() {
        let (integer, bigint) = (Type::builtin("integer"), Type::builtin("bigint"));
        let plain = SequenceValues::new(&integer, &SequenceOptions::default());
        assert_eq!((plain.start, plain.min, plain.max), (1, 1, i32::MAX.into()));
        assert_eq!(plain.altered(&integer, &bigint, &SequenceOptions::default()).max, i64::MAX);
        let bounded = SequenceValues::new(&integer, &SequenceOptions { max: Some(Some(10)), ..SequenceOptions::default() });
        assert_eq!(bounded.altered(&integer, &bigint, &SequenceOptions::default()).max, 10);
    }

    #[test]
    fn a_descending_sequence_starts_at_its_greatest_value() {
        let options = SequenceOptions { increment: Some(-2), ..SequenceOptions::default() };
        let values = SequenceValues::new(&Type::builtin("smallint"), &options);
        assert_eq!((values.start, values.min, values.max), (-1, i16::MIN.into(), -1));
    }
}
