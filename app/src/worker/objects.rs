//! Counts the separate pieces of a class in a mask.

/// Pieces smaller than this are specks of a prediction, not objects, in pixels.
const SMALLEST: usize = 9;

/// The number of pieces of `class`; pixels belong together when they touch by a side or a corner.
pub fn count(labels: &[u8], width: usize, class: u8) -> u32 {
    if width == 0 {
        return 0;
    }
    let height = labels.len() / width;
    let mut seen = vec![false; labels.len()];
    let mut stack = Vec::new();
    let mut pieces = 0;
    for start in 0..labels.len() {
        if seen[start] || labels[start] != class {
            continue;
        }
        let mut size = 0;
        seen[start] = true;
        stack.push(start);
        while let Some(pixel) = stack.pop() {
            size += 1;
            let (x, y) = (pixel % width, pixel / width);
            for ny in y.saturating_sub(1)..(y + 2).min(height) {
                for nx in x.saturating_sub(1)..(x + 2).min(width) {
                    let neighbour = ny * width + nx;
                    if !seen[neighbour] && labels[neighbour] == class {
                        seen[neighbour] = true;
                        stack.push(neighbour);
                    }
                }
            }
        }
        pieces += u32::from(size >= SMALLEST);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::count;

    /// A 16 x 16 mask with squares of class 1 at the given corners.
    fn mask(corners: &[(usize, usize)], side: usize) -> Vec<u8> {
        let mut labels = vec![0; 256];
        for &(x, y) in corners {
            for row in y..y + side {
                labels[row * 16 + x..row * 16 + x + side].fill(1);
            }
        }
        labels
    }

    #[test]
    fn separate_squares_are_separate_objects() {
        assert_eq!(count(&mask(&[(0, 0), (8, 0), (8, 8)], 4), 16, 1), 3);
    }

    #[test]
    fn squares_that_touch_by_a_corner_are_one_object() {
        assert_eq!(count(&mask(&[(0, 0), (4, 4)], 4), 16, 1), 1);
    }

    #[test]
    fn the_border_does_not_join_rows() {
        assert_eq!(count(&mask(&[(12, 0), (0, 6)], 4), 16, 1), 2);
    }

    #[test]
    fn specks_and_other_classes_do_not_count() {
        let specks = mask(&[(2, 2), (9, 9)], 2);
        assert_eq!(count(&specks, 16, 1), 0);
        assert_eq!(count(&specks, 16, 3), 0);
    }
}
