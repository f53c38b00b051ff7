//! Numbers and texts of a policy: from how they are written to what they are, and for texts back.

use std::str::FromStr;

use crate::ast::LiteralValue;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::Span;
use crate::suggest::suggest;
use crate::value::{Duration, QuantityError, Size, SizeUnit, TimeUnit};
use crate::words::meant_unit;

/// Reads an integer, a duration, a size or a percentage.
pub(crate) fn number(written: &str, span: Span, problems: &mut Diagnostics) -> LiteralValue {
    read_number(written).unwrap_or_else(|problem| {
        problems.add(problem.report(written, span));
        LiteralValue::Wrong
    })
}

/// Why a token that begins with a digit is no number.
enum NumberProblem {
    TooBig,
    Fraction,
    Negative,
    Percentage,
    UnknownUnit,
}

fn read_number(written: &str) -> Result<LiteralValue, NumberProblem> {
    if written.contains('.') {
        return Err(NumberProblem::Fraction);
    }
    let unsigned = written.strip_prefix('-').unwrap_or(written);
    let digits = unsigned.bytes().take_while(u8::is_ascii_digit).count();
    match unsigned.split_at(digits).1 {
        "" => i64::from_str(written).map(LiteralValue::Int).map_err(|_| NumberProblem::TooBig),
        _ if unsigned != written => Err(NumberProblem::Negative),
        "%" => percentage(&written[..digits]),
        _ => read_quantity(written),
    }
}

fn percentage(digits: &str) -> Result<LiteralValue, NumberProblem> {
    let percent = digits.parse().ok().filter(|&percent| percent <= 100);
    percent.map(LiteralValue::Percentage).ok_or(NumberProblem::Percentage)
}

fn read_quantity(written: &str) -> Result<LiteralValue, NumberProblem> {
    match (written.parse::<Duration>(), written.parse::<Size>()) {
        (Ok(duration), _) => Ok(LiteralValue::Duration(duration)),
        (_, Ok(size)) => Ok(LiteralValue::Size(size)),
        (Err(QuantityError::TooBig), _) | (_, Err(QuantityError::TooBig)) => {
            Err(NumberProblem::TooBig)
        }
        _ => Err(NumberProblem::UnknownUnit),
    }
}

impl NumberProblem {
    fn report(&self, written: &str, span: Span) -> Diagnostic {
        match self {
            NumberProblem::TooBig => Diagnostic::new(
                Code::NumberTooBig,
                span,
                format!("`{written}` does not fit"),
            )
            .help("integers, milliseconds and bytes have 64 bits: they end at 9223372036854775807"),
            NumberProblem::Fraction => {
                let report = Diagnostic::new(
                    Code::BadQuantity,
                    span,
                    format!("`{written}` is not a whole number"),
                );
                match in_a_smaller_unit(written) {
                    Some(whole) => report.help("numbers are whole").fix(
                        format!("write `{whole}`"),
                        span,
                        whole,
                    ),
                    None => report
                        .help("numbers are whole; for a duration or a size take a smaller unit"),
                }
            }
            NumberProblem::Negative => Diagnostic::new(
                Code::BadQuantity,
                span,
                format!("`{written}` is negative, which only an integer can be"),
            )
            .help("durations and sizes begin at 0"),
            NumberProblem::Percentage => {
                Diagnostic::new(Code::BadQuantity, span, format!("`{written}` is more than 100%"))
                    .help("a percentage is a share of the whole, from `0%` to `100%`")
            }
            NumberProblem::UnknownUnit => unknown_unit(written, span),
        }
    }
}

