//! Schedules: a list of durations, `every(…)` or `exponential(…)`, with 1 to 1000 tries.

mod calls;

use super::Checker;
use super::lets::ListBehind;
use super::names::{Meaning, sets_of_pack, suggestion};
use crate::ast::{
    ArgumentValue, Constant, Element, LetOperator, LetValue, List, Literal, LiteralValue, Name,
};
use crate::diagnostic::{Code, Diagnostic};
use crate::gather::Unit;
use crate::source::Span;
use crate::value::{Duration, Schedule};

/// What a schedule is, for messages.
const SCHEDULES: &str = "schedules are a list of durations, `every(…)` and `exponential(…)`";

/// Most tries a rule may give.
const MOST_TRIES: i64 = 1000;

impl<'a> Checker<'a> {
    /// An argument that has to be a schedule.
    pub(super) fn schedule(
        &mut self,
        unit: &'a Unit,
        value: &'a ArgumentValue,
    ) -> Option<Schedule> {
        match value {
            ArgumentValue::Call(call) => self.schedule_call(unit, call),
            ArgumentValue::List(list) => {
                self.delays(&ListBehind { unit, list, changes: Vec::new() })
            }
            ArgumentValue::Constant(constant) => self.schedule_constant(unit, constant),
            ArgumentValue::Range(range) => {
                self.report(no_schedule(range.span, self.sources.slice(range.span)));
                None
            }
        }
    }

    /// The name of a schedule.
    pub(super) fn schedule_constant(
        &mut self,
        unit: &'a Unit,
        constant: &'a Constant,
    ) -> Option<Schedule> {
        let Constant::Name(name) = constant else {
            self.report(no_schedule(constant.span(), self.sources.slice(constant.span())));
            return None;
        };
        let id = match self.find(unit, &name.text) {
            Some(Meaning::Let(id)) => id,
            Some(Meaning::Fact(_)) => {
                self.report(no_schedule(name.span, &name.text));
                return None;
            }
            None => {
                self.unknown_schedule(name);
                return None;
            }
        };
        let (last, unit, value) = self.value_behind(id)?;
        match value {
            LetValue::Call(call) => self.schedule_call(unit, call),
            LetValue::List(_) => {
                let list = self.elements_behind(last)?;
                self.delays(&list)
            }
            _ => {
                let kind = self.kind_of_let(id);
                let message = format!("`{name}` is {kind}, not a schedule");
                let report = Diagnostic::new(Code::WrongKind, name.span, message).help(SCHEDULES);
                let is_duration = matches!(
                    value,
                    LetValue::Constant(Constant::Literal(Literal {
                        value: LiteralValue::Duration(_),
                        ..
                    }))
                );
                self.report(match is_duration {
                    true => report.fix("make it a list", name.span, format!("[{name}]")),
                    false => report,
                });
                None
            }
        }
    }

    fn unknown_schedule(&mut self, name: &Name) {
        if !self.excused.name(&name.text) {
            self.report_lazily(Code::UnknownName, |_, lets| {
                let report = Diagnostic::new(
                    Code::UnknownName,
                    name.span,
                    format!("no schedule is called `{name}`"),
                );
                let report = suggestion(report, name, lets.names());
                if report.help.is_some() {
                    return report;
                }
                report.help(match name.text.split_once('.') {
                    Some((pack, _)) => sets_of_pack(pack, lets.names()),
                    None => SCHEDULES.to_owned(),
                })
            });
        }
    }

    /// A list of durations as a schedule, after all changes to it.
    fn delays(&mut self, list: &ListBehind<'a>) -> Option<Schedule> {
        let delays = self.changed_durations(list)?;
        let message = match delays.len() {
            0 => "the schedule has no delay".to_owned(),
            count if count as i64 > MOST_TRIES => {
                format!("the schedule has more than {MOST_TRIES} delays")
            }
            _ => return Some(Schedule::Delays(delays)),
        };
        let report = Diagnostic::new(Code::BadSchedule, list.list.span, message);
        self.report(report.help(format!("a schedule gives 1 to {MOST_TRIES} tries")));
        None
    }

