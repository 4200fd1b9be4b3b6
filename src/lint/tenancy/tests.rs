//! What is inferred from small schemas.

use super::{Confidence, KeyKind, Role, Tenancy, TenantSettings};
use crate::schema::{QualifiedName, Schema};
use crate::source::SourceMap;
use crate::sql::{self, Dialect};

fn schema(sql: &str) -> Schema {
    let mut sources = SourceMap::default();
    let file = sources.add("001_example.sql", sql);
    let mut schema = Schema::default();
    for statement in sql::parse(&sources, file, 0..sql.len(), Dialect::Postgres) {
        for change in statement.changes() {
            schema.apply(change).expect("the example applies");
        }
    }
    schema
}

fn infer(sql: &str) -> Tenancy {
    Tenancy::infer(&schema(sql), &TenantSettings::default())
}

/// A table `parent` and as many children as there are names, each with a mandatory foreign key to it.
fn family(parent: &str, key: &str, children: &[&str]) -> String {
    let mut sql = format!("CREATE TABLE {parent} (id uuid PRIMARY KEY);\n");
    for child in children {
        sql += &format!("CREATE TABLE {child} (id uuid PRIMARY KEY, {key} uuid NOT NULL REFERENCES {parent} (id));\n");
    }
    sql
}

fn public(name: &str) -> QualifiedName {
    QualifiedName::new("public", name)
}

#[test]
fn how_sure_the_root_is_depends_on_its_name_and_on_isolation() {
    let policies = "CREATE POLICY p ON a USING (customer_id = current_setting('app.c')::uuid);
                    CREATE POLICY p ON b USING (customer_id = current_setting('app.c')::uuid);";
    let handed_on = "CREATE POLICY p ON a USING (ride_id IN (SELECT id FROM rides));
                     CREATE POLICY p ON b USING (ride_id IN (SELECT id FROM rides));";
    for (sql, expected) in [
        (family("tenants", "tenant_id", &["a", "b"]), Some(Confidence::Established)),
        (family("customers", "customer_id", &["a", "b", "c"]), Some(Confidence::Presumed)),
        (family("customers", "customer_id", &["a", "b", "c"]) + policies, Some(Confidence::Established)),
        (family("customers", "customer_id", &["a"]), None),
        (family("rides", "ride_id", &["a", "b", "c"]) + handed_on, None),
        (family("users", "user_id", &["a", "b", "c", "d", "e"]), None),
        (family("tenants", "tenant_id", &["a", "b"]) + &family("workspaces", "workspace_id", &["c", "d"]), None),
    ] {
        assert_eq!(infer(&sql).root.map(|root| root.confidence), expected, "{sql}");
    }
}

#[test]
fn a_customer_who_belongs_to_a_tenant_is_not_the_tenant() {
    let sql = family("tenants", "tenant_id", &["orders", "customers"])
        + "CREATE TABLE notes (id uuid PRIMARY KEY, customer_id uuid NOT NULL REFERENCES customers (id));
           CREATE TABLE calls (id uuid PRIMARY KEY, customer_id uuid NOT NULL REFERENCES customers (id));";
    let tenancy = infer(&sql);
    assert_eq!(tenancy.root.as_ref().map(|root| root.table.clone()), Some(public("tenants")));
    assert_eq!(tenancy.role(&public("customers")), Some(&Role::Scoped));
    assert_eq!(tenancy.role(&public("notes")), Some(&Role::Derived(public("customers"))));
}

#[test]
fn the_configured_table_is_the_root_whatever_the_evidence() {
    let schema = schema(&family("households", "household_id", &["chores"]));
    let settings = TenantSettings { table: Some("households".to_owned()), ..TenantSettings::default() };
    let tenancy = Tenancy::infer(&schema, &settings);
    assert_eq!(tenancy.established().map(|root| root.noun.as_str()), Some("household"));
    assert_eq!(tenancy.key(&public("chores"), "household_id").map(|key| &key.kind), Some(&KeyKind::Reference));
}

#[test]
fn strings_beside_a_uuid_root_are_keys_only_with_evidence() {
    let base = family("customers", "customer_id", &["a", "b"]);
    for (table, is_key) in [
        ("CREATE TABLE t (id uuid PRIMARY KEY, customer_id varchar(50))", true),
        ("CREATE TABLE t (id uuid PRIMARY KEY, customer_id varchar(50), provider text)", false),
        ("CREATE TABLE t (id uuid PRIMARY KEY, customer_id varchar(50), stripe_price_id text)", false),
        ("CREATE TABLE shopify_orders (id uuid PRIMARY KEY, customer_id varchar(50))", false),
        ("CREATE TABLE subscriptions (id uuid PRIMARY KEY, customer_id varchar(50))", false),
        ("CREATE TABLE t (id uuid PRIMARY KEY, customer_ref text)", false),
    ] {
        let tenancy = infer(&format!("{base}{table}"));
        let mistyped = tenancy.keys().filter(|key| matches!(key.kind, KeyKind::Mistyped { .. })).count();
        assert_eq!(mistyped == 1, is_key, "{table}");
    }
}

#[test]
fn a_name_that_most_references_to_the_root_share_is_a_key_s_name() {
    let tables = ["a", "b", "c", "d", "e"];
    for (children, expected) in [(&tables[..], 5), (&tables[..3], 0)] {
        let sql = family("organizations", "owned_by", children)
            + "CREATE TABLE f (id uuid PRIMARY KEY, organization_id uuid REFERENCES organizations (id));
               CREATE TABLE g (id uuid PRIMARY KEY, organization_id uuid REFERENCES organizations (id));";
        let keys = infer(&sql).keys().filter(|key| key.column == "owned_by").count();
        assert_eq!(keys, expected, "{children:?}");
    }
}
