//! The schema that other programs rely on is the one that is written.

use std::{env, fs, path::Path};

use discrig_reports::{RESULTS_FORMAT, results_schema};

#[test]
fn committed_schema_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/results.schema.json");
    if env::var_os("DISCRIG_UPDATE").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, results_schema()).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == results_schema(),
        "schema/results.schema.json is out of date: run `DISCRIG_UPDATE=1 cargo test -p discrig-reports`, and raise \
         RESULTS_FORMAT if an old reader would misunderstand the new form"
    );
}

#[test]
fn schema_names_its_format() {
    let schema: serde_json::Value = serde_json::from_str(&results_schema()).unwrap();
    assert_eq!(schema["properties"]["schema"]["const"], RESULTS_FORMAT);
    assert_eq!(schema["additionalProperties"], false);
}
