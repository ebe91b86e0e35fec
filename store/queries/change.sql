-- name: CountChange :one
INSERT INTO change_counter (id, seq) VALUES (1, 1)
ON CONFLICT (id) DO UPDATE SET seq = change_counter.seq + 1
RETURNING seq;

-- name: MarkChange :exec
INSERT INTO change (guild_id, seq) VALUES (@guild_id, @seq)
ON CONFLICT (guild_id) DO UPDATE SET seq = excluded.seq;

-- name: ChangesAfter :many
SELECT guild_id, seq FROM change WHERE seq > @after ORDER BY seq;
