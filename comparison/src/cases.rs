//! The rows of the comparison, and what it takes to fill in one cell of one.

/// A row: one question to several contenders.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Row {
    SpawnRun,
    SelfWake,
    WakeAnother,
    TaskPingPong,
    TaskBytes,
    RegisterDrop,
    RegisterWakePoll,
    WakeAmong10,
    WakeAmong1000,
    QueueBytes,
    WaiterBytes,
    SendReceive,
    ChannelPingPong,
}

impl Row {
    /// All rows, as they are printed.
    pub const ALL: [Self; 13] = [
        Self::SpawnRun,
        Self::SelfWake,
        Self::WakeAnother,
        Self::TaskPingPong,
        Self::TaskBytes,
        Self::RegisterDrop,
        Self::RegisterWakePoll,
        Self::WakeAmong10,
        Self::WakeAmong1000,
        Self::QueueBytes,
        Self::WaiterBytes,
        Self::SendReceive,
        Self::ChannelPingPong,
    ];

    /// What is measured.
    pub fn title(self) -> &'static str {
        match self {
            Self::SpawnRun => "executor: spawn a task and run it to its end",
            Self::SelfWake => "executor: a task wakes itself and is polled",
            Self::WakeAnother => "executor: a task wakes another and itself, both are polled",
            Self::TaskPingPong => "executor: two tasks wake each other, there and back",
            Self::TaskBytes => "executor: bytes of a task beyond its future",
            Self::RegisterDrop => "wait queue: register a waiter and drop it",
            Self::RegisterWakePoll => "wait queue: register a waiter, wake it, poll it",
            Self::WakeAmong10 => "wait queue: wake one of 10, poll it, register another",
            Self::WakeAmong1000 => "wait queue: wake one of 1000, poll it, register another",
            Self::QueueBytes => "wait queue: bytes of a queue",
            Self::WaiterBytes => "wait queue: bytes of a waiter",
            Self::SendReceive => "channel: send and receive 64 bytes",
            Self::ChannelPingPong => "channel: 64 bytes from one task to another and back",
        }
    }

    /// Operations for a measurement: long enough to time, short enough not to be interrupted often.
    pub fn operations(self) -> u64 {
        match self {
            Self::TaskBytes | Self::QueueBytes | Self::WaiterBytes => 0,
            Self::ChannelPingPong | Self::SpawnRun => 6_400,
            _ => 32_000,
        }
    }
}

/// How a cell is filled in.
#[derive(Clone, Copy)]
pub enum Work {
    /// Does something so many times.
    Speed(fn(u64)),
    /// Tells a size in bytes.
    Size(fn() -> u64),
}

/// A cell: a row's question to one contender.
#[derive(Clone, Copy)]
pub struct Case {
    pub row: Row,
    pub contender: &'static str,
    pub work: Work,
}

impl Case {
    pub fn speed(row: Row, contender: &'static str, work: fn(u64)) -> Self {
        Self { row, contender, work: Work::Speed(work) }
    }

    pub fn size(row: Row, contender: &'static str, work: fn() -> u64) -> Self {
        Self { row, contender, work: Work::Size(work) }
    }

    /// The name by which this program calls itself for one case.
    pub fn name(&self) -> String {
        format!("{:?}/{}", self.row, self.contender)
    }
}
