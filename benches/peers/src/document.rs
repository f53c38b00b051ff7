//! The document: every figure in it comes from one run.

use std::fmt::Write;

use crate::contender::Start;
use crate::contestants::{self as who, ABSENT, CONTESTANTS};
use crate::environment::{Environment, version};
use crate::figures::{Family, Findings};
use crate::further;
use crate::measure::{Effort, Measured};
use crate::table::{Table, mean, time, time_or_dash, whole};
use crate::targets::targets;

const BEGIN: &str = "\
# Benchmarks

What a decision of Redress costs, beside code written by hand and beside other engines that decide the same. One
command measures it all and writes this file and its plot; no figure in it is typed by hand:

```sh
cargo run --release --locked --manifest-path benches/peers/Cargo.toml
```

`-- --only documented` measures a part, `-- --quick` everything roughly in a minute; both print instead of writing.
";

const HOW: &str = "\
## How it is measured

- **The same decisions.** Before anything is timed, each contestant decides the events, and the rule that decided each
  is compared; an engine that decides one otherwise is left out, and told below. What decides slowly is compared, and timed, on
  fewer events; the tables of starting points say on how many. What was decided while the clock ran is compared as well.
- **CPU time of the measuring thread**, so that what else the machine does counts little; contestants take turns, and
  the median of their turns counts.
- **Replayed** is a sample of events decided again and again, which a branch predictor learns in part. **Unseen** is a
  fresh sample each turn, which every contestant meets once.
- **From a struct** the clock runs while an engine makes its own input of a plain struct with borrowed texts, by the
  fastest way that its documentation shows; some use one input again for all events. **Prepared** begins when that is
  done. **Names** begins with the names and values of facts, given one by one to an input that is new for each event:
  the builder of Redress, a context, map or list of the others. **JSON map** begins with a parsed `serde_json` object,
  **JSON text** with its text, for those that read text themselves.
- **Compiled once.** All engines parse and compile their rules before the clock runs.
- **Allocations** are those of a decision from that starting point.
- The policies and events are plain data, in [`benches/policies.rs`](../benches/policies.rs) and its modules; how each
  engine is asked is a file in [`benches/peers/src/engines/`](../benches/peers/src/engines).
";

/// Writes it all; `further` are sections that other programs printed.
pub fn document(
    findings: &Findings,
    environment: &Environment,
    effort: Effort,
    further: &[String],
) -> String {
    let mut text = String::from(BEGIN);
    let mut section = |body: String| {
        if !body.is_empty() {
            text.push('\n');
            text.push_str(&body);
        }
    };
    section(targets_met(findings, further));
    section(who_is_faster(findings));
    section(documented(findings));
    section(first_family(findings));
    section(other_families(findings));
    section(loading(findings));
    section(threads(findings));
    for body in further {
        section(body.clone());
    }
    section(HOW.to_owned());
    section(contestants(findings));
    section(machine(environment, effort));
    text
}

fn targets_met(findings: &Findings, sections: &[String]) -> String {
    let mut targets = targets(findings);
    targets.extend(further::targets(sections));
    if targets.is_empty() {
        return String::new();
    }
    let mut table = Table::new(["what", "target", "measured", "met"]);
    let met = targets.iter().filter(|target| target.met).count();
    let all = targets.len();
    for target in targets {
        let answer = if target.met { "yes" } else { "**no**" };
        table.row([target.what, target.bound, target.measured, answer.to_owned()]);
    }
    format!("## Targets\n\n{met} of {all} are met in this run.\n\n{table}")
}

/// Where something is faster than Redress from the same starting point.
fn who_is_faster(findings: &Findings) -> String {
    let mut lines = String::new();
    for ours in findings.figures.iter().filter(|figure| figure.measured.name == who::REDRESS) {
        let start = ours.measured.start;
        let faster: Vec<String> = findings
            .of(ours.family, ours.rules)
            .filter(|other| other.start == start && !other.name.starts_with(who::REDRESS))
            .filter(|other| other.replayed < ours.measured.replayed)
            .map(|other| format!("{} ({})", other.name, time(other.replayed)))
            .collect();
        if !faster.is_empty() {
            let (family, start) = (ours.family.name(), start.name());
            // Writing to a text cannot fail.
            let _ = writeln!(
                lines,
                "- {family}, {} rules, from {start} ({}): {}",
                whole(ours.rules),
                time(ours.measured.replayed),
                faster.join(", ")
            );
        }
    }
    if lines.is_empty() {
        return "## Who is faster\n\nNobody, from the same starting point, on replayed events.\n"
            .into();
    }
    format!(
        "## Who is faster\n\nFaster than Redress from the same starting point, on replayed events:\n\n{lines}"
    )
}

