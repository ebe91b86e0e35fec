-- +goose Up

-- What a guild has in the place of the shipped knowledge, or beside it. A row
-- without a body that is not hidden has been reset: the shipped entry stands.
CREATE TABLE entry (
    guild_id TEXT    NOT NULL,
    article  TEXT    NOT NULL,
    kind     TEXT    NOT NULL, -- career, section or faq
    entry_id TEXT    NOT NULL,
    revision BIGINT  NOT NULL, -- the number of the newest one
    body     TEXT    NOT NULL,
    hidden   BOOLEAN NOT NULL,
    PRIMARY KEY (guild_id, article, kind, entry_id)
);

-- All that an entry has been. Rows are only ever added.
CREATE TABLE revision (
    guild_id  TEXT    NOT NULL,
    article   TEXT    NOT NULL,
    kind      TEXT    NOT NULL,
    entry_id  TEXT    NOT NULL,
    number    BIGINT  NOT NULL, -- from 1
    action    TEXT    NOT NULL, -- add, edit, remove, reset, undo or import
    body      TEXT    NOT NULL,
    hidden    BOOLEAN NOT NULL,
    author_id TEXT    NOT NULL,
    at        BIGINT  NOT NULL,
    PRIMARY KEY (guild_id, article, kind, entry_id, number)
);
CREATE INDEX revision_author ON revision (author_id);

-- What somebody has prepared and nobody has published.
CREATE TABLE draft (
    id          BIGINT PRIMARY KEY,
    guild_id    TEXT   NOT NULL,
    author_id   TEXT   NOT NULL,
    question_id BIGINT NOT NULL, -- the question that it answers, or 0
    note        TEXT   NOT NULL,
    changes     TEXT   NOT NULL, -- JSON
    created_at  BIGINT NOT NULL
);
CREATE INDEX draft_guild ON draft (guild_id, id);
CREATE INDEX draft_author ON draft (author_id);
