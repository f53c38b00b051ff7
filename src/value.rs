//! Durations, sizes and schedules, as they are written and as they count.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};

/// The units of a duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimeUnit {
    /// `ms`
    Millisecond,
    /// `s`
    Second,
    /// `m`
    Minute,
    /// `h`
    Hour,
    /// `d`, of 24 hours
    Day,
}

impl TimeUnit {
    /// All units, the shortest first.
    pub const ALL: [TimeUnit; 5] =
        [TimeUnit::Millisecond, TimeUnit::Second, TimeUnit::Minute, TimeUnit::Hour, TimeUnit::Day];

    /// The unit as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            TimeUnit::Millisecond => "ms",
            TimeUnit::Second => "s",
            TimeUnit::Minute => "m",
            TimeUnit::Hour => "h",
            TimeUnit::Day => "d",
        }
    }

    /// Milliseconds in one.
    pub fn milliseconds(self) -> i64 {
        match self {
            TimeUnit::Millisecond => 1,
            TimeUnit::Second => 1_000,
            TimeUnit::Minute => 60_000,
            TimeUnit::Hour => 3_600_000,
            TimeUnit::Day => 86_400_000,
        }
    }
}

/// The units of a size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SizeUnit {
    /// `B`
    Byte,
    /// `kB`, 1,000 bytes
    Kilobyte,
    /// `MB`, 1,000 kB
    Megabyte,
    /// `GB`, 1,000 MB
    Gigabyte,
    /// `TB`, 1,000 GB
    Terabyte,
    /// `KiB`, 1,024 bytes
    Kibibyte,
    /// `MiB`, 1,024 KiB
    Mebibyte,
    /// `GiB`, 1,024 MiB
    Gibibyte,
    /// `TiB`, 1,024 GiB
    Tebibyte,
}

impl SizeUnit {
    /// All units.
    pub const ALL: [SizeUnit; 9] = [
        SizeUnit::Byte,
        SizeUnit::Kilobyte,
        SizeUnit::Megabyte,
        SizeUnit::Gigabyte,
        SizeUnit::Terabyte,
        SizeUnit::Kibibyte,
        SizeUnit::Mebibyte,
        SizeUnit::Gibibyte,
        SizeUnit::Tebibyte,
    ];

    /// The unit as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            SizeUnit::Byte => "B",
            SizeUnit::Kilobyte => "kB",
            SizeUnit::Megabyte => "MB",
            SizeUnit::Gigabyte => "GB",
            SizeUnit::Terabyte => "TB",
            SizeUnit::Kibibyte => "KiB",
            SizeUnit::Mebibyte => "MiB",
            SizeUnit::Gibibyte => "GiB",
            SizeUnit::Tebibyte => "TiB",
        }
    }

    /// Bytes in one.
    pub fn bytes(self) -> i64 {
        match self {
            SizeUnit::Byte => 1,
            SizeUnit::Kilobyte => 1_000,
            SizeUnit::Megabyte => 1_000_000,
            SizeUnit::Gigabyte => 1_000_000_000,
            SizeUnit::Terabyte => 1_000_000_000_000,
            SizeUnit::Kibibyte => 1 << 10,
            SizeUnit::Mebibyte => 1 << 20,
            SizeUnit::Gibibyte => 1 << 30,
            SizeUnit::Tebibyte => 1 << 40,
        }
    }
}

/// Why a text is no duration or size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// It does not have the form of a whole number followed by one unit.
    #[error("not a whole number followed by a unit")]
    Form,
    /// The unit is none of those that are known.
    #[error("the unit is not one of those that are known")]
    Unit,
    /// The value does not fit 64 bits.
    #[error("too big")]
    TooBig,
}

/// Splits `10m` into its number and its unit.
fn split(text: &str) -> Result<(i64, &str), QuantityError> {
    let end = text.find(|c: char| !c.is_ascii_digit()).ok_or(QuantityError::Form)?;
    let (digits, unit) = text.split_at(end);
    if digits.is_empty() {
        return Err(QuantityError::Form);
    }
    Ok((digits.parse().map_err(|_| QuantityError::TooBig)?, unit))
}

/// A length of time of whole milliseconds that remembers how it was written: `90m` is not `1h30m`.
///
/// Two durations are equal when they are written alike; compare
/// [`milliseconds`](Duration::milliseconds) for their lengths.
///
/// ```
/// let wait: redress::Duration = "90m".parse()?;
/// assert_eq!(wait.milliseconds(), 5_400_000);
/// assert_eq!(wait.to_string(), "90m");
/// # Ok::<(), redress::QuantityError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Duration {
    count: i64,
    unit: TimeUnit,
}

