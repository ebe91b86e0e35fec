-- +goose Up

-- What sources called jobs that they list no more, or that are no longer held:
-- one that comes back is not new. It is kept for longer than the jobs. The
-- address of the source stands for it, so that one that was removed and is added
-- again knows its jobs.
CREATE TABLE job_past (
    guild_id    TEXT   NOT NULL,
    source_url  TEXT   NOT NULL,
    external_id TEXT   NOT NULL,
    fingerprint TEXT   NOT NULL,
    url_key     TEXT   NOT NULL,
    first_at    BIGINT NOT NULL, -- first and last seen
    last_at     BIGINT NOT NULL,
    PRIMARY KEY (guild_id, source_url, external_id)
);
CREATE INDEX job_past_fingerprint ON job_past (guild_id, fingerprint);
CREATE INDEX job_past_url ON job_past (guild_id, url_key);
CREATE INDEX job_past_last ON job_past (last_at);

-- When requests were made of which the owner of a feed allows so many, counted
-- from 1 for each key of the operator's, which is not told here. As many are kept
-- as the largest quota allows.
CREATE TABLE request (
    key    TEXT   NOT NULL,
    number BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    PRIMARY KEY (key, number)
);
