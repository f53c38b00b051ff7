//! Schedules: a list of durations, `every(…)` or `exponential(…)`, with 1 to 1000 tries.

use super::Checker;
use super::lets::ListBehind;
use super::names::{Meaning, suggestion};
use crate::ast::{
    ArgumentValue, Call, Constant, Element, LetOperator, LetValue, List, Literal, LiteralValue,
    Name,
};
use crate::diagnostic::{Code, Diagnostic};
use crate::gather::Unit;
use crate::source::Span;
use crate::value::{Duration, Jitter, Schedule, ScheduleRule};

/// What a schedule is, for messages.
const SCHEDULES: &str = "schedules are a list of durations, `every(…)` and `exponential(…)`";

/// Most tries a rule may give.
const MOST_TRIES: i64 = 1000;

/// What a schedule may be given, by name; the first of each is the value without a name.
const EVERY: [&str; 2] = ["interval", "times"];
const EXPONENTIAL: [&str; 5] = ["start", "factor", "max", "times", "jitter"];

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
                if report.help.is_some() { report } else { report.help(SCHEDULES) }
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

    /// `every(15m, times: 3)` or `exponential(30s, times: 8)`.
    pub(super) fn schedule_call(&mut self, unit: &'a Unit, call: &'a Call) -> Option<Schedule> {
        match call.name.text.as_str() {
            "every" => {
                let arguments = self.schedule_arguments(call, &EVERY)?;
                let (interval, times) = (arguments[0], arguments[1]);
                Some(Schedule::Rule(ScheduleRule::Every {
                    interval: self.required_duration(unit, call, interval)?,
                    times: self.times(unit, call, times)?,
                }))
            }
            "exponential" => {
                let arguments = self.schedule_arguments(call, &EXPONENTIAL)?;
                let max = match arguments[2] {
                    Some(value) => Some(self.duration(unit, value)?),
                    None => None,
                };
                Some(Schedule::Rule(ScheduleRule::Exponential {
                    start: self.required_duration(unit, call, arguments[0])?,
                    factor: arguments[1].map_or(Some(2), |value| {
                        self.whole_number(unit, value, 1, 1_000_000, "factor")
                    })?,
                    max,
                    times: self.times(unit, call, arguments[3])?,
                    jitter: arguments[4]
                        .map_or(Some(Jitter::None), |value| self.jitter(unit, value))?,
                }))
            }
            _ => {
                let message = format!("no schedule is called `{}`", call.name);
                let report = Diagnostic::new(Code::BadSchedule, call.name.span, message);
                let report = suggestion(report, &call.name, ["every", "exponential"]);
                let report = if report.help.is_some() { report } else { report.help(SCHEDULES) };
                self.report(report);
                None
            }
        }
    }

    /// The arguments in the order of `names`.
    fn schedule_arguments(
        &mut self,
        call: &'a Call,
        names: &[&str],
    ) -> Option<Vec<Option<&'a ArgumentValue>>> {
        let mut values: Vec<Option<&ArgumentValue>> = vec![None; names.len()];
        let mut right = true;
        for (at, argument) in call.arguments.iter().enumerate() {
            let position = match &argument.key {
                None => (at == 0).then_some(0),
                Some(key) => names.iter().position(|name| *name == key.text),
            };
            let report = match (position, &argument.key) {
                (Some(position), _) if values[position].is_none() => {
                    values[position] = Some(&argument.value);
                    continue;
                }
                (Some(position), _) => {
                    let message = format!("`{}` is given twice", names[position]);
                    let span = argument.key.as_ref().map_or(argument.value.span(), |key| key.span);
                    Diagnostic::new(Code::WrongArguments, span, message)
                }
                (None, Some(key)) => {
                    let message = format!("`{}` takes no `{key}`", call.name);
                    let report = Diagnostic::new(Code::UnknownArgument, key.span, message);
                    let report = suggestion(report, key, names.iter().copied());
                    let takes = format!("it takes `{}`", names.join("`, `"));
                    if report.help.is_some() { report } else { report.help(takes) }
                }
                (None, None) => Diagnostic::new(
                    Code::WrongArguments,
                    argument.value.span(),
                    format!("`{}` is given an argument without a name", call.name),
                )
                .help(format!(
                    "only the first needs none; the others are `{}`",
                    names[1..].join("`, `")
                )),
            };
            right = false;
            self.report(report);
        }
        right.then_some(values)
    }

    fn required_duration(
        &mut self,
        unit: &'a Unit,
        call: &Call,
        value: Option<&ArgumentValue>,
    ) -> Option<Duration> {
        match value {
            Some(value) => self.duration(unit, value),
            None => {
                let message = format!("`{}` needs a duration to begin with", call.name);
                let report = Diagnostic::new(Code::BadSchedule, call.span, message);
                self.report(report.help(format!("such as `{}(5m, times: 3)`", call.name)));
                None
            }
        }
    }

    fn times(&mut self, unit: &'a Unit, call: &Call, value: Option<&ArgumentValue>) -> Option<u32> {
        match value {
            Some(value) => self.whole_number(unit, value, 1, MOST_TRIES, "times"),
            None => {
                let report = Diagnostic::new(
                    Code::BadSchedule,
                    call.span,
                    format!("`{}` does not say how often", call.name),
                );
                self.report(report.help("say it with `times: 5`"));
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

    fn whole_number(
        &mut self,
        unit: &'a Unit,
        value: &ArgumentValue,
        low: i64,
        high: i64,
        name: &str,
    ) -> Option<u32> {
        let literal = match self.literal_of(unit, value) {
            Given::Literal(literal) => Some(&literal.value),
            Given::Other => None,
            Given::Reported => return None,
        };
        match literal {
            Some(LiteralValue::Int(number)) if (low..=high).contains(number) => {
                u32::try_from(*number).ok()
            }
            Some(LiteralValue::Wrong) => None,
            _ => {
                let message = format!("`{name}` is a whole number from {low} to {high}");
                self.report(Diagnostic::new(Code::BadSchedule, value.span(), message));
                None
            }
        }
    }

    fn jitter(&mut self, unit: &'a Unit, value: &ArgumentValue) -> Option<Jitter> {
        if let ArgumentValue::Constant(Constant::Name(name)) = value {
            match name.text.as_str() {
                "none" => return Some(Jitter::None),
                "full" => return Some(Jitter::Full),
                _ => {}
            }
        }
        let known = match value {
            ArgumentValue::Constant(Constant::Name(name)) => self.find(unit, &name.text).is_some(),
            _ => true,
        };
        if known {
            match self.literal_of(unit, value) {
                Given::Literal(literal) => match literal.value {
                    LiteralValue::Percentage(percent) => return Some(Jitter::Percent(percent)),
                    LiteralValue::Wrong => return None,
                    _ => {}
                },
                Given::Reported => return None,
                Given::Other => {}
            }
        }
        let message = "`jitter` is `none`, `full` or a percentage such as `20%`";
        self.report(Diagnostic::new(Code::BadSchedule, value.span(), message));
        None
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
