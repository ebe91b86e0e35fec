-- name: Entries :many
SELECT * FROM entry
WHERE guild_id = @guild_id AND (hidden OR body <> '')
ORDER BY article, kind, entry_id;

-- name: AllEntries :many
SELECT * FROM entry
WHERE hidden OR body <> ''
ORDER BY guild_id, article, kind, entry_id;

-- name: AddEntry :execrows
INSERT INTO entry (guild_id, article, kind, entry_id, revision, body, hidden)
VALUES (@guild_id, @article, @kind, @entry_id, 1, @body, @hidden)
ON CONFLICT DO NOTHING;

-- name: ChangeEntry :execrows
UPDATE entry SET revision = revision + 1, body = @body, hidden = @hidden
WHERE guild_id = @guild_id AND article = @article AND kind = @kind AND entry_id = @entry_id AND revision = @base;

-- name: AddRevision :exec
INSERT INTO revision (guild_id, article, kind, entry_id, number, action, body, hidden, author_id, at, deed_id)
VALUES (@guild_id, @article, @kind, @entry_id, @number, @action, @body, @hidden, @author_id, @at, @deed_id);

-- name: DeedRevisions :many
SELECT * FROM revision WHERE deed_id = @deed_id AND guild_id = @guild_id
ORDER BY article, kind, entry_id;

-- name: Revision :one
SELECT * FROM revision
WHERE guild_id = @guild_id AND article = @article AND kind = @kind AND entry_id = @entry_id AND number = @number;

-- name: Revisions :many
SELECT * FROM revision
WHERE guild_id = @guild_id AND article = @article AND kind = @kind AND entry_id = @entry_id
ORDER BY number DESC LIMIT @most;
