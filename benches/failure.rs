//! Events as plain data: what a program knows of a failed step, whatever decides it.

use redress_derive::Facts;

/// What can be asked of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fact {
    /// The type of the error, a name.
    Error,
    /// The position of the module, from 1.
    Module,
    /// Whether a handler is attached.
    Handler,
    /// The application that was called.
    App,
    /// The HTTP status.
    Status,
    /// Which attempt failed, from 1.
    Attempt,
    /// The message of the error.
    Message,
    /// The milliseconds that the step ran.
    Elapsed,
    /// The bytes that the step was given.
    Size,
}

impl Fact {
    /// Its name in the vocabulary.
    pub fn name(self) -> &'static str {
        match self {
            Fact::Error => "error",
            Fact::Module => "module",
            Fact::Handler => "handler",
            Fact::App => "app",
            Fact::Status => "status",
            Fact::Attempt => "attempt",
            Fact::Message => "message",
            Fact::Elapsed => "elapsed",
            Fact::Size => "size",
        }
    }
}

/// What an event says of a fact.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// Nothing.
    Absent,
    /// Yes or no.
    Bool(bool),
    /// An integer, milliseconds or bytes.
    Number(i64),
    /// A name or a text.
    Text(&'a str),
}

/// An event of any shape.
pub trait Event {
    /// The facts that it can speak of.
    fn facts(&self) -> &[Fact];

    /// What it says of one of them.
    fn fact(&self, fact: Fact) -> Value<'_>;
}

/// What the documented policy looks at.
#[derive(Clone, Copy, Debug, PartialEq, Facts)]
pub struct Failure<'a> {
    /// The type of the error.
    pub error: &'a str,
    /// The position of the module.
    pub module: u32,
    /// Whether a handler is attached.
    pub handler: bool,
}

impl Event for Failure<'_> {
    #[inline]
    fn facts(&self) -> &[Fact] {
        &[Fact::Error, Fact::Module, Fact::Handler]
    }

    #[inline]
    fn fact(&self, fact: Fact) -> Value<'_> {
        match fact {
            Fact::Error => Value::Text(self.error),
            Fact::Module => Value::Number(self.module.into()),
            Fact::Handler => Value::Bool(self.handler),
            _ => Value::Absent,
        }
    }
}

/// What the first family looks at.
#[derive(Clone, Copy, Debug, PartialEq, Facts)]
pub struct Call<'a> {
    /// The application that was called.
    pub app: &'a str,
    /// The type of the error.
    pub error: &'a str,
    /// The position of the module.
    pub module: u32,
    /// The HTTP status.
    pub status: u16,
    /// Which attempt failed.
    pub attempt: u32,
}

impl Event for Call<'_> {
    #[inline]
    fn facts(&self) -> &[Fact] {
        &[Fact::App, Fact::Error, Fact::Module, Fact::Status, Fact::Attempt]
    }

    #[inline]
    fn fact(&self, fact: Fact) -> Value<'_> {
        match fact {
            Fact::App => Value::Text(self.app),
            Fact::Error => Value::Text(self.error),
            Fact::Module => Value::Number(self.module.into()),
            Fact::Status => Value::Number(self.status.into()),
            Fact::Attempt => Value::Number(self.attempt.into()),
            _ => Value::Absent,
        }
    }
}

/// What the second and the third family look at; much of it may be absent.
#[derive(Clone, Copy, Debug, PartialEq, Facts)]
pub struct Report<'a> {
    /// The type of the error.
    pub error: &'a str,
    /// The position of the module.
    pub module: u32,
    /// Whether a handler is attached.
    pub handler: bool,
    /// The application that was called.
    pub app: Option<&'a str>,
    /// The HTTP status.
    pub status: Option<u16>,
    /// Which attempt failed.
    pub attempt: u32,
    /// The message of the error.
    pub message: Option<&'a str>,
    /// The milliseconds that the step ran.
    pub elapsed: Option<u32>,
    /// The bytes that the step was given.
    pub size: Option<u32>,
}

impl Event for Report<'_> {
    #[inline]
    fn facts(&self) -> &[Fact] {
        &[
            Fact::Error,
            Fact::Module,
            Fact::Handler,
            Fact::App,
            Fact::Status,
            Fact::Attempt,
            Fact::Message,
            Fact::Elapsed,
            Fact::Size,
        ]
    }

    #[inline]
    fn fact(&self, fact: Fact) -> Value<'_> {
        match fact {
            Fact::Error => Value::Text(self.error),
            Fact::Module => Value::Number(self.module.into()),
            Fact::Handler => Value::Bool(self.handler),
            Fact::App => self.app.map_or(Value::Absent, Value::Text),
            Fact::Status => number(self.status),
            Fact::Attempt => Value::Number(self.attempt.into()),
            Fact::Message => self.message.map_or(Value::Absent, Value::Text),
            Fact::Elapsed => number(self.elapsed),
            Fact::Size => number(self.size),
        }
    }
}

fn number<'a>(value: Option<impl Into<i64>>) -> Value<'a> {
    value.map_or(Value::Absent, |value| Value::Number(value.into()))
}
