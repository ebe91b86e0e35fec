-- +goose Up

-- How many questions were answered in each week, and how many were missed. It
-- tells neither what was asked nor who asked.
CREATE TABLE tally (
    guild_id TEXT   NOT NULL,
    week     BIGINT NOT NULL, -- when it began: on Monday, in UTC
    topic    TEXT   NOT NULL, -- of the answers; empty for questions that were missed
    answered BIGINT NOT NULL,
    missed   BIGINT NOT NULL,
    PRIMARY KEY (guild_id, week, topic)
);
CREATE INDEX tally_week ON tally (week);
