//! The sale's rules as a model: worlds, steps and properties.

use crate::steps::{self, Action, Scope, Store};
use crate::world::World;
use stateright::{Model, Property};

/// The model: a case, with a store.
pub(crate) struct Lifecycles {
    pub(crate) start: World,
    pub(crate) scope: Scope,
    pub(crate) possible: &'static [(&'static str, Condition)],
    /// What holds in every world.
    pub(crate) always: &'static [(&'static str, Condition)],
    pub(crate) store: Store,
}

impl Model for Lifecycles {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![self.start.clone()]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        steps::possible(world, self.scope, actions);
    }

    fn next_state(&self, world: &World, action: Action) -> Option<World> {
        steps::next(world, action, self.store)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let mut all: Vec<_> =
            self.always.iter().map(|(name, holds)| Property::always(name, *holds)).collect();
        all.extend(self.possible.iter().map(|(name, holds)| Property::sometimes(name, *holds)));
        all
    }
}

/// A property of a world, in the check of a case.
pub(crate) type Condition = fn(&Lifecycles, &World) -> bool;
