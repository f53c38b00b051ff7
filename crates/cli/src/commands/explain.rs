//! `redress explain`: why an event is decided as it is.

mod rule;

use std::io::Write;

use redress::explain::{Answer, Explanation, PassedOver, explain};
use redress::{Decision, Policy, UnknownName};
use serde::Serialize;

use super::decide::decision_line;
use crate::arguments::{Explain, Format};
use crate::failure::{Failure, Result, Status};
use crate::terminal::Visible;
use crate::wrapping::{padded, width_of, wrapped};
use crate::{policies, terminal};

/// Explains the decision of one event.
pub fn run(arguments: &Explain) -> Result {
    if arguments.facts.is_empty() && arguments.policy.policy.is_none() {
        return Err(Failure::impossible(NOTHING));
    }
    let policy = policies::load_option(&arguments.policy, arguments.format)?;
    let event = super::event(&policy, &arguments.facts)?;
    if let Some(name) = &arguments.rule {
        return rule::run(arguments, &policy, &event, name);
    }
    let explanation = explain(&event);
    let mut output = terminal::output();
    match arguments.format {
        Format::Human => write_human(&mut output, event.decide(), &explanation)?,
        Format::Json => {
            let explained = Explained::new(&policy, event.decide(), &explanation);
            serde_json::to_writer(&mut output, &explained).map_err(std::io::Error::from)?;
            writeln!(output)?;
        }
    }
    output.flush()?;
    Ok(Status::Done)
}

const NOTHING: &str = "there is nothing to explain; give the facts of an event:
  redress explain error=ConnectionError module=3";

fn write_human(
    output: &mut dyn Write,
    decision: &Decision,
    explanation: &Explanation<'_>,
) -> Result<()> {
    writeln!(output, "{}", decision_line(decision))?;
    if let Some(whole) = whole(decision) {
        writeln!(output, "\n    {}", Visible(&whole))?;
    }
    if let Some(documentation) = &decision.documentation {
        writeln!(output)?;
        for line in documentation.lines() {
            writeln!(output, "{}", format!("    {}", Visible(line)).trim_end())?;
        }
    }
    writeln!(output, "\nbecause")?;
    if explanation.because.is_empty() {
        writeln!(output, "    no rule before it decides")?;
    }
    write_columns(
        output,
        explanation.because.iter().map(|answer| [question(answer), seen(answer)]).collect(),
    )?;
    if !explanation.passed_over.is_empty() {
        writeln!(output, "\npassed over")?;
        write_columns(output, explanation.passed_over.iter().flat_map(passed_over).collect())?;
    }
    if !explanation.unknown_names.is_empty() {
        writeln!(output, "\nnot known to the policy")?;
        write_columns(output, explanation.unknown_names.iter().map(unknown_name).collect())?;
    }
    Ok(())
}

/// The outcome with its arguments and labels, where it has any.
fn whole(decision: &Decision) -> Option<String> {
    let labels = decision.labels.iter().map(|(name, value)| format!("{name}: {value}"));
    let labels = labels.collect::<Vec<_>>().join(", ");
    let with = if labels.is_empty() { String::new() } else { format!(" with {labels}") };
    Some(format!("{}{with}", decision.outcome)).filter(|whole| *whole != decision.display)
}

/// A line for each test that failed; behind the first they are those of which one would have been enough.
fn passed_over(passed: &PassedOver<'_>) -> Vec<[String; 4]> {
    let name = passed.rule.name().unwrap_or("-").to_owned();
    let mut rule = Some([name, passed.rule.at().to_owned()]);
    let line = |answer: &Answer| match rule.take() {
        Some([name, at]) => [name, at, question(answer), seen(answer)],
        None => [String::new(), String::new(), format!("or {}", question(answer)), seen(answer)],
    };
    passed.failed.iter().map(line).collect()
}

/// The name, and what may have been meant.
fn unknown_name(unknown: &UnknownName) -> [String; 2] {
    let near = unknown.near.iter().map(|near| format!("; did you mean {near}?"));
    let reason = format!("no member of {}{}", unknown.enum_type, near.collect::<String>());
    [format!("{} is \"{}\"", unknown.fact, unknown.name), reason]
}

