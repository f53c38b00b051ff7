//! The packs side by side, and the policy that a newcomer writes.

use redress::{PACKS, POLICIES, Policy, PolicyLoader};
use serde_json::json;

use crate::tally::{decide, policy};

#[test]
fn all_packs_can_be_used_together() {
    let names: Vec<&str> = PACKS.iter().map(|pack| pack.name).collect();
    let policy = policy(&format!(
        "extends default\nuse {}\n\
         when module != first and error in [aws.transient, grpc.retriable, kafka.retriable, postgres.agreed]\n\
         => store(retry)\nwhen module != first and status in http.agreed => store(retry, after: make.stored)",
        names.join(", ")
    ));
    for error in ["ThrottlingException", "UNAVAILABLE", "NotLeaderOrFollowerException", "40P01"] {
        assert_eq!(
            decide(&policy, &json!({"error": error, "module": 2})).display,
            "store(retry)",
            "{error}"
        );
    }
}

#[test]
fn each_pack_has_a_policy_of_its_name() {
    for pack in PACKS {
        let policy = POLICIES.iter().find(|policy| policy.name == pack.name);
        let policy = policy.unwrap_or_else(|| panic!("there is no policy `{}`", pack.name));
        assert_ne!(policy.file, pack.file);
        assert!(
            policy.text.contains(&format!("\nextends default\nuse {}\n", pack.name)),
            "{}",
            policy.file
        );
    }
}

#[test]
fn the_first_policy_is_three_lines() {
    let first = policy(
        "extends default\nuse aws\nwhen module != first and error in aws.transient => \
        store(retry, after: aws.delays)",
    );
    let decision = decide(&first, &json!({"error": "ThrottlingException", "module": 3}));
    assert_eq!(
        (decision.display.as_str(), decision.at.to_string().as_str()),
        ("store(retry)", "test.policy:3")
    );
}

/// What a policy does not use is not read for it.
#[test]
fn a_policy_knows_only_the_packs_it_uses() {
    let members = |policy: &Policy| {
        let errors = policy.vocabulary().find_enum("ErrorType").unwrap();
        policy.vocabulary().enum_type(errors).members.len()
    };
    let default = members(&Policy::default());
    assert!(default < 50);
    assert!(
        members(&policy("extends default\nuse aws\nwhen error in aws.transient => fail")) > 2000
    );
    let report = PolicyLoader::bundled_only()
        .check_text("test.policy", "extends default\nwhen error in aws.transient => fail");
    assert!(report.to_string().contains("aws.transient"), "{report}");
}
