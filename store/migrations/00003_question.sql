-- +goose Up

-- What was asked and not answered, or not well. Nothing here tells who asked.
CREATE TABLE question (
    id             BIGINT PRIMARY KEY,
    guild_id       TEXT   NOT NULL,
    text_key       TEXT   NOT NULL, -- the same for questions that are alike
    text           TEXT   NOT NULL, -- as it was first put
    reason         TEXT   NOT NULL, -- abstained or not-helpful
    occupation     TEXT   NOT NULL,
    state          TEXT   NOT NULL, -- open, answered or dismissed
    asked          BIGINT NOT NULL, -- how often
    first_at       BIGINT NOT NULL,
    last_at        BIGINT NOT NULL,
    answer_article TEXT   NOT NULL, -- the entry that answers it; empty while it is open
    answer_kind    TEXT   NOT NULL,
    answer_id      TEXT   NOT NULL,
    UNIQUE (guild_id, text_key)
);
CREATE INDEX question_queue ON question (guild_id, state, asked);
CREATE INDEX question_last ON question (last_at);

CREATE TABLE question_channel (
    question_id BIGINT NOT NULL REFERENCES question (id) ON DELETE CASCADE,
    channel_id  TEXT   NOT NULL,
    asked       BIGINT NOT NULL,
    PRIMARY KEY (question_id, channel_id)
);

-- Who wants to be told once a question is answered.
CREATE TABLE waiting (
    id           BIGINT  PRIMARY KEY,
    question_id  BIGINT  NOT NULL REFERENCES question (id) ON DELETE CASCADE,
    person_id    TEXT    NOT NULL,
    channel_id   TEXT    NOT NULL,
    message_id   TEXT    NOT NULL,
    private      BOOLEAN NOT NULL,
    since        BIGINT  NOT NULL,
    tried_at     BIGINT  NOT NULL, -- when a process first took it up
    leased_until BIGINT  NOT NULL, -- until then no other process takes it up
    told_at      BIGINT  NOT NULL,
    UNIQUE (question_id, person_id)
);
CREATE INDEX waiting_person ON waiting (person_id);
CREATE INDEX waiting_told ON waiting (told_at, leased_until);

-- Questions whose answers moderators want to keep as they are.
CREATE TABLE check_question (
    id           BIGINT PRIMARY KEY,
    guild_id     TEXT   NOT NULL,
    text         TEXT   NOT NULL,
    occupation   TEXT   NOT NULL,
    want_article TEXT   NOT NULL,
    want_kind    TEXT   NOT NULL,
    want_id      TEXT   NOT NULL,
    author_id    TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    UNIQUE (guild_id, text, occupation)
);
CREATE INDEX check_question_author ON check_question (author_id);

CREATE TABLE vote (
    guild_id  TEXT    NOT NULL,
    answer_id TEXT    NOT NULL,
    person_id TEXT    NOT NULL,
    helpful   BOOLEAN NOT NULL,
    article   TEXT    NOT NULL, -- the entry that was shown
    kind      TEXT    NOT NULL,
    entry_id  TEXT    NOT NULL,
    question  TEXT    NOT NULL, -- as it was asked
    at        BIGINT  NOT NULL,
    PRIMARY KEY (guild_id, answer_id, person_id)
);
CREATE INDEX vote_person ON vote (person_id);