/// `1.5h` as `90m`: the longest smaller unit that gives a whole number; `1.0` as `1`.
fn in_a_smaller_unit(written: &str) -> Option<String> {
    let (whole, rest) = written.split_once('.')?;
    let end = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (decimals, unit) = rest.split_at(end);
    if decimals.bytes().all(|digit| digit == b'0') {
        return Some(format!("{whole}{unit}"));
    }
    let unit = TimeUnit::ALL.into_iter().find(|u| u.as_str() == unit)?;
    let scale = 10_i64.checked_pow(u32::try_from(decimals.len()).ok()?)?;
    let parts =
        format!("{whole}{decimals}").parse::<i64>().ok()?.checked_mul(unit.milliseconds())?;
    (parts % scale == 0).then(|| Duration::from_milliseconds(parts / scale).to_string())
}

fn unknown_unit(written: &str, span: Span) -> Diagnostic {
    if let Some(sum) = sum_of_units(written) {
        return Diagnostic::new(
            Code::BadQuantity,
            span,
            format!("`{written}` has more than one unit"),
        )
        .help("a duration has one number and one unit")
        .fix(format!("write `{sum}`"), span, sum.to_string());
    }
    if let Some(plain) = without_separators(written) {
        return Diagnostic::new(Code::BadQuantity, span, format!("`{written}` is no number"))
            .help("the digits of a number stand together")
            .fix(format!("write `{plain}`"), span, plain);
    }
    let digits = written.bytes().take_while(u8::is_ascii_digit).count();
    let (count, unit) = written.split_at(digits);
    if digits == 1 && unit.eq_ignore_ascii_case("xx") {
        let range = format!("{count}00..{count}99");
        return Diagnostic::new(Code::BadQuantity, span, format!("`{written}` is no number"))
            .help(format!("all numbers from one to another are a range: `in {range}`"))
            .fix(format!("write `{range}`"), span, range)
            .guess();
    }
    let units =
        || TimeUnit::ALL.iter().map(|u| u.as_str()).chain(SizeUnit::ALL.iter().map(|u| u.as_str()));
    let same_letters = || units().find(|known| known.eq_ignore_ascii_case(unit));
    let word = meant_unit(unit);
    let report = Diagnostic::new(Code::BadQuantity, span, format!("`{unit}` is no unit"))
        .help("units are `ms s m h d` and `B kB MB GB TB KiB MiB GiB TiB`, exactly so");
    // `5M` may be megabytes or minutes.
    let mut meant: Vec<&str> = word.into_iter().chain(same_letters()).collect();
    meant.dedup();
    if meant.is_empty() {
        meant.extend(suggest(unit, units()));
    }
    let write = |report: Diagnostic, unit| {
        report.fix(format!("write `{count}{unit}`"), span, format!("{count}{unit}")).guess()
    };
    meant.into_iter().fold(report, write)
}

/// `1_000` as `1000`.
fn without_separators(written: &str) -> Option<String> {
    let is_number = written.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    is_number.then(|| written.replace('_', ""))
}

/// `1h30m` as `90m`.
fn sum_of_units(written: &str) -> Option<Duration> {
    let mut rest = written;
    let mut total = 0_i64;
    let mut smallest = TimeUnit::Day;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let letters = rest[digits..].bytes().take_while(u8::is_ascii_alphabetic).count();
        let unit = TimeUnit::ALL
            .into_iter()
            .find(|unit| unit.as_str() == &rest[digits..digits + letters])?;
        total = total
            .checked_add(rest[..digits].parse::<i64>().ok()?.checked_mul(unit.milliseconds())?)?;
        smallest = if unit.milliseconds() < smallest.milliseconds() { unit } else { smallest };
        rest = &rest[digits + letters..];
    }
    Duration::new(total / smallest.milliseconds(), smallest)
}

/// Reads a text with its quotes: resolves escapes, unless it is raw. A wrong escape is reported, and the error is
/// what is left without it.
pub(crate) fn text(
    written: &str,
    span: Span,
    problems: &mut Diagnostics,
) -> Result<String, String> {
    if let Some(raw) = written.strip_prefix("r\"") {
        return Ok(raw.strip_suffix('"').unwrap_or(raw).to_owned());
    }
    let inside = written.strip_prefix('"').unwrap_or(written);
    let inside = inside.strip_suffix('"').unwrap_or(inside);
    if !inside.contains('\\') {
        return Ok(inside.to_owned());
    }
    unescape(inside, span.start as usize + 1, span, problems)
}

