-- +goose Up

-- What somebody typed of a subscription and that cannot be read, as JSON by the
-- name of the field; empty if all could. It cannot be saved before it is mended.
ALTER TABLE subscription_draft ADD COLUMN typed TEXT NOT NULL DEFAULT '';
