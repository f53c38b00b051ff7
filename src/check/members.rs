//! Members of enums, looked up by name.

use super::Checker;
use super::names::{insertion_point, known_sets_of_pack, meant, quote_if_needed, suggestion};
use super::nothing::{asked_for_nothing, stands_for_nothing};
use crate::ast::Name;
use crate::diagnostic::{Code, Diagnostic};
use crate::gather::Unit;
use crate::source::Span;
use crate::suggest::suggest;
use crate::vocabulary::{EnumId, EnumType, MemberId};

impl Checker<'_> {
    /// The member of an enum with this name; reports one that there is not, or that is spelt otherwise.
    pub(super) fn member(&mut self, unit: &Unit, id: EnumId, name: &Name) -> Option<MemberId> {
        let kind = self.vocabulary.enum_type(id);
        let Some(member) = kind.member(&name.text) else {
            self.unknown_member(unit, id, name);
            return None;
        };
        let right = kind.name_of(member).unwrap_or_default();
        if right != name.text {
            let right = quote_if_needed(right);
            let message = format!("`{}` is another spelling of `{right}`", name.text);
            let report = Diagnostic::new(Code::OtherSpelling, name.span, message);
            self.report(report.fix(format!("write `{right}`"), name.span, right));
        }
        Some(member)
    }

    fn unknown_member(&mut self, unit: &Unit, id: EnumId, name: &Name) {
        if self.excused.name(&name.text) || !self.unknown.insert(name.span) {
            return;
        }
        let sources = self.sources;
        self.report_lazily(Code::UnknownMember, |vocabulary, lets| {
            let kind = vocabulary.enum_type(id);
            let message = format!("`{}` has no member `{name}`", kind.name);
            let report = Diagnostic::new(Code::UnknownMember, name.span, message);
            if stands_for_nothing(name) {
                return asked_for_nothing(report, name, sources);
            }
            let report =
                match suggest(&name.text, kind.members.iter().map(|member| member.name.as_str())) {
                    Some(near) => meant(report, name, quote_if_needed(near)),
                    None => suggestion(report, name, lets.names()),
                };
            let pack = name.text.split_once('.').map(|(pack, _)| pack);
            let sets = pack.and_then(|pack| known_sets_of_pack(pack, lets.names()));
            let report = match sets.filter(|_| report.help.is_none()) {
                Some(sets) => report.help(sets),
                None => report,
            };
            match kind.open {
                true => declarable(report, name, kind, insertion_point(sources, unit)),
                false => closed(report, kind),
            }
        });
    }
}

/// Says which members a closed enum has.
fn closed(report: Diagnostic, kind: &EnumType) -> Diagnostic {
    if report.help.is_some() {
        return report;
    }
    let members: Vec<&str> =
        kind.members.iter().take(12).map(|member| member.name.as_str()).collect();
    report.help(format!("it is closed; it has `{}`", members.join("`, `")))
}

/// Offers to declare the member.
fn declarable(report: Diagnostic, name: &Name, kind: &EnumType, place: Span) -> Diagnostic {
    let line = format!("enum {} += {{ {} }}", kind.name, quote_if_needed(&name.text));
    let declare = format!("declare it: `{line}`");
    let help = report.help.clone().unwrap_or_else(|| format!("if it is right, {declare}"));
    report.help(help).fix(declare, place, format!("{line}\n")).guess()
}
