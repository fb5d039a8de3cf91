//! Which device has which tasks.

/// The rank of every task: the most costly first, each to the rank that has least to do so far (Graham, "Bounds on
/// multiprocessing timing anomalies", 1969). `costs` are positive numbers in any unit.
pub fn split(costs: &[f64], ranks: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..costs.len()).collect();
    order.sort_by(|a, b| costs[*b].total_cmp(&costs[*a]));
    let mut loads = vec![0.0; ranks];
    let mut owners = vec![0; costs.len()];
    for task in order {
        let least = loads.iter().enumerate().min_by(|a, b| f64::total_cmp(a.1, b.1));
        let rank = least.map_or(0, |(rank, _)| rank);
        loads[rank] += costs[task];
        owners[task] = rank;
    }
    owners
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loads_are_even_and_no_rank_is_idle() {
        assert_eq!(split(&[1.0, 4.0, 2.0, 1.0], 2), [1, 0, 1, 1]);
        assert_eq!(split(&[1.0, 1.0, 1.0], 3), [0, 1, 2]);
        assert_eq!(split(&[1.0, 100.0], 1), [0, 0]);
    }
}
