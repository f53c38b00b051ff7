//! Damaged files of events: nothing panics, nothing gets lost unsaid, and what is undamaged is decided.

use std::cell::RefCell;
use std::sync::Mutex;

use proptest::prelude::*;
use redress::Policy;

use super::input::UTF_16;
use super::*;

/// What was made of a file.
#[derive(Debug, PartialEq)]
struct Outcome {
    decided: usize,
    refused: usize,
    written: String,
    /// Everything a person was told.
    told: Vec<String>,
    bad: bool,
}

impl Outcome {
    fn new(written: Vec<u8>, told: Vec<String>, bad: bool) -> Self {
        let written = String::from_utf8(written).unwrap();
        let (refused, decided): (Vec<_>, Vec<_>) = written.lines().partition(|line| is_error(line));
        let (decided, refused) = (decided.len(), refused.len());
        Outcome { decided, refused, written, told, bad }
    }
}

/// Gives its bytes in pieces, as a pipe may.
struct Piecewise<'a>(&'a [u8], usize);

impl Read for Piecewise<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.1.min(buffer.len());
        self.0.read(&mut buffer[..length])
    }
}

/// Fails behind its bytes.
struct Damaged<'a>(&'a [u8]);

impl Read for Damaged<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(io::Error::other("damaged")),
            read => Ok(read),
        }
    }
}

/// What begins so is refused as a whole.
fn is_utf_16(text: &[u8]) -> bool {
    UTF_16.iter().any(|mark| text.starts_with(mark))
}

/// How decisions are written, and whether along with their events.
type Written = (Format, bool);

const JSON: Written = (Format::Json, false);

fn written() -> impl Strategy<Value = Written> {
    (prop::sample::select(vec![Format::Json, Format::Human]), any::<bool>()).prop_map(
        |(format, with_event)| (if with_event { Format::Json } else { format }, with_event),
    )
}

/// Decides it by one thread that gets so many bytes at a time.
fn decide_text(text: &[u8], format: Option<InputFormat>, piece: usize) -> Outcome {
    let (written, told, bad) = write_text(text, format, piece, JSON);
    Outcome::new(written, told, bad)
}

/// Decides it by one thread; what is written, what is told, and whether something was wrong.
fn write_text(
    text: &[u8],
    format: Option<InputFormat>,
    piece: usize,
    (written, with_event): Written,
) -> (Vec<u8>, Vec<String>, bool) {
    let (output, told) = (RefCell::new(Vec::new()), RefCell::new(Vec::new()));
    let policy = Policy::default();
    let lines = Lines::new(&policy, written);
    let mut decisions = Decisions::new(&lines, &output, with_event);
    let say = |line: u64, problem: &str| told.borrow_mut().push(format!("{line}: {problem}"));
    let mut answers = Answers { policy: &policy, taker: &mut decisions, say: &say, bad: false };
    assert!(decide_all(Piecewise(text, piece), format, &mut answers).is_ok());
    let bad = answers.bad;
    (output.take(), told.take(), bad)
}

/// The same by three threads that get so many bytes each, or a few more.
fn write_shared(
    text: &[u8],
    format: Option<InputFormat>,
    part: usize,
    (written, with_event): Written,
) -> (Vec<u8>, Vec<String>, bool) {
    let (output, told) = (RefCell::new(Vec::new()), Mutex::new(Vec::new()));
    let policy = Policy::default();
    let lines = Lines::new(&policy, written);
    let sharing = Sharing { lines: &lines, with_event, threads: 3, part };
    let say = |line: u64, problem: &str| told.lock().unwrap().push(format!("{line}: {problem}"));
    let Ok(bad) = shared::decide_all(text, format, sharing, &output, &say) else { panic!() };
    (output.take(), told.into_inner().unwrap(), bad)
}

/// Keeps the lines of the events that it is given.
struct LinesGiven<'a> {
    policy: &'a Policy,
    lines: Vec<u64>,
}

impl Taker for LinesGiven<'_> {
    fn take(&mut self, line: u64, given: Given<'_>) -> Result<std::result::Result<(), Refusal>> {
        let read = given.read(self.policy);
        self.lines.extend(read.is_ok().then_some(line));
        Ok(read.map(drop).map_err(Refusal::NoEvent))
    }

    fn refused(&mut self, _: u64, _: &str) -> Result<()> {
        Ok(())
    }
}

