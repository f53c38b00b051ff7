//! Numbers as JSON writes them that are no integers of 64 bits: `1e20`, `4.0`.

/// The integer that a decimal number is, if it is one.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Whole {
    /// It is this integer: `4.0` is 4, and so is `40e-1`.
    Is(i64),
    /// It is a whole number over 64 bits.
    TooBig,
    /// It has a fraction, or is no decimal number at all.
    No,
}

impl Whole {
    /// Reads the text of a number exactly, without the rounding of floats.
    pub(super) fn read(written: &str) -> Self {
        let Some(decimal) = Decimal::read(written) else { return Whole::No };
        let digits = format!("{}{}", decimal.whole, decimal.fraction);
        let digits = digits.trim_start_matches('0');
        let significant = digits.trim_end_matches('0');
        if significant.is_empty() {
            return Whole::Is(0);
        }
        let zeros = decimal.exponent.saturating_sub(length(decimal.fraction));
        let zeros = zeros.saturating_add(length(&digits[significant.len()..]));
        match usize::try_from(zeros) {
            Err(_) => Whole::No,
            Ok(zeros) if zeros > MOST_DIGITS => Whole::TooBig,
            Ok(zeros) => format!("{}{significant}{}", decimal.sign, "0".repeat(zeros))
                .parse()
                .map_or(Whole::TooBig, Whole::Is),
        }
    }
}

/// More digits than any integer of 64 bits has.
const MOST_DIGITS: usize = 20;

fn length(digits: &str) -> i64 {
    i64::try_from(digits.len()).unwrap_or(i64::MAX)
}

/// `-12.5e3`, taken apart.
struct Decimal<'a> {
    /// `-`, or nothing.
    sign: &'a str,
    whole: &'a str,
    fraction: &'a str,
    exponent: i64,
}

impl<'a> Decimal<'a> {
    fn read(written: &'a str) -> Option<Self> {
        let unsigned = written.strip_prefix('-').unwrap_or(written);
        let sign = &written[..written.len() - unsigned.len()];
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, read_exponent(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) if is_digits(fraction) => (whole, fraction),
            Some(_) => return None,
            None => (mantissa, ""),
        };
        is_digits(whole).then_some(Decimal { sign, whole, fraction, exponent })
    }
}

/// One beyond 64 bits counts as the farthest.
fn read_exponent(written: &str) -> Option<i64> {
    let (negative, digits) = match written.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, written.strip_prefix('+').unwrap_or(written)),
    };
    let size = is_digits(digits).then(|| digits.parse().unwrap_or(i64::MAX))?;
    Some(if negative { -size } else { size })
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is written as a number: `-1.5e3`, but neither `10m` nor `1_000`.
pub(super) fn is_number(written: &str) -> bool {
    Decimal::read(written).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_read_exactly() {
        for (written, integer) in [
            ("4.0", 4),
            ("1e0", 1),
            ("1E+2", 100),
            ("40e-1", 4),
            ("-1.50e1", -15),
            ("0.00", 0),
            ("0e999999999999999999999", 0),
            ("9223372036854775807.000", i64::MAX),
            ("-9223372036854775808e0", i64::MIN),
        ] {
            assert_eq!(Whole::read(written), Whole::Is(integer), "{written}");
        }
        for written in
            ["1e20", "9223372036854775808", "-9223372036854775809", "1e99999999999999999999"]
        {
            assert_eq!(Whole::read(written), Whole::TooBig, "{written}");
        }
        for written in [
            "1.5",
            "1e-1",
            "1e-99999999999999999999",
            "",
            "-",
            "1.",
            ".5",
            "1e",
            "0x1",
            "NaN",
            "10m",
        ] {
            assert_eq!(Whole::read(written), Whole::No, "{written}");
        }
    }
}
