//! Payloads that nobody may see.

use redress::Policy;
use redress_store::{
    Change, Edit, Payload, PayloadKind, Report, ReportError, Reported, Scenario, Seal, SealError,
    Settings,
};

use crate::world::{World, calm, event, report};

fn confidential(key: Option<u8>) -> Scenario {
    let settings = Settings { confidential: true, ..calm() };
    Scenario { policy: Policy::default(), settings, seal: key.map(|key| Seal::new([key; 32])) }
}

#[test]
fn a_confidential_payload_is_kept_encrypted_and_opened_for_its_worker() {
    let mut world = World::new(calm());
    world.executions.set_scenario("refunds", confidential(Some(1)));
    let kept = world.stored("ConnectionError");
    let shown = world.executions.payload(kept.id, 1).unwrap().unwrap();
    assert_eq!(shown.kind(), PayloadKind::Sealed);
    assert!(!shown.bytes().windows(6).any(|bytes| bytes == b"refund"));
    let edit = Edit { payload: Payload::from("edited"), version: None };
    world.executions.resolve(kept.id, edit, "alice", "a typo", world.now).unwrap();
    let shown = world.executions.payload(kept.id, 2).unwrap().unwrap();
    assert_eq!(shown.kind(), PayloadKind::Sealed);

    let difference = world.executions.difference(kept.id, 2).unwrap().unwrap();
    assert_eq!((difference.by.as_str(), difference.change), ("alice", Change::Confidential));

    world.wait(600);
    let claim = world.claim();
    assert_eq!(world.executions.open(&claim), Ok(Payload::from("edited")));
    world.executions.set_scenario("refunds", confidential(Some(2)));
    assert_eq!(world.executions.open(&claim), Err(SealError::DoesNotOpen));
}

#[test]
fn without_a_key_only_a_reference_is_taken() {
    let world = World::new(calm());
    world.executions.set_scenario("refunds", confidential(None));
    let refused = world.executions.report(report("DataError"), world.now);
    assert_eq!(refused, Err(ReportError::Confidential));
    let place = Payload::Reference("s3://refunds/17".to_owned());
    let report = Report::new("refunds", event("DataError"), place);
    let Reported::Stored(kept) = world.executions.report(report, world.now).unwrap() else {
        panic!("it is not kept")
    };
    let edit = Edit { payload: Payload::Reference("s3://refunds/18".to_owned()), version: None };
    world.executions.resolve(kept.id, edit, "alice", "a typo", world.now).unwrap();
    let difference = world.executions.difference(kept.id, 2).unwrap().unwrap();
    assert_eq!(difference.change, Change::Confidential);
}
