//! The longest extent of an object: the largest distance of two points of its outline (maximum Feret diameter).

/// Of points in any order; 0 without any.
pub(super) fn longest(points: Vec<[f64; 2]>) -> f64 {
    let hull = hull(points);
    let mut longest = 0.0_f64;
    for (index, [x0, y0]) in hull.iter().enumerate() {
        for [x1, y1] in hull.iter().skip(index + 1) {
            longest = longest.max((x1 - x0).hypot(y1 - y0));
        }
    }
    longest
}

/// The corners of the convex hull (Andrew's monotone chain).
fn hull(mut points: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    points.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    points.dedup();
    let chain = |points: &mut dyn Iterator<Item = &[f64; 2]>| {
        let mut chain: Vec<[f64; 2]> = Vec::new();
        for point in points {
            while let [.., a, b] = chain[..]
                && (b[0] - a[0]) * (point[1] - a[1]) <= (b[1] - a[1]) * (point[0] - a[0])
            {
                chain.pop();
            }
            chain.push(*point);
        }
        chain
    };
    let mut hull = chain(&mut points.iter());
    hull.extend(chain(&mut points.iter().rev()));
    hull
}
