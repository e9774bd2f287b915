//! Does the same with many items, as many at a time as there are processors.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// How many things are done at a time.
pub(crate) fn workers() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// What comes of each item, in their order; a worker that is done takes the next one.
pub(crate) fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let take = || {
        let mine = || {
            let index = next.fetch_add(1, Ordering::Relaxed);
            items.get(index).map(|item| (index, work(item)))
        };
        std::iter::from_fn(mine).collect::<Vec<_>>()
    };
    let mut done: Vec<(usize, R)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..workers()).map(|_| scope.spawn(take)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

#[test]
fn every_item_is_done_once_and_in_order() {
    let items: Vec<usize> = (0..1000).collect();
    assert_eq!(
        in_parallel(&items, |item| item * 2),
        items.iter().map(|n| n * 2).collect::<Vec<_>>()
    );
    assert_eq!(in_parallel(&[], |item: &usize| *item), [0; 0]);
}
