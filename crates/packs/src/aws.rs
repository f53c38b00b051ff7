//! The pack `aws`: botocore's retry rules, and the traits in the models of its services.

mod rules;
mod shapes;

use std::collections::BTreeSet;

use redress::Policy;

use self::rules::{CodeRule, RetryRules};
use self::shapes::{Spread, Trait};
use crate::Result;
use crate::data::Data;
use crate::origin::Origin;
use crate::page::{Page, member, member_list, none_of, number_list, one_of, text};

pub fn write(data: &Data, origin: &Origin) -> Result<String> {
    let shapes = shapes::read(data)?;
    let rules = rules::read(data)?;
    let retryable = shapes::spread(&shapes, Trait::Retryable);
    let throttling = shapes::spread(&shapes, Trait::Throttling);
    let mut page = Page::new("aws", origin, &remarks(&shapes, &retryable));
    members(&mut page, &shapes, &rules)?;
    rule_sets(&mut page, &rules);
    trait_sets(&mut page, &retryable, &throttling);
    page.set(
        "Codes that pass, whichever service gives them: by its rules for every service, or by the \
        traits of every service.",
        "transient",
        ["throttling", "retryable"],
    );
    schedules(&mut page, &rules);
    page.finish()
}

fn remarks(shapes: &[shapes::Shape], retryable: &Spread) -> Vec<String> {
    let services: BTreeSet<&str> = shapes.iter().map(|shape| shape.service.as_str()).collect();
    vec![
        format!(
            "Two words of one authority, which differ: the rules name codes and statuses, and the \
            models of {} services mark error shapes as retryable. {} codes are retryable by the \
            model of one service and not by that of another, so what is said below of these asks \
            for `app`, the service's name as botocore has it (`dynamodb`). Where an event does \
            not say it, such a code is not known to be retryable, and nothing is retried because \
            of it.",
            services.len(),
            retryable.disputed.len(),
        ),
        "botocore goes by the rules in its legacy mode, and by the traits in its standard mode, \
        together with lists that are part of its code and not here. The rules want a code \
        together with the status of the answer; where an event has no status, the code alone \
        counts. Left out is the rule that looks at the checksum of an answer's body (dynamodb, \
        `crc32`)."
            .to_owned(),
    ]
}

/// Every code, but for those that the standard vocabulary has.
fn members(page: &mut Page, shapes: &[shapes::Shape], rules: &RetryRules) -> Result<()> {
    let standard = Policy::default();
    let vocabulary = standard.vocabulary();
    let errors = vocabulary.find_enum("ErrorType").ok_or("there is no `ErrorType`")?;
    let known = |code: &str| vocabulary.enum_type(errors).member(code).is_some();
    let codes: BTreeSet<&str> =
        shapes.iter().map(|shape| shape.code()).chain(rules.codes()).collect();
    let (left_out, added): (Vec<&str>, Vec<&str>) = codes.into_iter().partition(|code| known(code));
    let documentation = format!(
        "Every error code, as it comes at run time. {} are in the standard vocabulary.",
        left_out.join(" and ")
    );
    page.members(&documentation, "ErrorType", added.into_iter().map(|code| (code, String::new())));
    Ok(())
}

