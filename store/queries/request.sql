-- name: LastRequest :one
SELECT CAST(COALESCE(max(number), 0) AS BIGINT) FROM request WHERE key = @key;

-- name: RequestAt :one
SELECT at FROM request WHERE key = @key AND number = @number;

-- name: AddRequest :execrows
INSERT INTO request (key, number, at) VALUES (@key, @number, @at) ON CONFLICT DO NOTHING;

-- name: ForgetRequests :exec
DELETE FROM request WHERE key = @key AND number <= @number;

-- name: CountSources :one
SELECT count(*) FROM source s WHERE s.kind = @kind AND s.disabled = ''
AND NOT EXISTS (SELECT 1 FROM guild g WHERE g.id = s.guild_id AND g.left_at > 0);
