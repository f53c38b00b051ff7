//! Redress, with names that the caller looked up once: what a program does that keeps its steps and errors anyway.

use redress::{BindError, Binding, Facts, Name, Policy};
use redress_benches::{Call, Event, Failure};
use redress_derive::Facts;

use crate::contender::Contender;
use crate::ours::{Positions, place};

/// An event whose texts can be looked up.
pub trait Intern: Event + Sized + 'static {
    /// The same event with looked-up names.
    type Interned: Facts;

    /// Looks its texts up.
    fn intern(&self, policy: &Policy) -> Option<Self::Interned>;
}

/// A failure with looked-up names.
#[derive(Facts)]
pub struct InternedFailure {
    error: Name<'static>,
    module: u32,
    handler: bool,
}

impl Intern for Failure<'static> {
    type Interned = InternedFailure;

    fn intern(&self, policy: &Policy) -> Option<InternedFailure> {
        let error = policy.name("error", self.error).ok()?;
        Some(InternedFailure { error, module: self.module, handler: self.handler })
    }
}

/// A call with looked-up names.
#[derive(Facts)]
pub struct InternedCall {
    app: Name<'static>,
    error: Name<'static>,
    module: u32,
    status: u16,
    attempt: u32,
}

impl Intern for Call<'static> {
    type Interned = InternedCall;

    fn intern(&self, policy: &Policy) -> Option<InternedCall> {
        Some(InternedCall {
            app: policy.name("app", self.app).ok()?,
            error: policy.name("error", self.error).ok()?,
            module: self.module,
            status: self.status,
            attempt: self.attempt,
        })
    }
}

/// A bound struct with looked-up names.
pub struct Interned<E: Intern> {
    binding: Binding<E::Interned>,
    positions: Positions,
    events: Vec<E::Interned>,
}

impl<E: Intern> Interned<E> {
    /// Binds the struct.
    pub fn new(policy: &Policy) -> Result<Self, BindError> {
        Ok(Interned {
            binding: policy.bind()?,
            positions: Positions::of(policy),
            events: Vec::new(),
        })
    }
}

impl<E: Intern> Contender<E> for Interned<E> {
    fn prepare(&mut self, events: &'static [E]) {
        let policy = self.binding.policy();
        self.events = events.iter().filter_map(|event| event.intern(policy)).collect();
    }

    fn decide(&mut self, events: &'static [E], decided: &mut Vec<usize>) {
        let events = self.events.iter().take(events.len());
        decided.extend(events.map(|event| place(self.binding.decide(event))));
    }

    fn rule(&mut self, event: &'static E, noted: usize) -> usize {
        let decided = event.intern(self.binding.policy());
        decided.map_or(usize::MAX, |event| {
            self.positions.of_decision(self.binding.decide(&event), noted)
        })
    }
}
