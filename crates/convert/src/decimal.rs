//! Decimal numbers, exactly.

use num_bigint::BigUint;

/// The longest a number may be written; longer ones are nobody's rate.
const LONGEST: usize = 30;

/// A number that is not negative: `digits` divided by ten so many times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decimal {
    digits: u128,
    places: u32,
}

impl Decimal {
    pub(crate) const ONE: Decimal = Decimal { digits: 1, places: 0 };
    pub(crate) const TWO: Decimal = Decimal { digits: 2, places: 0 };

    /// Reads a number as JSON writes it, `1.5` or `15e-1`; nothing where it is negative or long.
    pub(crate) fn read(written: &str) -> Option<Decimal> {
        if written.len() > LONGEST {
            return None;
        }
        let (number, exponent) = match written.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse::<i32>().ok()?),
            None => (written, 0),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let digits: u128 = format!("{whole}{fraction}").parse().ok()?;
        let places = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        if places >= 0 {
            let places = u32::try_from(places).ok().filter(|&places| places <= LONGEST as u32)?;
            return Some(Decimal { digits, places }.shortest());
        }
        let power = 10u128.checked_pow(places.unsigned_abs())?;
        Some(Decimal { digits: digits.checked_mul(power)?, places: 0 })
    }

    /// What a quotient is when it is rounded to so many places.
    pub(crate) fn quotient(dividend: i64, divisor: i64, places: u32) -> Option<Decimal> {
        let divisor = u128::try_from(divisor).ok().filter(|&divisor| divisor > 0)?;
        let dividend = u128::try_from(dividend).ok()?.checked_mul(10u128.checked_pow(places)?)?;
        Some(Decimal { digits: (dividend + divisor / 2) / divisor, places }.shortest())
    }

    fn shortest(mut self) -> Self {
        while self.places > 0 && self.digits.is_multiple_of(10) {
            self.digits /= 10;
            self.places -= 1;
        }
        self
    }

    /// The same number where it is whole.
    pub(crate) fn as_integer(self) -> Option<u64> {
        (self.places == 0).then(|| u64::try_from(self.digits).ok())?
    }

    pub(crate) fn is_below_one(self) -> bool {
        10u128.checked_pow(self.places).is_none_or(|one| self.digits < one)
    }

    pub(crate) fn is_zero(self) -> bool {
        self.digits == 0
    }

    /// `self × 10^places` as a whole number, half rounded up, and whether nothing was lost by it.
    pub(crate) fn scaled(self, places: u32) -> Option<(i64, bool)> {
        let up = self.digits.checked_mul(10u128.checked_pow(places)?)?;
        let (rounded, exact) = divided(up, 10u128.checked_pow(self.places)?);
        Some((i64::try_from(rounded).ok()?, exact))
    }

    /// `start`, `start × self`, `start × self²`, …, each rounded to a whole number, half up, and at most `most`.
    pub(crate) fn powers(self, start: i64, most: i64, count: usize) -> Vec<i64> {
        let (digits, ten) = (BigUint::from(self.digits), BigUint::from(10u32));
        let one = ten.pow(self.places);
        let mut numerator = BigUint::from(start.unsigned_abs());
        let mut denominator = BigUint::from(1u32);
        let mut powers = Vec::with_capacity(count);
        let grows = !self.is_below_one();
        while powers.len() < count {
            let rounded = (&numerator * 2u32 + &denominator) / (&denominator * 2u32);
            let delay = i64::try_from(rounded).unwrap_or(i64::MAX).min(most);
            powers.push(delay);
            if grows && delay == most {
                // It only grows from here on; the numbers behind it need not be known.
                powers.resize(count, most);
            }
            numerator *= &digits;
            denominator *= &one;
        }
        powers
    }
}

/// The quotient, half rounded up, and whether it is exact.
fn divided(dividend: u128, divisor: u128) -> (u128, bool) {
    let (quotient, rest) = (dividend / divisor, dividend % divisor);
    (quotient + u128::from(rest >= divisor - rest), rest == 0)
}

/// As JSON writes it.
impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let places = self.places as usize;
        let digits = format!("{:0>width$}", self.digits, width = places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places);
        if fraction.is_empty() { f.write_str(whole) } else { write!(f, "{whole}.{fraction}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(written: &str) -> Option<String> {
        Decimal::read(written).map(|decimal| decimal.to_string())
    }

    #[test]
    fn numbers_are_read_as_json_writes_them() {
        for (written, is) in
            [("1.5", "1.5"), ("2.0", "2"), ("15e-1", "1.5"), ("1E3", "1000"), ("0.05", "0.05")]
        {
            assert_eq!(read(written).as_deref(), Some(is), "{written}");
        }
        for written in ["-1", "1e99", "1e-99", "0.0000000000000000000000000000001", ""] {
            assert_eq!(read(written), None, "{written}");
        }
    }

    #[test]
    fn powers_are_exact_and_rounded_once() {
        let rate = Decimal::read("1.4").unwrap();
        assert_eq!(rate.powers(2_000, i64::MAX, 5), [2_000, 2_800, 3_920, 5_488, 7_683]);
        assert_eq!(rate.powers(2_000, 5_000, 5), [2_000, 2_800, 3_920, 5_000, 5_000]);
        let half = Decimal::read("1.5").unwrap();
        assert_eq!(half.powers(1, i64::MAX, 4), [1, 2, 2, 3]);
        assert_eq!(Decimal::read("0.5").unwrap().powers(8, 4, 4), [4, 4, 2, 1]);
        let all = Decimal::read("9.99").unwrap().powers(1_000, i64::MAX, 1_000);
        assert_eq!((all.len(), all.last()), (1_000, Some(&i64::MAX)));
    }
}
