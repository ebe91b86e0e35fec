-- +goose Up

-- Where jobs are read.
CREATE TABLE source (
    id          BIGINT PRIMARY KEY,
    guild_id    TEXT   NOT NULL, -- empty: the operator's, for all
    kind        TEXT   NOT NULL,
    url         TEXT   NOT NULL,
    name        TEXT   NOT NULL,
    interval_ms BIGINT NOT NULL, -- between two fetches, if longer than its terms want
    state       TEXT   NOT NULL, -- what whoever fetches it keeps; empty at first
    next_at     BIGINT NOT NULL, -- when it is fetched next; 0 while it is disabled
    seeded_at   BIGINT NOT NULL, -- since when its jobs are new to us
    worked_at   BIGINT NOT NULL,
    failures    BIGINT NOT NULL, -- since it last worked
    fault       TEXT   NOT NULL, -- of the last fetch
    disabled    TEXT   NOT NULL, -- why; empty while it is fetched
    told_at     BIGINT NOT NULL, -- when somebody was told that it is disabled
    added_by    TEXT   NOT NULL,
    added_at    BIGINT NOT NULL,
    UNIQUE (guild_id, url)
);
CREATE INDEX source_next ON source (next_at) WHERE next_at > 0;
CREATE INDEX source_added_by ON source (added_by);

-- The jobs held. A guild's are apart from the operator's and from those of
-- other guilds: what one guild reads never changes what another is shown.
CREATE TABLE job (
    id          BIGINT  PRIMARY KEY,
    guild_id    TEXT    NOT NULL, -- that of its sources
    fingerprint TEXT    NOT NULL,
    url_key     TEXT    NOT NULL, -- empty if the address is that of several jobs
    body        TEXT    NOT NULL, -- JSON
    first_at    BIGINT  NOT NULL, -- first and last seen
    last_at     BIGINT  NOT NULL,
    closes_at   BIGINT  NOT NULL, -- it takes no applications from then on; 0 if that is not known
    changed_at  BIGINT  NOT NULL,
    matched     BOOLEAN NOT NULL
);
CREATE INDEX job_fingerprint ON job (guild_id, fingerprint);
CREATE INDEX job_url ON job (guild_id, url_key);
CREATE INDEX job_changed ON job (guild_id, changed_at);
CREATE INDEX job_last ON job (last_at);
CREATE INDEX job_new ON job (id) WHERE NOT matched;

-- What sources call the jobs.
CREATE TABLE job_copy (
    source_id   BIGINT NOT NULL,
    external_id TEXT   NOT NULL,
    job_id      BIGINT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    seen_at     BIGINT NOT NULL,
    PRIMARY KEY (source_id, external_id)
);
CREATE INDEX job_copy_job ON job_copy (job_id);
