//! Finds the services that wait for each other in circles.

use crate::map::IndexMap;

use crate::model::service::Service;
use crate::value::Name;

/// Which services lie on circles with which: strongly connected components, after Kosaraju and Sharir.
#[derive(Debug, Clone)]
pub struct Circles<'a> {
    services: &'a IndexMap<Name, Service>,
    component: Vec<usize>,
}

impl<'a> Circles<'a> {
    /// Looks at who waits for whom; the time it takes grows with the number of waits.
    pub fn of(services: &'a IndexMap<Name, Service>) -> Self {
        let index = |name: &Name| services.get_index_of(name);
        let ahead: Vec<Vec<usize>> = services
            .values()
            .map(|service| service.after.iter().filter_map(|after| index(&after.service)).collect())
            .collect();
        let mut back = vec![Vec::new(); ahead.len()];
        for (from, targets) in ahead.iter().enumerate() {
            for to in targets {
                back[*to].push(from);
            }
        }
        let (mut open, mut members) = (Vec::new(), Vec::new());
        let mut order = Vec::with_capacity(ahead.len());
        let mut seen = vec![false; ahead.len()];
        for start in 0..ahead.len() {
            visit(start, &ahead, &mut seen, (&mut open, &mut order));
        }
        let mut component = vec![0; ahead.len()];
        let mut seen = vec![false; ahead.len()];
        for (number, start) in order.into_iter().rev().enumerate() {
            visit(start, &back, &mut seen, (&mut open, &mut members));
            for member in members.drain(..) {
                component[member] = number;
            }
        }
        Self { services, component }
    }

    /// Whether a service that waits for another is waited for by it, directly or through others.
    pub fn close(&self, from: &Name, to: &Name) -> bool {
        let component = |name| self.services.get_index_of(name).map(|index| self.component[index]);
        component(from).is_some() && component(from) == component(to)
    }
}

/// Adds what a node leads to and was not seen before, each after what it leads to itself. Nothing is left open.
fn visit(
    start: usize,
    edges: &[Vec<usize>],
    seen: &mut [bool],
    (open, order): (&mut Vec<(usize, usize)>, &mut Vec<usize>),
) {
    if std::mem::replace(&mut seen[start], true) {
        return;
    }
    open.push((start, 0));
    while let Some((node, next)) = open.last_mut() {
        if let Some(target) = edges[*node].get(*next) {
            *next += 1;
            if !std::mem::replace(&mut seen[*target], true) {
                open.push((*target, 0));
            }
        } else {
            order.push(*node);
            open.pop();
        }
    }
}