fn rule_sets(page: &mut Page, rules: &RetryRules) {
    let statuses = number_list(&rules.statuses.keys().copied().collect::<Vec<_>>());
    page.declare(
        "The statuses that the rules retry for every service, whatever the code.",
        format!("let statuses = {statuses}"),
    );
    let codes = member_list(rules.everywhere.iter().map(|rule| rule.code.as_str()));
    page.declare(
        &format!(
            "The codes that the rules retry for every service, where the status is {}.",
            rules.everywhere_status
        ),
        format!("let throttling = {codes}"),
    );
    let excepted = rules.statuses.iter().filter(|(_, except)| !except.is_empty());
    let but_for = excepted.map(|(status, services)| {
        let services: Vec<String> = services.iter().map(|service| text(service)).collect();
        format!(" and (status != {status} or app is absent or {})", none_of("app", &services))
    });
    let mut alternatives = vec![
        "error == ConnectionError".to_owned(),
        format!("(status in statuses{})", but_for.collect::<String>()),
        format!("(error in throttling and {})", status_or_none(rules.everywhere_status)),
    ];
    let of_services = rules.services.iter().map(|(service, rules)| of_service(service, rules));
    let of_services: Vec<String> = of_services.collect();
    // The set first: what is not in it is passed over, and explained, in one step.
    alternatives.push(format!("(error in of_one_service and ({}))", of_services.join(" or ")));
    page.declare(
        "The codes that the rules retry for one service only.",
        format!("let of_one_service = {}", member_list(rules.codes_of_services())),
    );
    page.declare(
        "What the rules retry. `ConnectionError` stands for what they call general socket errors.",
        format!("let retried_by_rules = {}", alternatives.join(" or ")),
    );
}

fn of_service(service: &str, rules: &[CodeRule]) -> String {
    let rule = |rule: &CodeRule| {
        format!("error == {} and {}", member(&rule.code), status_or_none(rule.status))
    };
    match rules {
        [only] => format!("(app == {} and {})", text(service), rule(only)),
        several => {
            let rules: Vec<_> = several.iter().map(|one| format!("({})", rule(one))).collect();
            format!("(app == {} and ({}))", text(service), rules.join(" or "))
        }
    }
}

fn status_or_none(status: u16) -> String {
    format!("(status is absent or status == {status})")
}

fn trait_sets(page: &mut Page, retryable: &Spread, throttling: &Spread) {
    page.declare(
        "The codes that are retryable by the models of all services that have them.",
        format!("let retryable = {}", member_list(retryable.undisputed.iter().map(String::as_str))),
    );
    let disputed = retryable.disputed.keys().map(String::as_str);
    page.declare(
        "The codes that are retryable by the model of one service and not by that of another.",
        format!("let disputed = {}", member_list(disputed)),
    );
    by_service(page, "retry", "retryable", retryable);
    page.declare(
        "What is retryable by the model of the service that gives it.",
        format!(
            "let retried_by_traits = error in retryable or (error in disputed and ({}))",
            alternatives("retry", retryable)
        ),
    );
    by_service(page, "throttle", "throttling", throttling);
    page.declare(
        "What is a sign of throttling by the model of the service that gives it.",
        format!("let throttled_by_traits = {}", alternatives("throttle", throttling)),
    );
}

/// How many services stand in a condition; more have a name.
const MOST_UNNAMED: usize = 3;

/// The services that give a code a trait, where they are many.
fn by_service(page: &mut Page, what: &str, mark: &str, spread: &Spread) {
    for (code, services) in spread.disputed.iter().filter(|(_, all)| all.len() > MOST_UNNAMED) {
        page.set(
            &format!("The services whose models mark {code} as {mark}."),
            &format!("{what}_services_{code}"),
            services.iter().map(|service| text(service)),
        );
    }
}

/// Each code with the services whose models give it the trait.
fn alternatives(what: &str, spread: &Spread) -> String {
    let alternatives = spread.disputed.iter().map(|(code, services)| {
        let services: Vec<String> = services.iter().map(|service| text(service)).collect();
        let test = match services.len() {
            ..=MOST_UNNAMED => one_of("app", &services),
            _ => format!("app in {what}_services_{code}"),
        };
        format!("(error == {} and {test})", member(code))
    });
    alternatives.collect::<Vec<_>>().join(" or ")
}

fn schedules(page: &mut Page, rules: &RetryRules) {
    page.declare(
        "How the rules wait: a second at most, then twice as long each time.",
        format!("let delays = {}", rules.delay.written()),
    );
    for (service, delay) in &rules.service_delays {
        page.declare(
            &format!("How the rules wait for {service}."),
            format!("let {service}_delays = {}", delay.written()),
        );
    }
}
