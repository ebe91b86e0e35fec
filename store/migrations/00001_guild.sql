-- Every id of Discord is TEXT, every id of ours a BIGINT that the program makes.
-- Times are milliseconds since 1970 in UTC; 0 is never. There is no way back
-- from a migration but a backup.

-- +goose Up
CREATE TABLE guild (
    id         TEXT   PRIMARY KEY,
    settings   TEXT   NOT NULL, -- JSON
    joined_at  BIGINT NOT NULL,
    left_at    BIGINT NOT NULL, -- 0 while the bot is there
    greeted_at BIGINT NOT NULL
);

-- What was last changed in each guild, for other processes to read along.
CREATE TABLE change (
    guild_id TEXT   PRIMARY KEY,
    seq      BIGINT NOT NULL
);
CREATE INDEX change_seq ON change (seq);

-- The one row that counts changes. Whoever changes something locks it until
-- the end of the transaction, so that numbers appear in their order.
CREATE TABLE change_counter (
    id  BIGINT PRIMARY KEY,
    seq BIGINT NOT NULL
);

CREATE TABLE audit (
    id        BIGINT PRIMARY KEY,
    guild_id  TEXT   NOT NULL,
    person_id TEXT   NOT NULL,
    action    TEXT   NOT NULL,
    target    TEXT   NOT NULL,
    detail    TEXT   NOT NULL,
    at        BIGINT NOT NULL
);
CREATE INDEX audit_guild ON audit (guild_id, id);
CREATE INDEX audit_person ON audit (person_id);
