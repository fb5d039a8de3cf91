//! Which device has which tasks.

/// The ranks of every task. The most costly task first, each goes to the rank that has least to do so far (Graham,
/// "Bounds on multiprocessing timing anomalies", 1969). Ranks that are left without a task share the batches of those
/// that `divisible` allows, the most costly per rank first. `costs` are positive numbers in any unit. `None` where a rank
/// would have nothing to do.
pub fn split(costs: &[f64], divisible: &[bool], ranks: usize) -> Option<Vec<Vec<usize>>> {
    let mut order: Vec<usize> = (0..costs.len()).collect();
    order.sort_by(|a, b| costs[*b].total_cmp(&costs[*a]));
    let mut loads = vec![0.0; ranks];
    let mut owners: Vec<Vec<usize>> = vec![Vec::new(); costs.len()];
    for task in order {
        let least = loads.iter().enumerate().min_by(|a, b| f64::total_cmp(a.1, b.1));
        let rank = least.map_or(0, |(rank, _)| rank);
        loads[rank] += costs[task];
        owners[task] = vec![rank];
    }
    for rank in costs.len()..ranks {
        let share = |task: &usize| costs[*task] / owners[*task].len() as f64;
        let tasks = (0..costs.len()).filter(|task| divisible[*task]);
        let most = tasks.max_by(|a, b| share(a).total_cmp(&share(b)))?;
        owners[most].push(rank);
    }
    Some(owners)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loads_are_even_and_no_rank_is_idle() {
        let all = |owners: &[usize]| Some(owners.iter().map(|rank| vec![*rank]).collect());
        assert_eq!(split(&[1.0, 4.0, 2.0, 1.0], &[false; 4], 2), all(&[1, 0, 1, 1]));
        assert_eq!(split(&[1.0, 1.0, 1.0], &[true; 3], 3), all(&[0, 1, 2]));
        assert_eq!(split(&[1.0, 100.0], &[true; 2], 1), all(&[0, 0]));
    }

    #[test]
    fn further_ranks_share_the_batches_that_can_be_divided() {
        assert_eq!(split(&[1.0], &[true], 3), Some(vec![vec![0, 1, 2]]));
        assert_eq!(
            split(&[9.0, 2.0, 3.0], &[false, true, true], 6),
            Some(vec![vec![0], vec![2, 4], vec![1, 3, 5]])
        );
        assert_eq!(split(&[9.0], &[false], 2), None);
    }
}
