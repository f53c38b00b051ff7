//! `every(…)` and `exponential(…)`.

use super::{Given, MOST_TRIES, SCHEDULES};
use crate::ast::{ArgumentValue, Call, Constant, LiteralValue};
use crate::check::Checker;
use crate::check::names::suggestion;
use crate::diagnostic::{Code, Diagnostic};
use crate::gather::Unit;
use crate::value::{Duration, Jitter, Schedule, ScheduleRule};

/// What a schedule may be given, by name; the first of each is the value without a name.
const EVERY: [&str; 2] = ["interval", "times"];
const EXPONENTIAL: [&str; 5] = ["start", "factor", "max", "times", "jitter"];

impl<'a> Checker<'a> {
    /// `every(15m, times: 3)` or `exponential(30s, times: 8)`.
    pub(in crate::check) fn schedule_call(
        &mut self,
        unit: &'a Unit,
        call: &'a Call,
    ) -> Option<Schedule> {
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
