//! The end of what a command says.

/// So many bytes are kept; a program that floods its output takes little more memory than this.
const KEPT: usize = 32 << 10;

/// The end of a text that comes in pieces.
#[derive(Clone, Debug, Default)]
pub struct Tail(Vec<u8>);

impl Tail {
    /// One more piece.
    pub fn push(&mut self, piece: &[u8]) {
        let surplus = piece.len().saturating_sub(KEPT);
        self.0.extend_from_slice(&piece[surplus..]);
        // Cut at twice the size, so that each byte is moved once at most.
        if self.0.len() > 2 * KEPT {
            self.0.drain(..self.0.len() - KEPT);
        }
    }

    /// What is kept of it; what is no UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0[self.0.len().saturating_sub(KEPT)..]).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_the_same_in_whatever_pieces_it_comes() {
        let text: Vec<u8> = (0..200_000_u32).map(|at| b'a' + (at % 23) as u8).collect();
        let end = String::from_utf8(text[text.len() - KEPT..].to_vec()).unwrap();
        for size in [1, 999, 4_096, 70_000, 200_000] {
            let mut tail = Tail::default();
            text.chunks(size).for_each(|piece| tail.push(piece));
            assert_eq!(tail.text(), end, "in pieces of {size}");
            assert!(tail.0.len() <= 2 * KEPT);
        }
    }
}