    /// A list of durations, after all changes to it.
    fn changed_durations(&mut self, list: &ListBehind<'a>) -> Option<Vec<Duration>> {
        let mut delays = self.durations(list.unit, list.list)?;
        for (unit, change) in &list.changes {
            let LetValue::List(changed) = &change.value else { continue };
            let durations = self.durations(unit, changed)?;
            match change.operator {
                LetOperator::Grow => delays.extend(durations),
                _ => delays.retain(|delay| {
                    !durations.iter().any(|gone| gone.milliseconds() == delay.milliseconds())
                }),
            }
        }
        Some(delays)
    }

    fn durations(&mut self, unit: &'a Unit, list: &'a List) -> Option<Vec<Duration>> {
        let mut durations = Vec::new();
        for element in &list.elements {
            durations.extend(self.durations_of(unit, element)?);
            // Lists can name lists: stop before they multiply.
            if durations.len() as i64 > MOST_TRIES {
                break;
            }
        }
        Some(durations)
    }

    fn durations_of(&mut self, unit: &'a Unit, element: &'a Element) -> Option<Vec<Duration>> {
        match element {
            Element::Constant(Constant::Name(name)) => {
                if let Some(Meaning::Let(id)) = self.find(unit, &name.text)
                    && let Some(list) = self.elements_behind(id)
                {
                    return self.changed_durations(&list);
                }
                self.duration(unit, &ArgumentValue::Constant(Constant::Name(name.clone())))
                    .map(|duration| vec![duration])
            }
            Element::Constant(Constant::Literal(literal)) => {
                self.duration_literal(literal, literal.span).map(|duration| vec![duration])
            }
            Element::Range(range) => {
                self.report(no_duration(range.span, self.sources.slice(range.span)));
                None
            }
        }
    }

    /// A literal, or the literal that a name stands for. What is wrong with a name is reported.
    fn literal_of<'v>(&mut self, unit: &'a Unit, value: &'v ArgumentValue) -> Given<'v>
    where
        'a: 'v,
    {
        let name = match value {
            ArgumentValue::Constant(Constant::Literal(literal)) => return Given::Literal(literal),
            ArgumentValue::Constant(Constant::Name(name)) => name,
            _ => return Given::Other,
        };
        match self.find(unit, &name.text) {
            Some(Meaning::Let(id)) => match self.value_behind(id) {
                Some((_, _, LetValue::Constant(Constant::Literal(literal)))) => {
                    Given::Literal(literal)
                }
                Some(_) => Given::Other,
                None => Given::Reported,
            },
            Some(Meaning::Fact(_)) => Given::Other,
            None if !self.enums_with(&name.text).is_empty() => Given::Other,
            None => {
                self.unknown_name(name);
                Given::Reported
            }
        }
    }

    fn duration(&mut self, unit: &'a Unit, value: &ArgumentValue) -> Option<Duration> {
        match self.literal_of(unit, value) {
            Given::Literal(literal) => self.duration_literal(literal, value.span()),
            Given::Reported => None,
            Given::Other => {
                self.report(no_duration(value.span(), self.sources.slice(value.span())));
                None
            }
        }
    }

    fn duration_literal(&mut self, literal: &Literal, used: Span) -> Option<Duration> {
        match literal.value {
            LiteralValue::Duration(duration) => Some(duration),
            LiteralValue::Wrong => None,
            _ => {
                self.report(no_duration(used, self.sources.slice(used)));
                None
            }
        }
    }
}

/// What was given where a literal or the name of one belongs.
enum Given<'v> {
    Literal(&'v Literal),
    /// Something else.
    Other,
    /// A name with which something is wrong; reported.
    Reported,
}

fn no_schedule(span: Span, written: &str) -> Diagnostic {
    let report = Diagnostic::new(Code::BadSchedule, span, format!("`{written}` is no schedule"))
        .help(SCHEDULES);
    match written.parse::<Duration>() {
        Ok(_) => report.fix("make it a list", span, format!("[{written}]")),
        Err(_) => report,
    }
}

fn no_duration(span: Span, written: &str) -> Diagnostic {
    let report = Diagnostic::new(Code::BadSchedule, span, format!("`{written}` is no duration"));
    match written.parse::<u32>() {
        Ok(count) if count > 0 => report
            .help("a duration has a unit, such as `10m` or `6h`")
            .fix(format!("write `{count}s`"), span, format!("{count}s"))
            .guess(),
        _ => report.help("a schedule is made of durations such as `10m` or `6h`"),
    }
}
