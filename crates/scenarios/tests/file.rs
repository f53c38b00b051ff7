//! `redress.toml`.

use std::fs;
use std::path::Path;
use std::time::Duration;

use redress_scenarios::{Configuration, Endpoint, PolicySource, RunnerSource, Scenarios};
use redress_store::{Executions, Memory, Settings};

use crate::write_secret;

#[test]
fn an_empty_file_is_the_documented_behaviour() {
    let configuration = Configuration::parse("redress.toml", "").unwrap();
    assert!(configuration.scenarios.is_empty());
    assert_eq!(configuration.other.settings, Settings::default());
    assert_eq!(configuration.other.policy, PolicySource::Bundled("default".to_owned()));
}

#[test]
fn a_scenario_says_what_differs_from_the_defaults() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("refunds.policy"), "extends default\nwhen status == 410 => fail")
        .unwrap();
    write_secret(folder.path().join("key"), &format!("{}\n", "0f".repeat(32)));
    let text = r#"
        [defaults]
        lease = "30s"
        runaway = false
        timeout = "5s"

        [scenario.refunds]
        policy = "refunds.policy"
        command = ["./refund", "--retry"]
        key_file = "key"
        storing = false
        sequential = true
        data_loss = true
        confidential = true
        max_records = 7
        max_bytes = "20MB"
        max_consecutive_errors = 0
        parallel_retries = 1
        runaway = { failures = 5, within = "1m" }
        retention = "7d"

        [scenario.orders]
    "#;
    let configuration = Configuration::parse(folder.path().join("redress.toml"), text).unwrap();
    let refunds = &configuration.scenarios["refunds"];
    let json = serde_json::to_value(&refunds.settings).unwrap();
    let expected = serde_json::json!({
        "storing": false, "sequential": true, "data_loss": true, "confidential": true, "max_records": 7,
        "max_bytes": "20MB", "max_consecutive_errors": null, "parallel_retries": 1,
        "runaway": {"failures": 5, "within": "1m"}, "retention": "7d", "lease": "30s",
    });
    assert_eq!(json, expected);
    assert_eq!(refunds.policy.path(), Some(folder.path().join("refunds.policy")));
    assert!(refunds.seal.is_some());
    let orders = &configuration.scenarios["orders"];
    assert_eq!((orders.settings.runaway, orders.timeout), (None, Some(Duration::from_secs(5))));
}

#[test]
fn where_no_policy_is_named_it_suits_what_runs_the_retries() {
    let parse = |text: &str| Configuration::parse("redress.toml", text).unwrap();
    let decides = |configuration: &Configuration, name: &str| {
        let scenario = configuration.scenario(name);
        let named = redress::Policy::bundled(&scenario.policy.to_string()).unwrap();
        assert_eq!(scenario.loaded.fingerprint(), named.fingerprint());
        scenario.policy.to_string()
    };
    let scenarios = "[scenario.a]\nrerun = true\n[scenario.b]\ncommand = [\"b\"]\n[scenario.c]\nurl = \"http://c/\"
                     [scenario.d]\n[scenario.e]\npolicy = \"http\"\nrerun = true\n";
    let names = ["a", "b", "c", "d", "e", "unnamed"];
    for (defaults, expected) in [
        ("", ["command", "command", "default", "default", "http", "default"]),
        ("rerun = true", ["command", "command", "default", "command", "http", "command"]),
        ("policy = \"aws\"", ["aws", "aws", "aws", "aws", "http", "aws"]),
    ] {
        let configuration = parse(&format!("[defaults]\n{defaults}\n{scenarios}"));
        assert_eq!(names.map(|name| decides(&configuration, name)), expected, "{defaults}");
    }
    assert_eq!(decides(&Configuration::without_file("".as_ref()), "unnamed"), "command");
}

#[test]
fn everything_that_is_wrong_is_told_at_once_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("bad.policy"), "extends default\nwhen eror == DataError => fail")
        .unwrap();
    write_secret(folder.path().join("key"), "secret");
    let text = r#"[default]
