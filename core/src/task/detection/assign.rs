//! Which position answers for which object.

use super::{Position, positions};
use crate::dataset::BoxLabel;

/// The object that a position answers for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Assignment {
    /// Index of the position, over all levels.
    pub position: usize,
    /// The object's class.
    pub class: usize,
    /// Distances to its left, top, right and bottom side, in pixels.
    pub distances: [f32; 4],
    /// How central the position is in the box, in [0, 1] (FCOS, equation 3).
    pub centreness: f32,
}

/// A position counts when it is within this many strides of the object's centre.
const CENTRE_RADIUS: f32 = 1.5;
/// A level is responsible for objects whose farthest side is at most this many strides away.
const REACH: f32 = 8.0;

/// Assigns `boxes` to the positions of an image of `height` x `width`: a position answers for the smallest
/// box that contains it, near that box's centre, if the box's size suits its level. An object so small that
/// no position lies in it gets the position nearest to its centre on the finest level, so that none is lost.
pub fn assign(boxes: &[BoxLabel], height: usize, width: usize, strides: &[usize]) -> Vec<Assignment> {
    let positions = positions(height, width, strides);
    let mut owner: Vec<Option<usize>> = vec![None; positions.len()];
    let area = |b: &BoxLabel| (b.x1 - b.x0) * (b.y1 - b.y0);
    for (index, candidate) in boxes.iter().enumerate() {
        let mut placed = false;
        for (slot, position) in owner.iter_mut().zip(&positions) {
            if suits(candidate, position, strides) {
                placed = true;
                if slot.is_none_or(|other| area(candidate) < area(&boxes[other])) {
                    *slot = Some(index);
                }
            }
        }
        if !placed && let Some(nearest) = nearest(candidate, &positions) {
            owner[nearest].get_or_insert(index);
        }
    }
    owner
        .iter()
        .zip(&positions)
        .enumerate()
        .filter_map(|(index, (owner, position))| {
            let target = &boxes[(*owner)?];
            // The nearest position of a tiny object can lie just outside it.
            let distances = distances(target, position).map(|d| d.max(0.0));
            let [left, top, right, bottom] = distances;
            let ratio = |a: f32, b: f32| a.min(b) / a.max(b).max(f32::EPSILON);
            let centreness = (ratio(left, right) * ratio(top, bottom)).sqrt();
            Some(Assignment { position: index, class: target.class, distances, centreness })
        })
        .collect()
}

fn distances(target: &BoxLabel, position: &Position) -> [f32; 4] {
    [position.x - target.x0, position.y - target.y0, target.x1 - position.x, target.y1 - position.y]
}

fn suits(target: &BoxLabel, position: &Position, strides: &[usize]) -> bool {
    let distances = distances(target, position);
    let nearest = distances.iter().copied().fold(f32::INFINITY, f32::min);
    let farthest = distances.iter().copied().fold(0.0, f32::max);
    if nearest <= 0.0 {
        return false;
    }
    let stride = strides[position.level] as f32;
    let from = if position.level == 0 { 0.0 } else { REACH * strides[position.level - 1] as f32 };
    let to = if position.level + 1 == strides.len() { f32::INFINITY } else { REACH * stride };
    let (cx, cy) = (f32::midpoint(target.x0, target.x1), f32::midpoint(target.y0, target.y1));
    let radius = CENTRE_RADIUS * stride;
    farthest > from
        && farthest <= to
        && (position.x - cx).abs() <= radius
        && (position.y - cy).abs() <= radius
}

fn nearest(target: &BoxLabel, positions: &[Position]) -> Option<usize> {
    let (cx, cy) = (f32::midpoint(target.x0, target.x1), f32::midpoint(target.y0, target.y1));
    let distance = |p: &Position| (p.x - cx).powi(2) + (p.y - cy).powi(2);
    (0..positions.len())
        .filter(|&i| positions[i].level == 0)
        .min_by(|&a, &b| distance(&positions[a]).total_cmp(&distance(&positions[b])))
}
