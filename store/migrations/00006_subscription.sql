-- +goose Up

-- Who looks for what, and when they want to hear of it.
CREATE TABLE subscription (
    id         BIGINT PRIMARY KEY,
    person_id  TEXT   NOT NULL,
    slot       BIGINT NOT NULL, -- from 0: a person has as many as there are slots
    guild_id   TEXT   NOT NULL, -- where it was made; empty in direct messages
    query      TEXT   NOT NULL, -- JSON
    schedule   TEXT   NOT NULL, -- JSON
    channel_id TEXT   NOT NULL, -- of the direct messages; empty until it is known
    state      TEXT   NOT NULL, -- active or paused
    reason     TEXT   NOT NULL, -- why it is paused
    until_at   BIGINT NOT NULL, -- paused until then; 0 until it is resumed
    told       BOOLEAN NOT NULL, -- of the reason
    next_due   BIGINT NOT NULL, -- 0 if nothing will fall due
    last_due   BIGINT NOT NULL, -- when it last fell due
    created_at BIGINT NOT NULL,
    UNIQUE (person_id, slot)
);
CREATE INDEX subscription_due ON subscription (next_due) WHERE next_due > 0;
CREATE INDEX subscription_guild ON subscription (guild_id);

-- What somebody is to be told of, or was. A job that is posted again has the
-- same fingerprint, and so comes once.
CREATE TABLE subscription_hit (
    subscription_id BIGINT NOT NULL REFERENCES subscription (id) ON DELETE CASCADE,
    fingerprint     TEXT   NOT NULL,
    job_id          BIGINT NOT NULL,
    at              BIGINT NOT NULL,
    delivery_id     BIGINT NOT NULL, -- 0 while it waits
    PRIMARY KEY (subscription_id, fingerprint)
);
CREATE INDEX subscription_hit_at ON subscription_hit (at);

-- Messages that are to be sent, or were. The hits of each are what it tells of.
CREATE TABLE subscription_delivery (
    id              BIGINT PRIMARY KEY,
    subscription_id BIGINT NOT NULL REFERENCES subscription (id) ON DELETE CASCADE,
    more            BIGINT NOT NULL, -- how many wait for the next one
    state           TEXT   NOT NULL, -- frozen, sending, sent, dropped or failed
    reason          TEXT   NOT NULL, -- why it was not sent
    tries           BIGINT NOT NULL,
    first_try       BIGINT NOT NULL, -- of this epoch
    epoch           BIGINT NOT NULL, -- counts nonces
    message_id      TEXT   NOT NULL,
    frozen_at       BIGINT NOT NULL,
    done_at         BIGINT NOT NULL
);
CREATE INDEX subscription_delivery_of ON subscription_delivery (subscription_id, id);
CREATE INDEX subscription_delivery_open ON subscription_delivery (subscription_id, id) WHERE done_at = 0;
CREATE INDEX subscription_delivery_done ON subscription_delivery (done_at);

-- When work that nobody waits for was last done.
CREATE TABLE work_done (
    name TEXT   PRIMARY KEY, -- tick or match
    at   BIGINT NOT NULL
);

-- What somebody is looking at and has not saved: a search, or a subscription
-- before it is confirmed.
CREATE TABLE subscription_draft (
    id         BIGINT PRIMARY KEY,
    person_id  TEXT   NOT NULL,
    guild_id   TEXT   NOT NULL, -- where it was made; empty in direct messages
    query      TEXT   NOT NULL, -- JSON
    schedule   TEXT   NOT NULL, -- JSON; of a search that says no when, the empty schedule
    created_at BIGINT NOT NULL
);
CREATE INDEX subscription_draft_person ON subscription_draft (person_id, id);