[defaults]
lease = "1ms"
[scenario.refunds]
polcy = "bad.policy"
policy = "bad.policy"
storing = "yes"
max_records = -1
retention = "a month"
runaway = true
command = []
key_file = "key"
colour = "red"
"#;
    let error = Configuration::parse(folder.path().join("redress.toml"), text).unwrap_err();
    let told: Vec<String> = error
        .problems
        .iter()
        .map(|it| format!("{}: {}", it.line, it.message.lines().next().unwrap()))
        .collect();
    let expected = [
        "1: unknown key `default`, did you mean `defaults`?",
        "3: `lease`: a worker could not be heard of in time; 1s is the least",
        "5: unknown key `polcy`, did you mean `policy`?",
        "7: `storing` is `\"yes\"`, expected `true` or `false`",
        "8: `max_records` is `-1`, expected a whole number",
        "9: `retention` is `\"a month\"`, expected a duration such as `\"10s\"` or `\"30d\"`",
        "10: `runaway`: expected `{ failures = 10, within = \"2m\" }`, or `false` for none",
        "11: `command`: it has no program",
        "12: `key_file`: the file has no key: 64 hexadecimal digits are expected",
    ];
    for line in expected {
        assert!(told.iter().any(|it| it == line), "{line} is not told: {told:#?}");
    }
    let policy = error.problems.iter().find(|it| it.line == 6).unwrap();
    assert!(
        policy.message.contains("bad.policy:2:6") && policy.message.contains("`eror`"),
        "{policy}"
    );
    assert!(told.iter().any(|it| it.starts_with("13: unknown key `colour`, a scenario has")));
    assert!(!error.to_string().contains("secret"));
    // The lease of the defaults is told once, not for every scenario that inherits it.
    assert_eq!(told.iter().filter(|it| it.contains("`lease`:")).count(), 1, "{told:#?}");
}

#[test]
fn a_number_without_a_unit_is_no_duration() {
    let unit = |key: &str, number: &str| {
        format!("`{key}` is `{number}`, expected a duration with its unit, such as `\"{number}s\"`")
    };
    let usual = "expected a duration such as `\"10s\"` or `\"30d\"`";
    let guard = "expected `{ failures = 10, within = \"2m\" }`, or `false` for none";
    for (table, text, told) in [
        ("scenario.refunds", "timeout = 40", unit("timeout", "40")),
        ("defaults", "retention = 30", unit("retention", "30")),
        ("defaults", "lease = 5000", unit("lease", "5000")),
        ("server", "request_timeout = 30", unit("request_timeout", "30")),
        ("server", "grace = 10", unit("grace", "10")),
        ("defaults", "timeout = 0.5", format!("`timeout` is `0.5`, {usual}")),
        ("defaults", "timeout = -40", format!("`timeout` is `-40`, {usual}")),
        (
            "defaults",
            "runaway = { failures = 3, within = 120 }",
            format!("`runaway` is `{{ failures = 3, within = 120 }}`, {guard}"),
        ),
    ] {
        let wrong = Configuration::parse("redress.toml", &format!("[{table}]\n{text}"));
        assert_eq!(wrong.unwrap_err().to_string(), format!("redress.toml:2: {told}"));
    }
}

#[test]
fn who_only_looks_needs_no_policy() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("redress.toml");
    fs::write(folder.path().join("bad.policy"), "extends default\nwhen eror == DataError => fail")
        .unwrap();
    fs::write(
        &file,
        "[defaults]\npolicy = \"bad.policy\"\n[scenario.a]\npolicy = \"http\"\n[scenario.b]\n",
    )
    .unwrap();
    let seen = Configuration::find_to_look(Some(&file), Path::new("")).unwrap();
    assert_eq!(seen.scenario("a").unloaded, None);
    assert_eq!(
        seen.scenario("a").loaded.fingerprint(),
        redress::Policy::bundled("http").unwrap().fingerprint()
    );
    assert_eq!(seen.scenario("b").unloaded, seen.scenario("c").unloaded);
    // It is told once, however many inherit it.
    let told = seen.unloaded();
    assert_eq!((told.len(), told[0].line), (1, 2));
    assert_eq!(Configuration::read(&file).unwrap_err().problems, vec![told[0].clone()]);
    // What else is wrong is an error all the same, and the policy is told with it.
    fs::write(&file, "[scenario.b]\npolicy = \"bad.policy\"\nstoring = 7\n").unwrap();
    let wrong = Configuration::find_to_look(Some(&file), Path::new("")).unwrap_err();
    assert_eq!(wrong.problems.iter().map(|it| it.line).collect::<Vec<_>>(), [2, 3]);
}

