//! What happened in the worlds, so that a run can show that it did.

/// What happened, to see that it did.
#[derive(Debug, Default)]
pub struct Counts {
    pub asked: u64,
    pub recorded: u64,
    pub refused_by_faults: u64,
    /// Refused or never answered, and recorded all the same: their process died.
    pub came_true: u64,
    pub deaths: u64,
    pub power_cuts: u64,
    pub restarts: u64,
    pub moves: u64,
    pub merges: u64,
    /// What happened between two attempts of a move.
    pub between: u64,
    /// Moves that failed before anything of them was durable.
    pub moves_not_begun: u64,
}

impl Counts {
    pub fn plus(self, other: Self) -> Self {
        Self {
            asked: self.asked + other.asked,
            recorded: self.recorded + other.recorded,
            refused_by_faults: self.refused_by_faults + other.refused_by_faults,
            came_true: self.came_true + other.came_true,
            deaths: self.deaths + other.deaths,
            power_cuts: self.power_cuts + other.power_cuts,
            restarts: self.restarts + other.restarts,
            moves: self.moves + other.moves,
            merges: self.merges + other.merges,
            between: self.between + other.between,
            moves_not_begun: self.moves_not_begun + other.moves_not_begun,
        }
    }

    /// Whether everything happened that is not rare.
    pub fn happened(&self) -> bool {
        let all = [
            self.asked,
            self.recorded,
            self.refused_by_faults,
            self.deaths,
            self.power_cuts,
            self.restarts,
            self.moves,
            self.merges,
            self.between,
        ];
        all.iter().all(|count| *count > 0)
    }
}
