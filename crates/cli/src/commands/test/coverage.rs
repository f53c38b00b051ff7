//! What the tests put to use: for people, as JSON, and as a page.

mod generate;
mod html;
mod json;

use std::io::Write;
use std::path::Path;

use anstyle::AnsiColor;
use redress::analyze::Reach;
use redress_testing::{
    Coverage, GoalCoverage, PolicyCoverage, RuleCoverage, Runner, Share, Summary,
};

use super::styled;
use crate::arguments::Test;
use crate::failure::{Result, Status};
use crate::render::count;
use crate::terminal::Visible;
use crate::{files, terminal};

/// Writes the coverage in every form that was asked for.
pub fn run(arguments: &Test, runner: &Runner, summary: &Summary) -> Result {
    if !is_asked_for(arguments) {
        return Ok(Status::Done);
    }
    let coverage = runner.coverage(summary);
    if let Some(path) = &arguments.coverage_html {
        write_file(path, &html::page(&coverage))?;
    }
    if let Some(path) = &arguments.coverage_json {
        write_file(path, &json::text(&coverage)?)?;
    }
    if arguments.coverage {
        write_human(&coverage)?;
    }
    if let Some(path) = &arguments.generate {
        generate::write(path, &coverage)?;
    }
    Ok(arguments.min_coverage.map_or(Status::Done, |least| compare(coverage.share(), least)))
}

fn is_asked_for(arguments: &Test) -> bool {
    let files = [&arguments.coverage_html, &arguments.coverage_json, &arguments.generate];
    let is_given = files.iter().any(|file| file.is_some());
    arguments.coverage || is_given || arguments.min_coverage.is_some()
}

fn write_file(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).map_err(|error| files::cannot_write(path, &error))
}

/// Says where the tests cover too little.
fn compare(share: Share, least: u8) -> Status {
    if share.percent() >= usize::from(least) {
        return Status::Done;
    }
    terminal::complain(format_args!("the tests cover {}, less than {least}%", words(share)));
    Status::Uncovered
}

/// `62% (18 of 29)`
fn words(share: Share) -> String {
    format!("{}% ({} of {})", share.percent(), share.seen, share.all)
}

fn write_human(coverage: &Coverage) -> Result<()> {
    let mut output = terminal::output();
    for policy in &coverage.policies {
        writeln!(output, "\n{}", Visible(&heading(policy)))?;
        for (at, rule) in policy.rules.iter().enumerate() {
            write_rule(&mut output, policy, at, rule)?;
        }
    }
    if coverage.policies.len() > 1 {
        writeln!(output, "\nall policies: {}", words(coverage.share()))?;
    }
    Ok(output.flush()?)
}

/// `coverage of refunds.policy by 3 events: 62% (18 of 29), 2 more are impossible`
fn heading(policy: &PolicyCoverage) -> String {
    let impossible = match policy.impossible() {
        0 => String::new(),
        1 => ", and 1 that no event can show".to_owned(),
        more => format!(", and {more} that no event can show"),
    };
    let events = count(policy.events, "event");
    format!("coverage of {} by {events}: {}{impossible}", policy.path, words(policy.share()))
}

fn write_rule(
    output: &mut dyn Write,
    policy: &PolicyCoverage,
    at: usize,
    rule: &RuleCoverage,
) -> Result<()> {
    let missing: Vec<&GoalCoverage> = rule.missing().collect();
    let colour = if missing.is_empty() { AnsiColor::BrightGreen } else { AnsiColor::BrightYellow };
    let style = styled(colour);
    let title = title(policy, at);
    writeln!(output, "  {style}{}{style:#}: {}", Visible(&title), state(rule))?;
    for goal in missing {
        writeln!(output, "      {}", Visible(&missing_words(rule, goal)))?;
    }
    for goal in rule.impossible() {
        let words = rule.words(goal.goal);
        writeln!(output, "      no event can show: {}", Visible(&words))?;
    }
    Ok(())
}

/// `ledger_closed (refunds.policy:6)`, or the place alone.
fn title(policy: &PolicyCoverage, rule: usize) -> String {
    let rule = &policy.policy.rules()[rule];
    rule.name().map_or_else(|| rule.at().to_owned(), |name| format!("{name} ({})", rule.at()))
}

/// `decides 3 events, 2 of 4 conditions covered`
fn state(rule: &RuleCoverage) -> String {
    let decided = match rule.decided() {
        0 if rule.can_never_decide() => "can never decide".to_owned(),
        0 => "decides no event".to_owned(),
        events => format!("decides {}", count(events, "event")),
    };
    match rule.atoms_covered() {
        Share { all: 0, .. } => decided,
        share => format!("{decided}, {} of {} covered", share.seen, count(share.all, "condition")),
    }
}

/// What is missing, and an event that would show it.
fn missing_words(rule: &RuleCoverage, goal: &GoalCoverage) -> String {
    let example = match &goal.reach {
        Some(Reach::Event(witness)) => format!(", as for {witness}"),
        _ => String::new(),
    };
    format!("never seen: {}{example}", rule.words(goal.goal))
}
