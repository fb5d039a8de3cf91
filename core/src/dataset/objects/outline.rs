//! Outlines of objects along the edges of their pixels: filling them gives the same pixels back.

use super::components::{Connectivity, connected};
use super::{Instances, Polygon};

/// East, south, west, north: a step along the edge of a pixel.
const STEPS: [[isize; 2]; 4] = [[1, 0], [0, 1], [-1, 0], [0, -1]];

/// The outline of each object with its id, ascending: a polygon per part that hangs together by edges, holes
/// included. No ring touches itself, the outer ones run clockwise as seen, the holes the other way round, and
/// no three points are in line.
pub fn outlines(instances: &Instances) -> Vec<(u32, Vec<Polygon>)> {
    let Instances { width, height, ids } = instances;
    let (parts, ids_of_parts) = connected(*width, *height, ids, Connectivity::Four);
    let mut polygons = vec![Polygon { rings: Vec::new() }; ids_of_parts.len()];

    // Each ring has an edge with its part below and something else above. The outer ring of a part has the
    // first of them all, so it comes first.
    let mut walked = vec![false; parts.ids.len()];
    for start in 0..parts.ids.len() {
        let part = parts.ids[start];
        let is_top_edge = part != 0 && (start < *width || parts.ids[start - width] != part);
        if is_top_edge && !walked[start] {
            let ring = walk(&parts, start, &mut walked);
            if let Some(polygon) = polygons.get_mut(part as usize - 1) {
                polygon.rings.push(ring);
            }
        }
    }

    let mut objects: Vec<(u32, Polygon)> = ids_of_parts.into_iter().zip(polygons).collect();
    objects.sort_by_key(|(id, _)| *id);
    objects
        .chunk_by(|a, b| a.0 == b.0)
        .map(|parts| (parts[0].0, parts.iter().map(|(_, polygon)| polygon.clone()).collect()))
        .collect()
}

/// Walks around a part with the part to the right, from the top edge of the pixel `start` back to it, marks the
/// top edges on the way and returns the corners.
fn walk(parts: &Instances, start: usize, walked: &mut [bool]) -> Vec<[f64; 2]> {
    let (width, height) = (parts.width as isize, parts.height as isize);
    let part = parts.ids[start];
    let belongs = |x: isize, y: isize| {
        (0..width).contains(&x) && (0..height).contains(&y) && parts.ids[(y * width + x) as usize] == part
    };
    let (start_x, start_y) = (start as isize % width, start as isize / width);
    let (mut x, mut y, mut direction) = (start_x, start_y, 0);
    let mut corners = Vec::new();
    loop {
        if direction == 0 {
            walked[(y * width + x) as usize] = true;
        }
        let [dx, dy] = STEPS[direction];
        (x, y) = (x + dx, y + dy);
        // The pixels ahead, left and right of the way: of the four around this corner the two that matter.
        let (left, right) = match direction {
            0 => (belongs(x, y - 1), belongs(x, y)),
            1 => (belongs(x, y), belongs(x - 1, y)),
            2 => (belongs(x - 1, y), belongs(x - 1, y - 1)),
            _ => (belongs(x - 1, y - 1), belongs(x, y - 1)),
        };
        // Left first: where two pixels of a part meet at a corner, the ring passes from one to the other, and
        // what the part encloses there becomes a hole rather than a ring that touches itself.
        let turned = if left {
            (direction + 3) % 4
        } else if right {
            direction
        } else {
            (direction + 1) % 4
        };
        if turned != direction {
            corners.push([x as f64, y as f64]);
        }
        direction = turned;
        if (x, y, direction) == (start_x, start_y, 0) {
            return corners;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn area(ring: &[[f64; 2]]) -> f64 {
        let next = ring.iter().cycle().skip(1);
        ring.iter().zip(next).map(|([x0, y0], [x1, y1])| x0 * y1 - x1 * y0).sum::<f64>() / 2.0
    }

    #[test]
    fn a_ring_has_a_hole() {
        let ids = vec![5, 5, 5, 5, 0, 5, 5, 5, 5];
        let outlines = outlines(&Instances { width: 3, height: 3, ids });
        let outer = vec![[3.0, 0.0], [3.0, 3.0], [0.0, 3.0], [0.0, 0.0]];
        let hole = vec![[2.0, 2.0], [2.0, 1.0], [1.0, 1.0], [1.0, 2.0]];
        assert_eq!(outlines, [(5, vec![Polygon { rings: vec![outer, hole] }])]);
    }

    #[test]
    fn pixels_that_meet_at_a_corner_are_two_polygons() {
        let outlines = outlines(&Instances { width: 2, height: 2, ids: vec![1, 0, 0, 1] });
        assert_eq!(outlines.len(), 1);
        assert_eq!(outlines[0].1.len(), 2);
    }

    proptest! {
        #[test]
        fn filling_the_outlines_gives_the_objects_back(
            width in 1_usize..12,
            ids in prop::collection::vec(0_u32..4, 0..120),
        ) {
            let height = ids.len() / width;
            let instances = Instances { width, height, ids: ids[..width * height].to_vec() };
            let mut drawn = vec![0; width * height];
            for (id, polygons) in outlines(&instances) {
                for polygon in polygons {
                    for span in polygon.spans(width, height).unwrap() {
                        for x in span.x0..span.x1 {
                            prop_assert_eq!(drawn[span.y * width + x], 0);
                            drawn[span.y * width + x] = id;
                        }
                    }
                    for (index, ring) in polygon.rings.iter().enumerate() {
                        prop_assert_eq!(area(ring) > 0.0, index == 0);
                        let corners: HashSet<_> = ring.iter().map(|[x, y]| (*x as i64, *y as i64)).collect();
                        prop_assert_eq!(corners.len(), ring.len());
                    }
                }
            }
            prop_assert_eq!(drawn, instances.ids);
        }
    }
}