#[test]
fn a_key_that_cannot_be_read_stops_what_needs_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("redress.toml");
    let key = folder.path().join("key");
    let text = "[scenario.a]\nrerun = true\nkey_file = \"key\"\n[scenario.b]\nrerun = true\n";
    fs::write(&file, text).unwrap();
    let looked_at = || Configuration::find_to_look(Some(&file), Path::new("")).unwrap();
    let told = |why: &str| {
        let seen = looked_at();
        let locked: Vec<String> = seen.locked().iter().map(ToString::to_string).collect();
        assert_eq!(locked, [format!("line 3: `key_file`: {why}")]);
        assert_eq!(Configuration::read(&file).unwrap_err().problems[0].to_string(), locked[0]);
        let scenarios = Scenarios::new(seen, &Executions::over(Memory::new()));
        assert!(scenarios.runner("a").is_none() && scenarios.runner("b").is_some());
    };
    told("there is no such file");
    write_secret(key.clone(), "secret");
    told("the file has no key: 64 hexadecimal digits are expected");
    write_secret(key.clone(), &"0f".repeat(32));
    assert!(looked_at().locked().is_empty());
    #[cfg(unix)]
    {
        let mode = |mode| std::os::unix::fs::PermissionsExt::from_mode(mode);
        for (open, can) in [(0o644, "read"), (0o604, "read"), (0o620, "change")] {
            fs::set_permissions(&key, mode(open)).unwrap();
            told(&format!("others than its owner can {can} it; take that away, with chmod 600"));
        }
        fs::set_permissions(&key, mode(0o400)).unwrap();
        assert!(looked_at().scenario("a").seal.is_some());
    }
}

#[test]
fn what_is_no_file_or_no_toml_is_told() {
    let missing = Configuration::read("no/such/redress.toml").unwrap_err();
    assert_eq!(missing.to_string(), "no/such/redress.toml: there is no such file");
    let broken = Configuration::parse("redress.toml", "[scenario\n").unwrap_err();
    assert_eq!(broken.problems[0].line, 1);
}

#[test]
fn the_file_is_the_one_given_or_that_of_the_folder_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let none = Configuration::find(None, here).unwrap();
    assert_eq!((none.path, none.store), (None, here.join("redress.db")));
    assert_eq!(none.other.runner, Some(RunnerSource::Rerun));

    fs::write(here.join("redress.toml"), "[scenario.here]\n").unwrap();
    fs::create_dir(here.join("elsewhere")).unwrap();
    let other = here.join("elsewhere/other.toml");
    fs::write(&other, "store = \"kept/executions.db\"\n[scenario.there]\n").unwrap();
    let found = Configuration::find(None, here).unwrap();
    assert!(found.scenarios.contains_key("here"));
    assert_eq!(found.store, here.join("redress.db"));
    assert_eq!(found.other.runner, None);
    let given = Configuration::find(Some(&other), here).unwrap();
    assert!(given.scenarios.contains_key("there"));
    assert_eq!(given.store, here.join("elsewhere/kept/executions.db"));

    // A file that is there but cannot be read is no reason to go on without one.
    fs::remove_file(here.join("redress.toml")).unwrap();
    fs::create_dir(here.join("redress.toml")).unwrap();
    assert!(Configuration::find(None, here).is_err());
}

#[test]
fn the_store_is_opened_with_its_path_in_every_error() {
    let folder = tempfile::tempdir().unwrap();
    let of = |store: &str| {
        let text = format!("store = {store:?}");
        Configuration::parse(folder.path().join("redress.toml"), &text).unwrap()
    };
    let refused = |store: &str| {
        let message = of(store).open_store().unwrap_err().to_string();
        message.replace(&folder.path().display().to_string(), "HERE")
    };
    assert!(of("a.db").open_existing_store().unwrap().is_none());
    assert!(!folder.path().join("a.db").exists());
    of("a.db").open_store().unwrap();
    assert!(of("a.db").open_existing_store().unwrap().is_some());

    assert_eq!(
        refused("no/a.db"),
        "the store `HERE/no/a.db` cannot be opened: there is no folder `HERE/no`"
    );
    assert_eq!(refused("."), "the store `HERE/.` cannot be opened: it is a folder");
    fs::write(folder.path().join("text"), "this is no database, whatever it is called".repeat(99))
        .unwrap();
    let damaged = refused("text");
    assert!(damaged.starts_with("`HERE/text`: the store is damaged"), "{damaged}");
    let empty = Configuration::parse("redress.toml", "\nstore = \"\"").unwrap_err();
    assert_eq!(empty.to_string(), "redress.toml:2: `store`: it names no file");
}