fn unescape(
    inside: &str,
    offset: usize,
    span: Span,
    problems: &mut Diagnostics,
) -> Result<String, String> {
    let mut text = String::with_capacity(inside.len());
    let mut rest = inside;
    let mut is_right = true;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let (escape, length) = read_escape(&rest[at..]);
        match escape {
            Some(c) => text.push(c),
            None => {
                is_right = false;
                let start = offset + (inside.len() - rest.len()) + at;
                problems.add(bad_escape(
                    &rest[at..at + length],
                    Span::new(span.file, start..start + length),
                ));
            }
        }
        rest = &rest[at + length..];
    }
    text.push_str(rest);
    if is_right { Ok(text) } else { Err(text) }
}

/// The character an escape stands for, and how long the escape is.
fn read_escape(text: &str) -> (Option<char>, usize) {
    let next = text[1..].chars().next();
    match next {
        Some('"') => (Some('"'), 2),
        Some('\\') => (Some('\\'), 2),
        Some('n') => (Some('\n'), 2),
        Some('t') => (Some('\t'), 2),
        Some('u') => read_code_point(text),
        other => (None, 1 + other.map_or(0, char::len_utf8)),
    }
}

/// `\u{1F600}`
fn read_code_point(text: &str) -> (Option<char>, usize) {
    let closing = text.starts_with("\\u{").then(|| text.find('}')).flatten();
    let Some(end) = closing else { return (None, 2) };
    let digits = &text[3..end];
    let valid =
        (1..=6).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let code = valid.then(|| u32::from_str_radix(digits, 16).ok()).flatten();
    (code.and_then(char::from_u32), end + 1)
}

fn bad_escape(escape: &str, span: Span) -> Diagnostic {
    let report = Diagnostic::new(Code::BadText, span, format!("`{escape}` is no escape"))
        .help("texts know `\\\"`, `\\\\`, `\\n`, `\\t` and `\\u{…}`; a raw text `r\"…\"` takes every character as it is");
    let doubled = format!("\\{escape}");
    if escape.starts_with("\\u") {
        report
    } else {
        report.fix("write a backslash as two", span, doubled)
    }
}

/// A text in quotes, with the escapes of the language.
pub(crate) fn quoted(text: &str) -> String {
    let mut written = String::with_capacity(text.len() + 2);
    written.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => written.extend(['\\', c]),
            '\n' => written.push_str("\\n"),
            '\t' => written.push_str("\\t"),
            c if is_invisible(c) => written.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => written.push(c),
        }
    }
    written.push('"');
    written
}

/// Whether a reader would not see the character, or see it where it is not: so thinks Rust, whose own form
/// escapes such characters, too.
fn is_invisible(c: char) -> bool {
    c != '\'' && c.escape_debug().len() > 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::source::FileId;

    #[test]
    fn texts_are_escaped_as_the_language_does() {
        assert_eq!(quoted("a \"b\" \\ it's"), r#""a \"b\" \\ it's""#);
        assert_eq!(quoted("a\nb\tc\rd\0é\u{202e}"), "\"a\\nb\\tc\\u{d}d\\u{0}é\\u{202e}\"");
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(value in prop::collection::vec(any::<char>(), 0..20)) {
            let value = String::from_iter(value);
            let written = quoted(&value);
            let mut problems = Diagnostics::new(1, crate::Severity::Error);
            let span = Span::new(FileId(0), 0..written.len());
            prop_assert_eq!(text(&written, span, &mut problems), Ok(value));
            prop_assert!(problems.finish().diagnostics.is_empty());
            prop_assert!(!written.contains(char::is_control), "{}", written);
        }
    }
}
