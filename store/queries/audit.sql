-- name: AddAudit :exec
INSERT INTO audit (id, guild_id, person_id, action, target, detail, at)
VALUES (@id, @guild_id, @person_id, @action, @target, @detail, @at);

-- name: Audit :many
SELECT * FROM audit WHERE guild_id = @guild_id AND id < @before ORDER BY id DESC LIMIT @most;

-- name: Deed :one
SELECT * FROM audit WHERE guild_id = @guild_id AND id = @id;