/// The lines that events are handed over with, where so many bytes are read at a time.
fn lines_given(text: &[u8], format: InputFormat, piece: usize) -> Vec<u64> {
    let policy = Policy::default();
    let mut taker = LinesGiven { policy: &policy, lines: Vec::new() };
    let mut answers = Answers { policy: &policy, taker: &mut taker, say: &|_, _| (), bad: false };
    assert!(decide_all(Piecewise(text, piece), Some(format), &mut answers).is_ok());
    taker.lines
}

fn is_error(line: &str) -> bool {
    let answer: serde_json::Value = serde_json::from_str(line).unwrap();
    answer.get("error").is_some()
}

/// How a file of events is laid out.
#[derive(Clone, Copy, Debug)]
enum Layout {
    Lines,
    IndentedLines,
    Pretty,
    CompactArray,
    ArrayOfLines,
    PrettyArray,
    Csv,
}

const LAYOUTS: [Layout; 7] = [
    Layout::Lines,
    Layout::IndentedLines,
    Layout::Pretty,
    Layout::CompactArray,
    Layout::ArrayOfLines,
    Layout::PrettyArray,
    Layout::Csv,
];

impl Layout {
    /// The text before, between and behind the events.
    fn frame(self) -> [&'static str; 3] {
        match self {
            Layout::Lines | Layout::Pretty => ["", "\n", "\n"],
            Layout::IndentedLines => ["    ", "\n    ", "\n"],
            Layout::CompactArray => ["[", ",", "]"],
            Layout::ArrayOfLines => ["[\n", ",\n", "\n]\n"],
            Layout::PrettyArray => ["[\n  ", ",\n  ", "\n]"],
            Layout::Csv => ["error,module,message\n", "\n", "\n"],
        }
    }

    fn format(self) -> InputFormat {
        match self {
            Layout::Lines | Layout::IndentedLines | Layout::Pretty => InputFormat::Jsonl,
            Layout::CompactArray | Layout::ArrayOfLines | Layout::PrettyArray => InputFormat::Json,
            Layout::Csv => InputFormat::Csv,
        }
    }

    fn event(self, error: &str, module: u8, message: &str) -> String {
        let quoted = serde_json::to_string(message).unwrap();
        match self {
            Layout::Lines | Layout::IndentedLines | Layout::CompactArray | Layout::ArrayOfLines => {
                format!(r#"{{"error":"{error}","module":{module},"message":{quoted}}}"#)
            }
            Layout::Pretty => format!(
                "{{\n  \"error\": \"{error}\",\n  \"module\": {module},\n  \"message\": {quoted}\n}}"
            ),
            Layout::PrettyArray => format!(
                "{{\n    \"error\": \"{error}\",\n    \"module\": {module},\n    \"message\": {quoted}\n  }}"
            ),
            Layout::Csv if message.contains(['"', ',', '\n']) => {
                format!("{error},{module},\"{}\"", message.replace('"', "\"\""))
            }
            Layout::Csv => format!("{error},{module},{message}"),
        }
    }

    fn write(self, events: &[String]) -> String {
        let [before, between, behind] = self.frame();
        format!("{before}{}{behind}", events.join(between))
    }
}

fn layout() -> impl Strategy<Value = Layout> {
    prop::sample::select(&LAYOUTS[..])
}

/// Messages with everything in them that means something to JSON or CSV.
fn message() -> impl Strategy<Value = String> {
    let pieces =
        ["a", " ", "\"", "\\", "{", "}", "[", "]", ",", ":", "\n", "é", "{\"", "\"}", "//"];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..8)
        .prop_map(|pieces| pieces.concat())
}

fn events(layout: Layout) -> impl Strategy<Value = Vec<String>> {
    let error = prop::sample::select(vec!["ConnectionError", "DataError", "Other"]);
    let event = (error, 1..5_u8, message());
    let event =
        event.prop_map(move |(error, module, message)| layout.event(error, module, &message));
    prop::collection::vec(event, 3..9)
}

/// Pieces that matter to the formats.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let words: Vec<&[u8]> = vec![
        b"",
        b"{",
        b"}",
        b"[",
        b"]",
        b"\"",
        b"\\",
        b",",
        b":",
        b"\n",
        b"\r",
        b" ",
        b"null",
        b"1e999",
        b"{\"",
        b"\"}",
        b"},{",
        b"\n{\"a\":",
        b"\n    {",
        b"\xff",
        b"\xef\xbb\xbf",
        b"\n\r\xef\xbb\xbf",
        b"\0",
        b"[[[[",
        b"{\"a\":",
        b"garbage",
    ];
    prop_oneof![
        prop::sample::select(words).prop_map(<[u8]>::to_vec),
        prop::collection::vec(any::<u8>(), 0..6),
    ]
}