fn documented(findings: &Findings) -> String {
    starts(
        findings,
        Family::Documented,
        4,
        "## The documented policy\n\nThe four documented rules of the default policy, ten thousand failures.",
    )
}

/// A table of everybody on one policy, from every starting point.
fn starts(findings: &Findings, family: Family, rules: usize, begin: &str) -> String {
    let mut measured: Vec<&Measured> = findings.of(family, rules).collect();
    if measured.is_empty() {
        return String::new();
    }
    measured.sort_by(|one, other| {
        one.start.cmp(&other.start).then(one.replayed.total_cmp(&other.replayed))
    });
    let mut table =
        Table::new(["who", "from", "replayed", "unseen", "allocations", "events compared"]);
    for one in measured {
        table.row([
            bold_if_ours(one.name),
            one.start.name().to_owned(),
            time(one.replayed),
            time_or_dash(one.unseen),
            mean(one.allocations),
            whole(one.checked),
        ]);
    }
    format!("{begin}\n\n{table}")
}

fn bold_if_ours(name: &str) -> String {
    if name.starts_with(who::REDRESS) { format!("**{name}**") } else { name.to_owned() }
}

fn first_family(findings: &Findings) -> String {
    if findings.sizes(Family::First).is_empty() {
        return String::new();
    }
    let mut text = format!(
        "## Rules keyed by application and error, with ranges\n\nThe first family: rules like `when app == \"a7\" and \
         error in [X, Y] and status in 400..499 and attempt < 4 => …`, about one application in fifteen rules. Most \
         calls meet a rule, each as likely as any other. {} From a struct, replayed:\n\n![time of a decision against the number of \
         rules](images/benchmarks.svg)\n\n",
        events_of_each_size(findings)
    );
    let _ = writeln!(text, "{}", growth(findings, Family::First, |one| Some(one.replayed)));
    let _ = writeln!(text, "Unseen:\n\n{}", growth(findings, Family::First, |one| one.unseen));
    let begin = "From every starting point, at 1,000 rules:";
    text.push_str(&starts(findings, Family::First, 1_000, begin));
    text
}

/// How many events Redress decides in a turn, which has to be the same at each size.
fn events_of_each_size(findings: &Findings) -> String {
    let sizes = findings.sizes(Family::First);
    let ours = |rules| findings.find(Family::First, rules, who::REDRESS, Start::Struct);
    let events: Vec<usize> = sizes.into_iter().filter_map(ours).map(|ours| ours.events).collect();
    match (events.iter().min(), events.iter().max()) {
        (Some(least), Some(most)) if least == most => {
            format!("Redress decides {} of them in each turn, at each size.", whole(*most))
        }
        (Some(least), Some(most)) => format!(
            "Redress decides from {} to {} of them in a turn: **fewer at some sizes, so do not compare these**.",
            whole(*least),
            whole(*most)
        ),
        _ => String::new(),
    }
}

/// A table of everybody from a struct, a column a size.
fn growth(findings: &Findings, family: Family, pace: impl Fn(&Measured) -> Option<f64>) -> Table {
    let sizes = findings.sizes(family);
    let head = sizes.iter().map(|&rules| format!("{} rules", whole(rules)));
    let mut table = Table::new(["who".to_owned()].into_iter().chain(head));
    for contestant in CONTESTANTS {
        for start in [Start::Struct, Start::Prepared] {
            // Prepared inputs are compared at one size; only what has them at all sizes is worth a row here.
            let times: Vec<Option<f64>> = sizes
                .iter()
                .map(|&rules| findings.find(family, rules, contestant.name, start).and_then(&pace))
                .collect();
            let measured = times.iter().flatten().count();
            if measured == 0 || start == Start::Prepared && measured < sizes.len() {
                continue;
            }
            let mut name = bold_if_ours(contestant.name);
            if start == Start::Prepared {
                name.push_str(", prepared");
            }
            table.row([name].into_iter().chain(times.into_iter().map(time_or_dash)));
        }
    }
    table
}

