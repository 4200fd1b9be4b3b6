//! What somebody probably meant who wrote a name that does not exist.

/// The candidate most like `name`, if any is alike enough to be offered.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    similar::get_close_matches(name, &candidates, 1, 0.6).into_iter().next()
}

/// "did you mean `…`", where something is near.
pub fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(name, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        let lints = ["missing-primary-key", "money", "gap"];
        for (name, expected) in [("mony", Some("money")), ("missing-primarykey", Some("missing-primary-key")), ("tenant", None), ("", None)]
        {
            assert_eq!(nearest(name, lints), expected, "{name}");
        }
    }
}
