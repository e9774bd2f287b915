//! Turns the kinds of a dashboard's panels into their places on its grid, which is 24 wide.

use crate::model::dashboard::PanelKind;
use crate::target::grafana::schema::Place;

/// How wide the grid is.
const WIDTH: u32 = 24;

/// The places: side by side as long as there is room, then a new row below the highest of the last one.
pub(super) fn places(kinds: &[PanelKind]) -> Vec<Place> {
    let (mut x, mut y, mut height) = (0, 0, 0);
    let place = |kind: &PanelKind| {
        let (w, h) = size(*kind);
        if x + w > WIDTH {
            (x, y, height) = (0, y + height, 0);
        }
        let place = Place { x, y, w, h };
        x += w;
        height = height.max(h);
        place
    };
    kinds.iter().map(place).collect()
}

fn size(kind: PanelKind) -> (u32, u32) {
    match kind {
        PanelKind::Graph => (12, 8),
        PanelKind::Stat | PanelKind::Gauge | PanelKind::Status => (6, 5),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panels_do_not_overlap_and_stay_on_the_grid() {
        use PanelKind::{Gauge, Graph, Stat, Status};
        let kinds = [Stat, Gauge, Graph, Graph, Status, Graph, Graph, Stat, Stat, Stat, Stat, Stat];
        let places = places(&kinds);
        for (index, one) in places.iter().enumerate() {
            assert!(one.x + one.w <= WIDTH);
            for other in &places[..index] {
                let apart = one.x + one.w <= other.x
                    || other.x + other.w <= one.x
                    || one.y + one.h <= other.y
                    || other.y + other.h <= one.y;
                assert!(apart, "{one:?} {other:?}");
            }
        }
    }
}
