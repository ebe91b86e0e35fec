-- +goose Up

-- The line of the audit that a revision came with: what was published together
-- can be taken back together. 0 for those from before.
ALTER TABLE revision ADD COLUMN deed_id BIGINT NOT NULL DEFAULT 0;
CREATE INDEX revision_deed ON revision (deed_id);
