//! A disk that is full: what is lost is known to the next program, and deleting makes room.

use std::path::Path;
use std::process::Command;

use redress_store::{
    Executions, Full, Gate, Order, Query, Report, ReportError, Reported, Scenario, Settings,
    Sqlite, StoreError, WhyOff,
};

use crate::world::{calm, event};

/// Where the small disk is.
const DISK: &str = "REDRESS_SMALL_DISK";

/// Mounts a disk of its own, which needs no rights where the system lets programs have their own view of it.
const MOUNT: &str = r#"mount -t tmpfs -o size=2m redress "$REDRESS_SMALL_DISK" && exec "$@""#;

#[test]
fn on_a_full_disk_losses_are_known_to_the_next_program_and_deleting_makes_room() {
    let own_view = |command: &[&str]| {
        let mut unshare = Command::new("unshare");
        unshare.args(["--user", "--map-root-user", "--mount"]).args(command);
        unshare
    };
    let folder = tempfile::tempdir().unwrap();
    let mut tried = own_view(&["sh", "-c", MOUNT, "sh", "true"]);
    if !tried.env(DISK, folder.path()).status().is_ok_and(|status| status.success()) {
        println!("no disk can be mounted here, so none is filled");
        return;
    }
    let this = std::env::current_exe().unwrap();
    let test = ["--exact", "full_disk::a_small_disk_is_filled", "--ignored", "--nocapture"];
    let mut filled = own_view(&["sh", "-c", MOUNT, "sh", this.to_str().unwrap()]);
    let output = filled.args(test).env(DISK, folder.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

fn open(disk: &Path) -> Executions {
    let executions = Executions::over(Sqlite::open(disk.join("redress.db")).unwrap());
    let settings = Settings { max_records: 1000, ..calm() };
    executions.set_other_scenarios(Scenario { settings: settings.clone(), ..Scenario::default() });
    let settings = Settings { data_loss: true, ..settings };
    executions.set_scenario("may", Scenario { settings, ..Scenario::default() });
    executions
}

#[test]
#[ignore = "fills a disk, which the test above mounts for it"]
fn a_small_disk_is_filled() {
    let disk = std::env::var_os(DISK).unwrap();
    let disk = Path::new(&disk);
    let now = "2026-11-25T09:00:00Z".parse().unwrap();
    let report = |scenario: &str| Report::new(scenario, event("DataError"), vec![b'x'; 20_000]);
    std::fs::write(disk.join("of others"), vec![b'x'; 100_000]).unwrap();
    let mut executions = open(disk);
    let mut stored = 0;
    while let Reported::Stored(_) = executions.report(report("may"), now).unwrap() {
        stored += 1;
    }
    let mut lost = 1;
    assert!(stored > 5, "{stored} fit");
    for _ in 0..200 {
        // Each loss has a program of its own, as with commands.
        executions = open(disk);
        match executions.report(report("may"), now).unwrap() {
            Reported::Stored(_) => stored += 1,
            Reported::Lost(_, Full::Disk) => lost += 1,
            other => panic!("{other:?}"),
        }
    }
    assert!(lost > 50, "{lost} are lost");
    drop(executions);
    let executions = open(disk);
    assert_eq!(executions.scenario("may").unwrap().lost.executions, lost);
    assert_eq!(executions.gate("may", None), Ok(Gate::Open));

    let refused = executions.report(report("must"), now).unwrap_err();
    let ReportError::Store(StoreError::Full(why)) = &refused else { panic!("{refused:?}") };
    assert!(why.contains("redress.db` cannot grow; make room"), "{why}");
    drop(executions);
    let executions = open(disk);
    let Gate::Off(off) = executions.gate("must", None).unwrap() else { panic!("it is on") };
    assert_eq!(off.why, WhyOff::Full(Full::Disk));
    assert_eq!(executions.scenario("must").unwrap().refused.executions, 1);
    executions.hold("may", "a run", now).unwrap();

    let oldest = Query { order: Order::Oldest, ..Query::default() };
    let page = executions.list(&oldest).unwrap();
    for summary in page.executions.iter().take(5) {
        open(disk).delete(summary.id, "alice", Some("no room"), now).unwrap();
    }
    assert!(executions.switch_on("must", "alice", None, now).unwrap());
    std::fs::remove_file(disk.join("of others")).unwrap();
    assert!(matches!(executions.report(report("must"), now), Ok(Reported::Stored(_))));
    assert_eq!(executions.audit().unwrap().problems, []);
    let page = executions.list(&oldest).unwrap();
    assert_eq!(page.executions.len(), stored - 5 + 1);
}
