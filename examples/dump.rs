use migralint::source::SourceMap;
fn main() {
    for path in std::env::args().skip(1) {
        let mut sources = SourceMap::default();
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        let len = text.len();
        let file = sources.add(path, text);
        for s in migralint::sql::parse(&sources, file, 0..len, migralint::sql::Dialect::Postgres) {
            println!("=== {}", sources.text(s.span));
            let d = format!("{:#?}", s.body);
            println!("{d}");
            for c in s.changes() {
                println!("  @ {:?}", sources.text(c.span));
            }
        }
    }
}
