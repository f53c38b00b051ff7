//! Files: what is kept is there when the file is opened again, and what is no store is told.

use std::fs;
use std::thread;

use redress_store::{
    Executions, Outcome, Query, Report, ReportError, Reported, Sqlite, Status, StoreError,
};
use rusqlite::Connection;

use crate::world::event;

fn report(number: usize) -> Report {
    Report::new("refunds", event("ConnectionError"), format!("payload {number}").as_str())
}

fn executions(path: &std::path::Path) -> Executions {
    let executions = Executions::over(Sqlite::open(path).unwrap());
    let settings = redress_store::Settings { runaway: None, ..Default::default() };
    let scenario = redress_store::Scenario { settings, ..Default::default() };
    executions.set_other_scenarios(scenario);
    executions
}

#[test]
fn what_was_kept_is_there_when_the_file_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("executions.db");
    let now = "2026-11-25T09:00:00Z".parse().unwrap();
    let Reported::Stored(kept) = executions(&path).report(report(1), now).unwrap() else {
        panic!()
    };
    let again = executions(&path);
    let execution = again.get(kept.id).unwrap().unwrap();
    assert_eq!((execution.status(), execution.due()), (Status::Pending, kept.due));
    assert_eq!(execution.decision, kept.decision);
    assert_eq!(again.payload(kept.id, 1).unwrap().unwrap().bytes(), b"payload 1");
}

#[test]
fn many_threads_share_commits_and_programs_share_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("executions.db");
    let now = "2026-11-25T09:00:00Z".parse().unwrap();
    let programs =
        [executions(&path).group_commits().unwrap(), executions(&path).group_commits().unwrap()];
    thread::scope(|threads| {
        for program in &programs {
            for _ in 0..4 {
                threads.spawn(move || {
                    for number in 0..10 {
                        program.report(report(number), now).unwrap();
                    }
                });
            }
        }
    });
    let query = Query { limit: 1000, ..Query::default() };
    let page = executions(&path).list(&query).unwrap();
    let mut sequences: Vec<u64> = page.executions.iter().map(|summary| summary.sequence).collect();
    sequences.sort_unstable();
    assert_eq!(sequences, (1..=80).collect::<Vec<_>>());
    assert_eq!(executions(&path).audit().unwrap().problems, []);
}

#[test]
fn what_is_no_store_is_told_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    fs::write(
        &path,
        "these are notes, and longer than the head of a file of SQLite would be: ".repeat(20),
    )
    .unwrap();
    assert!(matches!(Sqlite::open(&path), Err(StoreError::Damaged(_))));
    assert!(fs::read_to_string(&path).unwrap().starts_with("these are notes"));

    let foreign = folder.path().join("foreign.db");
    Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE notes (text)").unwrap();
    let error = Sqlite::open(&foreign).unwrap_err();
    assert_eq!(error.to_string(), "the store is damaged: the file belongs to another program");

    let newer = folder.path().join("newer.db");
    drop(Sqlite::open(&newer).unwrap());
    Connection::open(&newer).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let error = Sqlite::open(&newer).unwrap_err();
    assert_eq!(error, StoreError::Newer { found: 99, known: 5 });
    let missing = Sqlite::open(folder.path().join("no/such/folder.db")).unwrap_err();
    assert!(matches!(missing, StoreError::File(_)), "{missing}");
}

#[test]
fn one_damaged_execution_does_not_stop_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("executions.db");
    let now: jiff::Timestamp = "2026-11-25T09:00:00Z".parse().unwrap();
    let program = executions(&path);
    for number in 0..3 {
        program.report(report(number), now).unwrap();
    }
    let other = Connection::open(&path).unwrap();
    other.execute("UPDATE log SET entry = '{' WHERE execution = 1", []).unwrap();
    let later = now + std::time::Duration::from_secs(600);
    assert_eq!(program.claim("worker", 10, later).unwrap().len(), 2);
    let audit = program.audit().unwrap();
    assert!(audit.problems.iter().any(|it| it.what.contains("cannot be read")), "{audit:?}");
    // It can still be seen in lists, and its damage is told.
    let first = program.list(&Query::default()).unwrap().executions.pop().unwrap();
    assert!(matches!(program.get(first.id), Err(StoreError::Unreadable { .. })));
}