impl Duration {
    /// `count` of `unit`; nothing where it is negative or its milliseconds do not fit 64 bits.
    pub fn new(count: i64, unit: TimeUnit) -> Option<Self> {
        count.checked_mul(unit.milliseconds()).filter(|&total| total >= 0)?;
        Some(Duration { count, unit })
    }

    /// The duration of so many milliseconds, written in the largest unit that gives a whole number.
    pub fn from_milliseconds(milliseconds: i64) -> Self {
        let total = milliseconds.max(0);
        let fits = |unit: &&TimeUnit| total % unit.milliseconds() == 0;
        let unit = *TimeUnit::ALL.iter().rev().find(fits).unwrap_or(&TimeUnit::Millisecond);
        let unit = if total == 0 { TimeUnit::Millisecond } else { unit };
        Duration { count: total / unit.milliseconds(), unit }
    }

    /// Its length in milliseconds; never negative.
    pub fn milliseconds(self) -> i64 {
        self.count * self.unit.milliseconds()
    }
}

impl From<Duration> for std::time::Duration {
    fn from(duration: Duration) -> Self {
        std::time::Duration::from_millis(duration.milliseconds().unsigned_abs())
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.count, self.unit.as_str())
    }
}

impl FromStr for Duration {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let (count, unit) = split(text)?;
        let unit =
            TimeUnit::ALL.into_iter().find(|u| u.as_str() == unit).ok_or(QuantityError::Unit)?;
        Duration::new(count, unit).ok_or(QuantityError::TooBig)
    }
}

/// A number of bytes that remembers how it was written.
///
/// ```
/// let size: redress::Size = "20MB".parse()?;
/// assert_eq!(size.bytes(), 20_000_000);
/// # Ok::<(), redress::QuantityError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Size {
    count: i64,
    unit: SizeUnit,
}

impl Size {
    /// `count` of `unit`; nothing where it is negative or its bytes do not fit 64 bits.
    pub fn new(count: i64, unit: SizeUnit) -> Option<Self> {
        count.checked_mul(unit.bytes()).filter(|&total| total >= 0)?;
        Some(Size { count, unit })
    }

    /// The size of so many bytes, written in the largest unit that gives a whole number.
    pub fn from_bytes(bytes: i64) -> Self {
        let total = bytes.max(0);
        let largest = SizeUnit::ALL
            .into_iter()
            .filter(|unit| total % unit.bytes() == 0)
            .max_by_key(|unit| unit.bytes());
        let unit = largest.filter(|_| total != 0).unwrap_or(SizeUnit::Byte);
        Size { count: total / unit.bytes(), unit }
    }

    /// The number of bytes; never negative.
    pub fn bytes(self) -> i64 {
        self.count * self.unit.bytes()
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.count, self.unit.as_str())
    }
}

impl FromStr for Size {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let (count, unit) = split(text)?;
        let unit =
            SizeUnit::ALL.into_iter().find(|u| u.as_str() == unit).ok_or(QuantityError::Unit)?;
        Size::new(count, unit).ok_or(QuantityError::TooBig)
    }
}

/// Serde as text, as it is written; read back from that or from an integer of the base unit.
macro_rules! serde_as_written {
    ($type:ident, $from_integer:path, $expecting:literal) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Written;

                impl Visitor<'_> for Written {
                    type Value = $type;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expecting)
                    }

                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$type, E> {
                        text.parse().map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
                    }

                    fn visit_i64<E: de::Error>(self, value: i64) -> Result<$type, E> {
                        match value {
                            0.. => Ok($from_integer(value)),
                            _ => Err(E::invalid_value(de::Unexpected::Signed(value), &self)),
                        }
                    }

                    fn visit_u64<E: de::Error>(self, value: u64) -> Result<$type, E> {
                        let wrong = || E::invalid_value(de::Unexpected::Unsigned(value), &self);
                        i64::try_from(value).map($from_integer).map_err(|_| wrong())
                    }
                }

                deserializer.deserialize_any(Written)
            }
        }
    };
}

serde_as_written!(
    Duration,
    Duration::from_milliseconds,
    "a duration such as \"10m\", or milliseconds"
);
serde_as_written!(Size, Size::from_bytes, "a size such as \"20MB\", or bytes");

