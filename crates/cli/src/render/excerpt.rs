//! A few lines of a source, however long the file and its lines are.

use std::ops::Range;

use redress::source::Source;

/// Lines longer than this, in bytes, are cut.
const LONGEST_LINE: usize = 320;
/// What is left of a cut line around the places that matter, in bytes; two fifths of it before them.
const LEFT: usize = 130;
/// So many parts of one line are shown.
const MOST_WINDOWS: usize = 3;
/// A stretch of more bytes is shown by its first line only.
const LONGEST_STRETCH: usize = 2_000;
/// Stretches whose lines are at most this far apart share an excerpt.
const NEAR: usize = 6;

/// Stands for what was cut from a line.
const CUT: &str = "…";

/// Consecutive lines of a source, long ones cut, and where in them its offsets are found.
#[derive(Debug)]
pub struct Excerpt {
    /// The lines.
    pub text: String,
    /// The number of the first one, from 1.
    pub first_line: usize,
    /// Whether a line was cut.
    pub is_cut: bool,
    pieces: Vec<Piece>,
}

/// A stretch that was taken over as it is.
#[derive(Debug)]
struct Piece {
    original: Range<usize>,
    start: usize,
}

impl Excerpt {
    /// The lines that hold these stretches of the source.
    pub fn new(source: &Source, stretches: &[Range<usize>]) -> Self {
        let text = source.text();
        let stretches: Vec<Range<usize>> =
            stretches.iter().map(|stretch| shorten(source, stretch)).collect();
        let start = stretches.iter().map(|stretch| stretch.start).min().unwrap_or(0);
        let end = stretches.iter().map(|stretch| stretch.end).max().unwrap_or(0);
        let lines = source.line_range(start).start..source.line_range(end).end;
        let mut excerpt = Excerpt {
            text: String::new(),
            first_line: source.line(start),
            is_cut: false,
            pieces: Vec::new(),
        };
        let mut at = lines.start;
        loop {
            let end = source.line_range(at).end;
            excerpt.add_line(text, at..end, &stretches);
            if end >= lines.end {
                break;
            }
            excerpt.text.push('\n');
            at = end + 1;
        }
        excerpt
    }

    /// Where a stretch of the source is found in the excerpt; as much of it as the excerpt has.
    pub fn place(&self, stretch: &Range<usize>) -> Range<usize> {
        let start = self.offset(stretch.start);
        start..self.offset(stretch.end).max(start)
    }

    fn offset(&self, original: usize) -> usize {
        let next = self.pieces.partition_point(|piece| piece.original.start <= original);
        match next.checked_sub(1).and_then(|at| self.pieces.get(at)) {
            Some(piece) => piece.start + original.min(piece.original.end) - piece.original.start,
            None => self.pieces.first().map_or(0, |piece| piece.start),
        }
    }

    fn add_line(&mut self, text: &str, line: Range<usize>, stretches: &[Range<usize>]) {
        // A byte order mark and the first half of a CRLF are no part of what the author sees.
        let mut line = line;
        if line.start == 0 && text.starts_with('\u{feff}') {
            line.start = '\u{feff}'.len_utf8();
        }
        if text[line.clone()].ends_with('\r') {
            line.end -= 1;
        }
        let windows = match line.len() > LONGEST_LINE {
            true => windows(text, &line, stretches),
            false => vec![line.clone()],
        };
        self.is_cut |= windows.first() != Some(&line);
        let mut shown = line.start;
        for window in windows {
            if window.start > shown {
                self.text.push_str(CUT);
            }
            shown = window.end;
            self.pieces.push(Piece { original: window.clone(), start: self.text.len() });
            self.text.push_str(&text[window]);
        }
        if shown < line.end {
            self.text.push_str(CUT);
        }
    }
}

/// The parts of a long line around the first places in it that matter.
fn windows(text: &str, line: &Range<usize>, stretches: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut places: Vec<usize> = stretches
        .iter()
        .flat_map(|stretch| [stretch.start, stretch.end])
        .filter(|place| (line.start..=line.end).contains(place))
        .collect();
    places.sort_unstable();
    places.dedup();
    if places.is_empty() {
        places.push(line.start);
    }
    let width = LEFT / stretches.len().clamp(1, MOST_WINDOWS);
    let (before, after) = (width * 2 / 5, width * 3 / 5);
    let mut windows: Vec<Range<usize>> = Vec::new();
    for place in places {
        let start = text.floor_char_boundary(place.saturating_sub(before)).max(line.start);
        let end = text.floor_char_boundary(place.saturating_add(after)).min(line.end);
        let is_full = windows.len() == MOST_WINDOWS;
        match windows.last_mut() {
            Some(last) if start <= last.end => last.end = end.max(last.end),
            _ if is_full => break,
            _ => windows.push(start..end.max(start)),
        }
    }
    windows
}

/// The stretch itself, or its first line where it is long; always inside the text.
fn shorten(source: &Source, stretch: &Range<usize>) -> Range<usize> {
    let text = source.text();
    let start = text.floor_char_boundary(stretch.start);
    let end = text.floor_char_boundary(stretch.end).max(start);
    if end - start <= LONGEST_STRETCH {
        start..end
    } else {
        start..end.min(source.line_range(start).end)
    }
}

/// Groups stretches, sorted by their beginnings, so that those in one group lie near each other.
pub fn clusters<T>(
    source: &Source,
    mut stretches: Vec<(Range<usize>, T)>,
) -> Vec<Vec<(Range<usize>, T)>> {
    stretches.sort_by_key(|(stretch, _)| stretch.start);
    let mut clusters: Vec<Vec<(Range<usize>, T)>> = Vec::new();
    let mut last_line = 0;
    for (stretch, content) in stretches {
        let line = source.line(stretch.start);
        let end = source.line(shorten(source, &stretch).end);
        match clusters.last_mut() {
            Some(cluster) if line <= last_line + NEAR => cluster.push((stretch, content)),
            _ => clusters.push(vec![(stretch, content)]),
        }
        last_line = last_line.max(end);
    }
    clusters
}
