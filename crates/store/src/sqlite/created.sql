-- What was stored in a time that is asked for, or has an id that begins so, is found by that time.
CREATE INDEX executions_created ON executions (created);
