//! Words that lie in the lines of the processor's cache as they are meant to.

/// The words of one line.
pub(super) const LINE: usize = 16;

/// Words of which each sixteenth begins a line.
#[derive(Debug)]
pub(super) struct Lines {
    /// What is before the first line begins is not used.
    words: Box<[u32]>,
    start: usize,
}

impl Lines {
    pub(super) fn new(words: &[u32]) -> Self {
        let mut lines = vec![0; words.len() + LINE].into_boxed_slice();
        let start = before_line(&lines);
        lines[start..start + words.len()].copy_from_slice(words);
        Lines { words: lines, start }
    }

    #[inline]
    pub(super) fn words(&self) -> &[u32] {
        &self.words[self.start..]
    }
}

/// How many words there are before a line begins.
fn before_line(words: &[u32]) -> usize {
    let past = words.as_ptr().addr() / size_of::<u32>() % LINE;
    (LINE - past) % LINE
}

/// Fills up a line in which so many words would no longer fit.
pub(super) fn fit(words: &mut Vec<u32>, count: usize, filling: u32) {
    let room = LINE - words.len() % LINE;
    if room < count && count <= LINE {
        words.resize(words.len() + room, filling);
    }
}
