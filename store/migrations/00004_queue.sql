-- +goose Up

-- A draft can answer several questions, which are put together where they ask
-- the same: a JSON list of their ids in the place of one.
ALTER TABLE draft ADD COLUMN questions TEXT NOT NULL DEFAULT '[]';
UPDATE draft SET questions = '[' || CAST(question_id AS TEXT) || ']' WHERE question_id <> 0;
ALTER TABLE draft DROP COLUMN question_id;

-- When moderators were last told of the queue.
ALTER TABLE guild ADD COLUMN noticed_at BIGINT NOT NULL DEFAULT 0;

-- What has stopped working in a guild, and moderators have been told of.
CREATE TABLE trouble (
    guild_id TEXT   NOT NULL,
    what     TEXT   NOT NULL,
    since    BIGINT NOT NULL,
    PRIMARY KEY (guild_id, what)
);
