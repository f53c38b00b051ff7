//! The document: every figure in it comes from one run.

mod decisions;
mod judged;
mod resources;
mod setting;

use crate::environment::Environment;
use crate::figures::{Family, Findings};
use crate::further::Section;
use crate::measure::Effort;
use crate::table::whole;
use crate::target::Target;

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
  is compared; an engine that decides one otherwise is left out, and told below. What decides slowly is compared, and
  timed, on fewer events; the tables of starting points say on how many. What was decided while the clock ran is
  compared as well.
- **CPU time of the measuring thread**, so that what else the machine does counts little; contestants take turns, and
  the median of their turns counts. A turn begins with known events that are decided without the clock. Otherwise a
  contestant would be the slower the more others have filled the caches before its turn, and they are not equally many
  on all policies.
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
    targets: &[Target],
    environment: &Environment,
    effort: Effort,
    further: &[Section],
) -> String {
    let mut sections = vec![
        BEGIN.to_owned(),
        judged::targets(targets),
        judged::who_is_faster(findings),
        decisions::documented(findings),
        decisions::families(findings),
        decisions::events(findings),
        resources::memory(findings),
        resources::loading(findings),
        resources::threads(findings),
    ];
    sections.extend(further.iter().map(|section| section.text.clone()));
    sections.extend([
        HOW.to_owned(),
        setting::contestants(findings),
        setting::machine(environment, effort),
    ]);
    let sections =
        sections.iter().map(|section| section.trim()).filter(|section| !section.is_empty());
    sections.collect::<Vec<_>>().join("\n\n") + "\n"
}

/// A policy, as it is called in tables and sentences.
pub fn named(family: Family, rules: usize) -> String {
    format!("{}, {} rules", family.name(), whole(rules))
}
