-- Times are milliseconds since 1970. What may happen is decided by the program; the rows keep it.

CREATE TABLE scenarios (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    -- JSON: whether it is on, what it keeps, what it lost.
    state TEXT NOT NULL
) STRICT;

CREATE TABLE scenario_log (
    number INTEGER PRIMARY KEY,
    scenario INTEGER NOT NULL REFERENCES scenarios (number),
    -- JSON
    entry TEXT NOT NULL
) STRICT;
CREATE INDEX scenario_log_of ON scenario_log (scenario, number);

-- Who holds a scenario, so that no retry begins beside a run.
CREATE TABLE holds (
    scenario TEXT NOT NULL,
    holder TEXT NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (scenario, holder)
) STRICT, WITHOUT ROWID;

-- What lists and claims ask for. All of it follows from the log, but for the lease.
CREATE TABLE executions (
    -- Never given twice, so that a place in a list stays.
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    scenario INTEGER NOT NULL REFERENCES scenarios (number),
    sequence INTEGER NOT NULL,
    version INTEGER NOT NULL,
    -- 0 unresolved, 1 pending, 2 in progress, 3 resolved
    status INTEGER NOT NULL,
    -- When it is tried next.
    due INTEGER,
    -- Why it is tried then: 0 by its schedule, 1 since a person asked for it, 2 since a person let it go at a pace.
    asked INTEGER NOT NULL,
    lease INTEGER,
    created INTEGER NOT NULL,
    resolved INTEGER,
    error TEXT NOT NULL,
    message TEXT NOT NULL,
    rule TEXT NOT NULL,
    tries INTEGER NOT NULL,
    size INTEGER NOT NULL,
    key TEXT,
    once TEXT
) STRICT;
CREATE INDEX executions_due ON executions (scenario, asked, due, number) WHERE status = 1;
CREATE INDEX executions_next ON executions (due) WHERE status = 1;
CREATE INDEX executions_lease ON executions (lease) WHERE status = 2;
CREATE INDEX executions_running ON executions (scenario) WHERE status = 2;
CREATE INDEX executions_resolved ON executions (scenario, resolved) WHERE status = 3;
CREATE INDEX executions_listed ON executions (scenario, status, number);
CREATE INDEX executions_status ON executions (status, number);
CREATE INDEX executions_alike ON executions (error, status, number, rule);
CREATE INDEX executions_of_key ON executions (scenario, key, number) WHERE status <> 3;
CREATE UNIQUE INDEX executions_once ON executions (scenario, once) WHERE once IS NOT NULL;

CREATE TABLE log (
    execution INTEGER NOT NULL REFERENCES executions (number),
    number INTEGER NOT NULL,
    -- JSON
    entry TEXT NOT NULL,
    PRIMARY KEY (execution, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE payloads (
    number INTEGER PRIMARY KEY,
    execution INTEGER NOT NULL REFERENCES executions (number),
    edition INTEGER NOT NULL,
    -- 0 plain, 1 sealed, 2 reference
    kind INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    UNIQUE (execution, edition)
) STRICT;