#[test]
fn a_value_of_many_levels_ends_soon() {
    const LEVELS: usize = 1_000_000;
    for format in [InputFormat::Jsonl, InputFormat::Json] {
        let text = "{\"a\":".repeat(LEVELS);
        let outcome = decide_text(text.as_bytes(), Some(format), text.len());
        assert_eq!((outcome.decided, outcome.refused), (0, 1));
    }
}

#[test]
fn a_byte_order_mark_behind_a_blank_line_is_no_part_of_a_cell() {
    let text = "module,error\n\r\u{feff}2,DataError\n2,DataError\n";
    for piece in [1, text.len()] {
        let outcome = decide_text(text.as_bytes(), None, piece);
        assert_eq!((outcome.decided, outcome.refused), (2, 0), "{outcome:?}");
    }
}

#[test]
fn a_value_has_the_margin_of_its_own_line_and_not_of_the_one_before_it() {
    let text = "    {\"error\":\n{\"module\":\n  {\"error\":\"X\",\"module\":2}\n";
    let outcome = decide_text(text.as_bytes(), None, text.len());
    assert_eq!((outcome.decided, outcome.refused), (0, 2), "{outcome:?}");
}

/// Decides it whole, and counts the allocations on the way.
fn allocations(text: &[u8]) -> u64 {
    let output = RefCell::new(io::sink());
    let policy = Policy::default();
    let lines = Lines::new(&policy, Format::Json);
    let mut decisions = Decisions::new(&lines, &output, false);
    let mut answers = Answers {
        policy: &policy,
        taker: &mut decisions,
        say: &|_, problem| panic!("{problem}"),
        bad: false,
    };
    let counted = allocation_counter::measure(|| {
        assert!(decide_all(text, None, &mut answers).is_ok());
    });
    counted.count_total
}

#[test]
fn an_event_takes_no_allocation() {
    for layout in [Layout::Lines, Layout::CompactArray, Layout::PrettyArray, Layout::Csv] {
        let text = |events| {
            layout.write(&vec![layout.event("ConnectionError", 3, "503 at {the} far end"); events])
        };
        // The lines of decisions are made once, and every other way there is room to make.
        let [few, many] = [10, 1_000].map(|events| allocations(text(events).as_bytes()));
        assert!(few > 0, "the counter counts");
        assert_eq!(few, many, "{layout:?}");
    }
}

