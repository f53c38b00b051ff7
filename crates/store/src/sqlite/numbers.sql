-- A person calls an execution by its scenario and number; with this it is one seek, however many there are.
CREATE INDEX executions_numbered ON executions (scenario, sequence);