fn other_families(findings: &Findings) -> String {
    let mut text = String::new();
    for (family, begin) in [
        (
            Family::Second,
            "## Text patterns and ranges only\n\nThe second family has nothing to hash on: `contains`, `starts with`, \
             `ends with`, `like`, some `matches`, and ranges of numbers.",
        ),
        (
            Family::Third,
            "## A random mix\n\nIn the third family each rule asks a random mix of everything, `or` and `not` included; \
             an eighth of what may be absent is.",
        ),
    ] {
        if !findings.sizes(family).is_empty() {
            let _ = writeln!(
                text,
                "{begin} From a struct, replayed:\n\n{}\nUnseen:\n\n{}",
                growth(findings, family, |one| Some(one.replayed)),
                growth(findings, family, |one| one.unseen)
            );
        }
    }
    if !findings.at_rest.is_empty() {
        let mut table = Table::new(["policy", "rules", "bytes at rest", "bytes a rule"]);
        for rest in &findings.at_rest {
            let per_rule = rest.bytes as f64 / rest.rules as f64;
            let bytes = usize::try_from(rest.bytes).unwrap_or_default();
            table.row([
                rest.family.name().to_owned(),
                whole(rest.rules),
                whole(bytes),
                whole(per_rule.round() as usize),
            ]);
        }
        let _ = writeln!(
            text,
            "## Memory\n\nWhat a loaded policy holds, its text, places and documentation included; a policy without \
             rules of its own holds the standard vocabulary.\n\n{table}"
        );
    }
    text
}

fn loading(findings: &Findings) -> String {
    if findings.loads.is_empty() {
        return String::new();
    }
    let mut table = Table::new([
        "rules",
        "text",
        "pest alone",
        "pest, MB/s",
        "Redress: parse, check, compile",
        "in a process of its own",
        "over pest",
        "bytes a rule at rest",
    ]);
    for load in &findings.loads {
        table.row([
            whole(load.rules),
            format!("{} kB", whole((load.text as f64 / 1e3).round() as usize)),
            time(load.pest),
            format!("{:.0}", load.text as f64 * 1e3 / load.pest),
            time(load.redress),
            time(load.alone),
            format!("{:.2} ×", load.redress / load.pest),
            whole((load.bytes as f64 / load.rules as f64).round() as usize),
        ]);
    }
    format!(
        "## Loading\n\nThe first family's text, read by pest with the same grammar, and loaded by Redress with everything \
         that is proved of it. Both read the same text several times, so small policies find the memory of the load \
         before; in a process of its own all memory is new, as it is where a program begins.\n\n{table}"
    )
}

fn threads(findings: &Findings) -> String {
    if findings.threads.is_empty() {
        return String::new();
    }
    let mut table = Table::new([
        "policy",
        "rules",
        "one thread",
        "each of two",
        "two over one, CPU",
        "two over one, wall",
    ]);
    for one in &findings.threads {
        table.row([
            one.family.name().to_owned(),
            whole(one.rules),
            time(one.alone),
            time(one.together),
            format!("{:.2} ×", 2.0 * one.alone / one.together),
            format!("{:.2} ×", one.wall),
        ]);
    }
    format!(
        "## Threads\n\nDecisions of two threads that share one policy. By CPU time only what the threads cost one another \
         counts; by the clock on the wall everything else that the machine does counts as well.\n\n{table}"
    )
}

fn contestants(findings: &Findings) -> String {
    let mut table = Table::new(["who", "crate", "how the rules are written", "to bear in mind"]);
    for contestant in CONTESTANTS {
        let measured =
            findings.figures.iter().any(|figure| figure.measured.name == contestant.name);
        if measured {
            table.row([
                contestant.name.to_owned(),
                package(contestant.package),
                contestant.encoding.to_owned(),
                contestant.caveat.to_owned(),
            ]);
        }
    }
    // All columns are text here.
    let table = table.to_string().replace("---:", "---");
    let mut text = format!("## Who takes part\n\n{table}");
    if !cfg!(feature = "engines") {
        text.push_str(
            "\nThis run was made without the other engines, so nothing here compares with them.\n",
        );
    }
    {
        text.push_str("\nWhat could not be measured, and why:\n\n");
        for (name, reason) in ABSENT {
            let _ = writeln!(text, "- {name}: {reason}");
        }
        for refusal in &findings.refusals {
            let reason = refusal.reason.replace('\n', " ");
            let _ = writeln!(text, "- {} on {}: {reason}", refusal.name, refusal.place);
        }
    }
    text
}

fn package(package: &str) -> String {
    match version(package) {
        Some(version) => format!("{package} {version}"),
        None => package.to_owned(),
    }
}

fn machine(environment: &Environment, effort: Effort) -> String {
    let Environment { processor, cores, compiler, load } = environment;
    format!(
        "## The machine\n\n{processor}, {cores} cores; {compiler}, release build as cargo makes it; load \
         average {load} at the beginning. {} turns each.\n",
        effort.rounds
    )
}
