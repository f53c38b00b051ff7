-- Executions that failed alike: of one scenario, with one error, decided by one rule. They are few, so a page of those
-- with an error or a rule is made of few runs through an index, however many executions there are.
CREATE TABLE kinds (
    number INTEGER PRIMARY KEY,
    scenario INTEGER NOT NULL REFERENCES scenarios (number),
    error TEXT NOT NULL,
    rule TEXT NOT NULL,
    UNIQUE (scenario, error, rule)
) STRICT;
CREATE INDEX kinds_of_error ON kinds (error);
CREATE INDEX kinds_of_rule ON kinds (rule);
INSERT INTO kinds (scenario, error, rule) SELECT DISTINCT scenario, error, rule FROM executions;

ALTER TABLE executions ADD COLUMN kind INTEGER REFERENCES kinds (number);
UPDATE executions SET kind = (SELECT k.number FROM kinds k WHERE k.scenario = executions.scenario
                              AND k.error = executions.error AND k.rule = executions.rule);
DROP INDEX executions_alike;
ALTER TABLE executions DROP COLUMN error;
ALTER TABLE executions DROP COLUMN rule;
CREATE INDEX executions_alike ON executions (kind, status, number);
CREATE INDEX executions_alike_due ON executions (kind, due) WHERE status = 1;
