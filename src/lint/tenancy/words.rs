//! What names say about tenancy: the noun of a table or key, nouns that mean a tenant, and words that mean somebody else's ids.

use crate::schema::Name;

/// The words of an identifier in lower case: `customerId`, `customer_id` and `CUSTOMER_ID` are all `customer`, `id`.
pub fn words(identifier: &str) -> Vec<String> {
    if identifier.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
        return identifier.split('_').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    }
    let (mut words, mut word, mut before) = (Vec::new(), String::new(), None::<char>);
    let mut characters = identifier.chars().peekable();
    while let Some(character) = characters.next() {
        let mut ends_capitals = || characters.peek().is_some_and(|after| after.is_lowercase());
        let starts_word = character.is_uppercase()
            && before.is_some_and(|before| before.is_lowercase() || before.is_numeric() || (before.is_uppercase() && ends_capitals()));
        if (starts_word || !character.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if character.is_alphanumeric() {
            word.extend(character.to_lowercase());
        }
        before = Some(character);
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    words
}

/// What a table holds one of per row: `"OrganizationMembers"` is `organization_member`.
pub fn table_noun(table: &Name) -> String {
    let mut words = words(table);
    if words.len() > 1 && words.first().is_some_and(|word| ["app", "tbl", "core", "sys"].contains(&word.as_str())) {
        words.remove(0);
    }
    noun(words)
}

/// What a key identifies: `customerId` is `customer`; `None` for a column whose name does not end like a key's.
pub fn key_noun(column: &Name) -> Option<String> {
    if !ends_like_key(column) {
        return None;
    }
    let mut words = words(column);
    let last = words.pop()?;
    if words.is_empty() {
        let glued = ["uuid", "id"].iter().find_map(|suffix| last.strip_suffix(suffix)).map(|stem| noun(vec![stem.to_owned()]))?;
        return root_weight(&glued).map(|_| glued);
    }
    ["id", "uuid", "guid"].contains(&last.as_str()).then(|| noun(words))
}

/// All words that end keys do so with these letters; most names are known by them to be none.
fn ends_like_key(name: &str) -> bool {
    let letters = name.trim_end_matches(|last: char| !last.is_alphanumeric());
    letters.len().checked_sub(2).and_then(|at| letters.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case("id"))
}

/// What a column refers to when a foreign key proves that it refers to something: also `tenant` without `_id`.
pub fn reference_noun(column: &Name) -> String {
    key_noun(column).unwrap_or_else(|| noun(words(column)))
}

/// Joins words to a noun: the last in singular, spelled the usual way.
fn noun(mut words: Vec<String>) -> String {
    if let Some(last) = words.last_mut() {
        *last = canonical(&singular(last)).to_owned();
    }
    words.join("_")
}

fn canonical(word: &str) -> &str {
    match word {
        "org" | "organisation" => "organization",
        word => word,
    }
}

fn singular(word: &str) -> String {
    if word.ends_with("ss") || word.ends_with("us") || word.ends_with("is") || word.len() < 4 {
        return word.to_owned();
    }
    if let Some(stem) = word.strip_suffix("ies") {
        return format!("{stem}y");
    }
    if word.ends_with("sses") {
        return word.trim_end_matches("es").to_owned();
    }
    word.strip_suffix('s').unwrap_or(word).to_owned()
}

/// How much a noun alone says that its table holds tenants; `None` where it says nothing.
///
/// `tenant`, `organization` and `workspace` mean it in nearly every schema. An `account` may be a login and a
/// `team` may play football; a `customer` is more often somebody who buys.
pub fn root_weight(noun: &str) -> Option<f64> {
    match noun {
        "tenant" | "organization" | "workspace" => Some(2.0),
        "account" | "company" | "team" => Some(1.0),
        "customer" | "client" | "store" | "shop" | "merchant" | "site" | "project" | "group" | "namespace" => Some(0.5),
        _ => None,
    }
}

/// Whether a noun means a person, who owns rows without being a tenant.
pub fn is_person(noun: &str) -> bool {
    ["user", "profile", "member", "person", "owner", "admin", "identity", "employee"].contains(&noun.rsplit('_').next().unwrap_or(noun))
}

/// Products whose ids get stored in other people's tables.
const VENDORS: &[&str] = &[
    "adyen",
    "amazon",
    "apple",
    "auth0",
    "aws",
    "azure",
    "bigcommerce",
    "braintree",
    "clerk",
    "cognito",
    "discord",
    "facebook",
    "firebase",
    "github",
    "gitlab",
    "google",
    "hubspot",
    "intercom",
    "magento",
    "mailchimp",
    "meta",
    "microsoft",
    "netsuite",
    "okta",
    "paypal",
    "plaid",
    "quickbooks",
    "razorpay",
    "salesforce",
    "sendgrid",
    "shopify",
    "slack",
    "square",
    "stripe",
    "telegram",
    "twilio",
    "wc",
    "woo",
    "woocommerce",
    "workos",
    "xero",
    "zendesk",
];

/// Shops and payment providers: one of their ids in a table says that the ids beside it are theirs too.
const COMMERCE: &[&str] =
    &["adyen", "bigcommerce", "braintree", "magento", "paypal", "razorpay", "shopify", "square", "stripe", "wc", "woo", "woocommerce"];

/// Words that say an id was made elsewhere.
const ELSEWHERE: &[&str] = &[
    "ext", "external", "foreign", "idp", "import", "imported", "legacy", "mirror", "oauth", "provider", "raw", "ref", "remote", "saml",
    "source", "sso", "staging", "upstream", "vendor",
];

/// Words of tables in which a `customer_id` or `account_id` is usually a payment provider's.
const BILLING: &[&str] =
    &["billing", "charge", "checkout", "invoice", "ledger", "nav", "payment", "payout", "report", "statement", "subscription"];

/// Words of tables that keep what happened; they outlive what they mention and often do without keys.
const RECORDS: &[&str] = &[
    "activity",
    "archive",
    "archived",
    "audit",
    "backup",
    "cache",
    "dead",
    "deleted",
    "event",
    "history",
    "job",
    "log",
    "metric",
    "migration",
    "outbox",
    "queue",
    "snapshot",
    "stat",
    "statistic",
    "temp",
    "tmp",
    "tombstone",
    "trace",
    "webhook",
];

/// A word of `identifier` that is a product's name.
pub fn vendor(identifier: &str) -> Option<String> {
    find_word(identifier, VENDORS)
}

/// A word of `identifier` that is a shop's or payment provider's name.
pub fn commerce(identifier: &str) -> Option<String> {
    find_word(identifier, COMMERCE)
}

/// A word of `identifier` that says the id comes from elsewhere.
pub fn elsewhere(identifier: &str) -> Option<String> {
    find_word(identifier, ELSEWHERE)
}

/// A word of `identifier` that says the table is about payments or reports.
pub fn billing(identifier: &str) -> Option<String> {
    find_word(identifier, BILLING)
}

/// Whether the table keeps records of what happened, rather than data of its own.
pub fn keeps_records(table: &str) -> bool {
    find_word(table, RECORDS).is_some()
}

fn find_word(identifier: &str, list: &[&str]) -> Option<String> {
    words(identifier).into_iter().find(|word| list.contains(&word.as_str()) || list.contains(&singular(word).as_str()))
}

/// Whether two identifiers are the same words in whatever case style.
pub fn same_words(left: &str, right: &str) -> bool {
    words(left) == words(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_styles_do_not_matter() {
        for column in ["customerId", "customer_id", "CustomerID", "CUSTOMER_ID", "customerid", "customers_uuid"] {
            assert_eq!(key_noun(&column.into()).as_deref(), Some("customer"), "{column}");
        }
    }

    #[test]
    fn a_noun_with_a_role_before_it_is_another_noun() {
        for (column, noun) in
            [("stripe_customer_id", Some("stripe_customer")), ("id", None), ("paid", None), ("valid", None), ("customer", None)]
        {
            assert_eq!(key_noun(&column.into()).as_deref(), noun, "{column}");
        }
    }

    #[test]
    fn tables_are_named_in_singular_or_plural() {
        for (table, noun) in [
            ("Customer", "customer"),
            ("companies", "company"),
            ("app_tenants", "tenant"),
            ("orgs", "organization"),
            ("OrganizationMembers", "organization_member"),
            ("addresses", "address"),
            ("businesses", "business"),
            ("status", "status"),
        ] {
            assert_eq!(table_noun(&table.into()), noun, "{table}");
        }
    }
}