#[test]
fn one_thing_runs_the_retries_of_a_scenario() {
    let parse = |text: &str| Configuration::parse(Path::new("redress.toml"), text);
    let text = "[defaults]\nrerun = true\n[scenario.a]\n[scenario.b]\ncommand = [\"b\"]\n[scenario.c]\nrerun = false
                [scenario.d]\nrerun = false\nurl = \"http://d/\"\n[scenario.e]\ncommand = [\"e\"]\nrerun = false";
    let configuration = parse(text).unwrap();
    let runner = |name: &str| configuration.scenario(name).runner.clone();
    assert_eq!(runner("a"), Some(RunnerSource::Rerun));
    assert_eq!(runner("b"), Some(RunnerSource::Command(vec!["b".to_owned()])));
    assert_eq!(runner("c"), None);
    // To say that it is not run again is not to say what runs it.
    assert_eq!(runner("d"), Some(RunnerSource::Url(Endpoint::new("http://d/").unwrap())));
    assert_eq!(runner("e"), Some(RunnerSource::Command(vec!["e".to_owned()])));
    let address = parse("[defaults]\nurl = \"http://d/\"\n[scenario.d]\nrerun = false").unwrap();
    assert_eq!(address.scenario("d").runner, address.other.runner);
    // What is run again was not bounded the first time.
    assert_eq!(configuration.scenario("a").timeout(), None);
    assert_eq!(configuration.scenario("b").timeout(), Some(Duration::from_secs(40)));
    let both = parse("[scenario.a]\ncommand = [\"a\"]\nrerun = true").unwrap_err();
    assert_eq!(
        both.to_string(),
        "redress.toml:3: `rerun`: `command` says already what runs retries"
    );
}

#[test]
fn settings_with_which_nothing_could_be_kept_or_tried_are_refused() {
    let refused = |text: &str| match Configuration::parse("redress.toml", text) {
        Err(error) => error.to_string(),
        Ok(_) => panic!("{text} is taken"),
    };
    let no_key = "what is confidential and run again is kept encrypted, and there is no key; name its file by `key_file`";
    for (text, told) in [
        (
            "parallel_retries = 0",
            "2: `parallel_retries`: nothing would be tried again; 1 is the least",
        ),
        (
            "runaway = { failures = 0, within = \"2m\" }",
            "2: `runaway`: 0 failures are no reason; 1 is the least, and `false` is for none",
        ),
        (
            "runaway = { failures = 3, within = \"0s\" }",
            "2: `runaway`: nothing fails within no time; `false` is for none",
        ),
        ("rerun = true\nconfidential = true", &format!("3: `confidential`: {no_key}")),
    ] {
        for table in ["defaults", "scenario.cards"] {
            assert_eq!(refused(&format!("[{table}]\n{text}")), format!("redress.toml:{told}"));
        }
    }
    // The table that completes it is the one to mend.
    let rerun = "[defaults]\nconfidential = true\n[scenario.cards]\nrerun = true";
    assert_eq!(refused(rerun), format!("redress.toml:4: `rerun`: {no_key}"));
    let confidential =
        "[defaults]\nrerun = true\n[scenario.mail]\n[scenario.cards]\nconfidential = true";
    assert_eq!(refused(confidential), format!("redress.toml:5: `confidential`: {no_key}"));
    // Payloads that are references need no key, and one that cannot be read is told as such.
    for taken in ["url = \"http://c/\"", "command = [\"c\"]", ""] {
        let text = format!("[scenario.cards]\nconfidential = true\n{taken}");
        assert!(Configuration::parse("redress.toml", &text).is_ok(), "{text}");
    }
    let unread =
        refused("[scenario.cards]\nconfidential = true\nrerun = true\nkey_file = \"no/such\"");
    assert_eq!(unread, "redress.toml:4: `key_file`: there is no such file");
}