#[test]
fn what_can_be_read_of_a_damaged_file_is_decided_by_any_number_of_threads() {
    for layout in LAYOUTS {
        let text = layout.write(&vec![layout.event("ConnectionError", 3, "503"); 40]);
        let policy = Policy::default();
        let lines = Lines::new(&policy, Format::Json);
        let written = |threads| {
            let output = RefCell::new(Vec::new());
            let damaged = Damaged(text.as_bytes());
            let run = if threads == 1 {
                let mut taker = Decisions::new(&lines, &output, false);
                let say: Say<'_> = &|_, problem| panic!("{problem}");
                let mut answers = Answers { policy: &policy, taker: &mut taker, say, bad: false };
                decide_all(damaged, Some(layout.format()), &mut answers)
            } else {
                let sharing = Sharing { lines: &lines, with_event: false, threads, part: 256 };
                let say: SayAnywhere<'_> = &|_, problem| panic!("{problem}");
                shared::decide_all(damaged, Some(layout.format()), sharing, &output, say).map(drop)
            };
            let Err(Stop::Input(error)) = run else { panic!("{layout:?} is read to its end") };
            assert_eq!(error.to_string(), "damaged");
            String::from_utf8(output.take()).unwrap()
        };
        let by_one = written(1);
        assert!(by_one.lines().count() >= 39, "{layout:?}");
        assert_eq!(written(2), by_one, "{layout:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4 * ProptestConfig::default().cases, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn undamaged_files_are_decided_whole(
        (layout, events) in layout().prop_flat_map(|layout| (Just(layout), events(layout))),
        piece in 1..40_usize,
    ) {
        let outcome = decide_text(layout.write(&events).as_bytes(), None, piece);
        prop_assert_eq!(outcome.decided, events.len(), "{:?}", outcome);
        prop_assert!(!outcome.bad && outcome.told.is_empty());
    }

    /// Any bytes end, without a panic, and each refusal is told.
    #[test]
    fn any_bytes_are_read_to_their_end(
        pieces in prop::collection::vec(piece(), 0..30),
        format in prop::option::of(prop::sample::select(vec![InputFormat::Jsonl, InputFormat::Json, InputFormat::Csv])),
        length in 1..40_usize,
    ) {
        let text = pieces.concat();
        prop_assume!(!is_utf_16(&text));
        let outcome = decide_text(&text, format, length);
        prop_assert!(outcome.told.len() >= outcome.refused);
        prop_assert_eq!(outcome.bad, !outcome.told.is_empty());
        prop_assert_eq!(outcome, decide_text(&text, format, text.len().max(1)));
    }

    /// What is at hand as a whole is answered as what comes byte by byte, and in parts as in one go.
    #[test]
    fn the_short_way_ends_where_the_long_one_does(
        (layout, events) in layout().prop_flat_map(|layout| (Just(layout), events(layout))),
        damage in prop::collection::vec((any::<prop::sample::Index>(), 0..6_usize, piece()), 0..3),
        part in 1..200_usize,
        is_told in any::<bool>(),
        written in written(),
    ) {
        let mut text = layout.write(&events).into_bytes();
        for (start, length, inserted) in damage {
            let start = start.index(text.len() + 1);
            let end = (start + length).min(text.len());
            text.splice(start..end, inserted);
        }
        prop_assume!(!is_utf_16(&text));
        let format = is_told.then(|| layout.format());
        let outcome = decide_text(&text, format, 1);
        let shown = String::from_utf8_lossy(&text);
        prop_assert_eq!(&outcome, &decide_text(&text, format, text.len().max(1)), "{}", shown);
        let [by_one, by_many] = [
            write_text(&text, format, text.len().max(1), written),
            write_shared(&text, format, part, written),
        ];
        prop_assert_eq!(&by_one, &by_many, "in parts of {}: {}", part, shown);
        let [short, long] = [1, text.len().max(1)].map(|piece| lines_given(&text, layout.format(), piece));
        prop_assert_eq!(short, long, "{}", shown);
    }

    #[test]
    fn any_bytes_are_shared_as_they_are_read(
        pieces in prop::collection::vec(piece(), 0..40),
        format in prop::option::of(prop::sample::select(vec![InputFormat::Jsonl, InputFormat::Json, InputFormat::Csv])),
        part in 1..20_usize,
        written in written(),
    ) {
        let text = pieces.concat();
        prop_assume!(!is_utf_16(&text));
        let [by_one, by_many] =
            [write_text(&text, format, 1, written), write_shared(&text, format, part, written)];
        prop_assert_eq!(by_one, by_many);
    }

    /// Damage to one event of a file costs that event, and at most the next one, and never unsaid.
    #[test]
    fn damage_costs_no_more_than_what_it_touches(
        (layout, events) in layout().prop_flat_map(|layout| (Just(layout), events(layout))),
        at in any::<prop::sample::Index>(),
        start in any::<prop::sample::Index>(),
        length in 0..6_usize,
        inserted in piece(),
    ) {
        let at = at.index(events.len());
        let bytes = events[at].as_bytes();
        let start = start.index(bytes.len());
        let end = (start + length).min(bytes.len());
        let damaged = [&bytes[..start], &inserted, &bytes[end..]].concat();
        let mut whole: Vec<&[u8]> = events.iter().map(String::as_bytes).collect();
        whole[at] = &damaged;
        let [before, between, behind] = layout.frame();
        let text = [before.as_bytes(), &whole.join(between.as_bytes()), behind.as_bytes()].concat();
        prop_assume!(!is_utf_16(&text));
        let outcome = decide_text(&text, Some(layout.format()), text.len());
        prop_assert!(outcome.decided + cost(layout, events.len(), &damaged) >= events.len(), "{:?}\n{}\n{:#?}", layout, String::from_utf8_lossy(&text), outcome);
        prop_assert!(outcome.decided >= events.len() || outcome.bad, "{}", String::from_utf8_lossy(&text));
    }
}

/// How many events damage to one may cost.
fn cost(layout: Layout, events: usize, damaged: &[u8]) -> usize {
    match layout {
        // A quote that is missing or too many turns all that follows inside out.
        Layout::Csv if damaged.contains(&b'"') => events,
        Layout::Lines | Layout::Pretty | Layout::Csv => 1,
        // A list in the array is one element, up to its end.
        _ if damaged.trim_ascii_start().starts_with(b"[") => events,
        // On one line an odd quote reaches into the event behind it.
        Layout::CompactArray => 2,
        _ => 1,
    }
}