/// The test on one line, with the `not` it stands behind and the conditions it is part of.
fn question(answer: &Answer) -> String {
    let test = answer.test.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_word = !test.contains(' ');
    let test = match (answer.negated, is_word) {
        (false, _) => test,
        (true, true) => format!("not {test}"),
        (true, false) => format!("not ({test})"),
    };
    let within: String = answer.within.iter().map(|name| format!("{name}: ")).collect();
    format!("{within}{test}")
}

/// What the test saw.
fn seen(answer: &Answer) -> String {
    match &answer.value {
        Some(value) => format!("{} is {value}", answer.fact),
        None if answer.unknown => format!("{} is absent, so nothing is known", answer.fact),
        None => format!("{} is absent", answer.fact),
    }
}

/// Writes rows with every column but the last as wide as its widest cell, within reason.
fn write_columns<const N: usize>(output: &mut dyn Write, rows: Vec<[String; N]>) -> Result<()> {
    const WIDEST: usize = 60;
    let width = |column: usize| {
        rows.iter().map(|row| width_of(&row[column])).filter(|&width| width <= WIDEST).max()
    };
    let widths: [usize; N] = std::array::from_fn(|column| width(column).unwrap_or(0));
    for row in &rows {
        let cells =
            row.iter().zip(widths).map(|(cell, width)| padded(&Visible(cell).to_string(), width));
        let line = cells.collect::<Vec<_>>().join("  ");
        writeln!(output, "{}", wrapped(line.trim_end(), "    ", "          "))?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Explained<'a> {
    decision: &'a Decision,
    documentation: Option<&'a str>,
    because: Vec<ExplainedTest<'a>>,
    passed_over: Vec<ExplainedRule<'a>>,
    unknown_names: Vec<ExplainedName<'a>>,
}

#[derive(Serialize)]
struct ExplainedName<'a> {
    fact: &'a str,
    #[serde(rename = "enum")]
    enum_type: &'a str,
    name: &'a str,
    near: Option<&'a str>,
}

#[derive(Serialize)]
struct ExplainedRule<'a> {
    rule: Option<&'a str>,
    at: &'a str,
    failed: Vec<ExplainedTest<'a>>,
}

#[derive(Serialize)]
struct ExplainedTest<'a> {
    test: &'a str,
    at: String,
    negated: bool,
    within: &'a [String],
    fact: &'a str,
    value: &'a serde_json::Value,
    unknown: bool,
}

impl<'a> Explained<'a> {
    fn new(policy: &Policy, decision: &'a Decision, explanation: &'a Explanation<'a>) -> Self {
        let rule = |passed: &'a PassedOver<'a>| ExplainedRule {
            rule: passed.rule.name(),
            at: passed.rule.at(),
            failed: explained_tests(policy, &passed.failed),
        };
        Explained {
            decision,
            documentation: decision.documentation.as_deref(),
            because: explained_tests(policy, &explanation.because),
            passed_over: explanation.passed_over.iter().map(rule).collect(),
            unknown_names: explanation.unknown_names.iter().map(explained_name).collect(),
        }
    }
}

fn explained_name(unknown: &UnknownName) -> ExplainedName<'_> {
    ExplainedName {
        fact: &unknown.fact,
        enum_type: &unknown.enum_type,
        name: &unknown.name,
        near: unknown.near.as_deref(),
    }
}

fn explained_tests<'a>(policy: &Policy, answers: &'a [Answer]) -> Vec<ExplainedTest<'a>> {
    answers.iter().map(|answer| explained_test(policy, answer)).collect()
}

fn explained_test<'a>(policy: &Policy, answer: &'a Answer) -> ExplainedTest<'a> {
    ExplainedTest {
        test: &answer.test,
        at: policy.sources().place(answer.span),
        negated: answer.negated,
        within: &answer.within,
        fact: &answer.fact,
        value: &answer.json,
        unknown: answer.unknown,
    }
}
