-- name: AddDraft :exec
INSERT INTO draft (id, guild_id, author_id, note, changes, created_at, questions)
VALUES (@id, @guild_id, @author_id, @note, @changes, @created_at, @questions);

-- name: ChangeDraft :one
UPDATE draft SET questions = @questions, note = @note, changes = @changes
WHERE guild_id = @guild_id AND id = @id
RETURNING *;

-- name: Draft :one
SELECT * FROM draft WHERE guild_id = @guild_id AND id = @id;

-- name: Drafts :many
SELECT * FROM draft WHERE guild_id = @guild_id ORDER BY id;

-- name: TakeDraft :one
DELETE FROM draft WHERE guild_id = @guild_id AND id = @id RETURNING *;

-- name: DeleteDraftsBefore :execrows
DELETE FROM draft WHERE created_at <= @before;