/// When to try again: a list of delays, or a rule that gives them.
///
/// ```
/// use redress::Schedule;
/// let schedule: Schedule = serde_json::from_str(r#"["10m", "1h"]"#)?;
/// assert_eq!(schedule.len(), 2);
/// assert_eq!(schedule.delay(1), Some(std::time::Duration::from_secs(600)));
/// assert_eq!(schedule.delay(3), None);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Schedule {
    /// One delay a try: `[10m, 1h, 3h]`.
    Delays(Vec<Duration>),
    /// A rule that gives the delays.
    Rule(ScheduleRule),
}

/// A rule that gives the delays of a [`Schedule`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleRule {
    /// The same delay before every try: `every(15m, times: 3)`.
    Every {
        /// The delay.
        interval: Duration,
        /// How many tries, 1 to 1000.
        times: u32,
    },
    /// Growing delays: `exponential(30s, factor: 2, max: 1h, times: 8, jitter: full)`.
    Exponential {
        /// The delay before the first try.
        start: Duration,
        /// What each delay is multiplied with to get the next.
        factor: u32,
        /// No delay is longer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<Duration>,
        /// How many tries, 1 to 1000.
        times: u32,
        /// How much of each delay is left to chance.
        jitter: Jitter,
    },
}

impl Schedule {
    /// How many tries the schedule gives.
    pub fn len(&self) -> usize {
        match self {
            Schedule::Delays(delays) => delays.len(),
            Schedule::Rule(
                ScheduleRule::Every { times, .. } | ScheduleRule::Exponential { times, .. },
            ) => *times as usize,
        }
    }

    /// Whether it gives no try at all, which no policy that loads contains.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The delay before try `number`, counted from 1, before [jitter](Schedule::jitter); nothing after the last.
    pub fn delay(&self, number: usize) -> Option<std::time::Duration> {
        if number == 0 || number > self.len() {
            return None;
        }
        let milliseconds = match self {
            Schedule::Delays(delays) => delays.get(number - 1)?.milliseconds(),
            Schedule::Rule(ScheduleRule::Every { interval, .. }) => interval.milliseconds(),
            Schedule::Rule(ScheduleRule::Exponential { start, factor, max, .. }) => {
                let power = i64::from(*factor)
                    .saturating_pow(u32::try_from(number - 1).unwrap_or(u32::MAX));
                let delay = start.milliseconds().saturating_mul(power);
                max.map_or(delay, |max| delay.min(max.milliseconds()))
            }
        };
        Some(std::time::Duration::from_millis(milliseconds.unsigned_abs()))
    }

    /// How much of each delay is left to chance; the library itself never rolls dice.
    pub fn jitter(&self) -> Jitter {
        match self {
            Schedule::Rule(ScheduleRule::Exponential { jitter, .. }) => *jitter,
            _ => Jitter::None,
        }
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Schedule::Delays(delays) => {
                let delays: Vec<String> = delays.iter().map(Duration::to_string).collect();
                write!(f, "[{}]", delays.join(", "))
            }
            Schedule::Rule(ScheduleRule::Every { interval, times }) => {
                write!(f, "every({interval}, times: {times})")
            }
            Schedule::Rule(ScheduleRule::Exponential { start, factor, max, times, jitter }) => {
                write!(f, "exponential({start}, factor: {factor}")?;
                if let Some(max) = max {
                    write!(f, ", max: {max}")?;
                }
                write!(f, ", times: {times}, jitter: {jitter})")
            }
        }
    }
}

/// How much of a delay is left to chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Jitter {
    /// Nothing: every delay is exact.
    None,
    /// All of it: anywhere between nothing and the delay.
    Full,
    /// So many percent of it, more or less.
    Percent(u8),
}

impl fmt::Display for Jitter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Jitter::None => f.write_str("none"),
            Jitter::Full => f.write_str("full"),
            Jitter::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}

impl Serialize for Jitter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Jitter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let percent = || text.strip_suffix('%')?.parse().ok().filter(|&percent| percent <= 100);
        match text.as_str() {
            "none" => Ok(Jitter::None),
            "full" => Ok(Jitter::Full),
            _ => percent().map(Jitter::Percent).ok_or_else(|| {
                de::Error::invalid_value(
                    de::Unexpected::Str(&text),
                    &"`none`, `full` or a percentage",
                )
            }),
        }
    }
}