#[test]
fn a_report_whose_execution_is_damaged_is_answered_by_itself() {
    let now = "2026-11-25T09:00:00Z".parse().unwrap();
    for is_grouped in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("executions.db");
        let mut program = executions(&path);
        if is_grouped {
            program = program.group_commits().unwrap();
        }
        let of = |number: usize| report(number).once(format!("run {number}"));
        program.report(of(1), now).unwrap();
        let other = Connection::open(&path).unwrap();
        other.execute("UPDATE log SET entry = '{'", []).unwrap();
        let answers = program.report_many(vec![of(2), of(1), of(3)], now).unwrap();
        for place in [0, 2] {
            assert!(matches!(answers[place].became, Ok(Reported::Stored(_))), "{answers:?}");
        }
        let damaged = &answers[1].became;
        let is_told = |error: &ReportError| {
            matches!(error, ReportError::Store(StoreError::Unreadable { .. }))
        };
        assert!(damaged.as_ref().is_err_and(is_told), "{answers:?}");
        assert_eq!(&program.report(of(1), now), damaged);
        // Nothing is wrong but that it cannot be read, and is then counted by nobody.
        assert_eq!(program.scenario("refunds").unwrap().incomplete, 3);
        let told: Vec<String> =
            program.audit().unwrap().problems.into_iter().map(|problem| problem.what).collect();
        assert!(told.len() == 2 && told[0].contains("cannot be read"), "{told:?}");
    }
}

#[test]
fn a_later_failure_whose_execution_is_damaged_is_left_in_the_one_that_is_tried() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("executions.db");
    let now: jiff::Timestamp = "2026-11-25T09:00:00Z".parse().unwrap();
    let program = executions(&path);
    program.report(report(1), now).unwrap();
    let of = || Report::new("refunds", event("DataError"), "payload 2").once("run 2");
    program.report(of(), now).unwrap();
    let later = now + std::time::Duration::from_secs(600);
    let claim = program.claim("worker", 10, later).unwrap().remove(0);
    let other = Connection::open(&path).unwrap();
    other.execute("UPDATE log SET entry = '{' WHERE execution = 2", []).unwrap();
    let elsewhere = Outcome::FailedElsewhere(Box::new(of()));
    let after = program.end(&claim, elsewhere, Default::default(), later).unwrap();
    assert_eq!((after.status(), after.error()), (Status::Unresolved, "DataError"));
}

#[cfg(unix)]
#[test]
fn what_is_made_only_its_owner_may_read_and_what_is_there_keeps_its_mode() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("executions.db");
    let modes = || -> Vec<(String, u32)> {
        let mode = |file: fs::DirEntry| {
            let mode = file.metadata().unwrap().permissions().mode();
            (file.file_name().into_string().unwrap(), mode & 0o777)
        };
        let mut modes: Vec<_> =
            fs::read_dir(&folder).unwrap().map(|it| mode(it.unwrap())).collect();
        modes.sort();
        modes
    };
    let all = |mode: u32| {
        ["", "-reserve", "-shm", "-wal"].map(|end| (format!("executions.db{end}"), mode))
    };
    let now = "2026-11-25T09:00:00Z".parse().unwrap();
    let opened = executions(&path);
    opened.report(report(1), now).unwrap();
    assert_eq!(modes(), all(0o600));
    drop(opened);

    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let opened = executions(&path);
    opened.report(report(2), now).unwrap();
    assert_eq!(modes()[0], all(0o640)[0]);

    // What a link points to is made the same way.
    let (link, target) = (folder.path().join("link.db"), folder.path().join("target.db"));
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let _opened = executions(&link);
    assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o600);
}
