-- name: SaveCheck :one
INSERT INTO check_question (id, guild_id, text, occupation, want_article, want_kind, want_id, author_id, at)
VALUES (@id, @guild_id, @text, @occupation, @want_article, @want_kind, @want_id, @author_id, @at)
ON CONFLICT (guild_id, text, occupation) DO UPDATE SET
    want_article = excluded.want_article, want_kind = excluded.want_kind, want_id = excluded.want_id,
    author_id = excluded.author_id, at = excluded.at
RETURNING id;

-- name: Checks :many
SELECT * FROM check_question WHERE guild_id = @guild_id ORDER BY id;

-- name: TakeCheck :one
DELETE FROM check_question WHERE guild_id = @guild_id AND id = @id RETURNING *;
