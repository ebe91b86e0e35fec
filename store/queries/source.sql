-- name: AddSource :one
INSERT INTO source (id, guild_id, kind, url, name, interval_ms, state, next_at, seeded_at, worked_at, failures, fault, disabled, told_at, added_by, added_at)
VALUES (@id, @guild_id, @kind, @url, @name, @interval_ms, '', @at, 0, 0, 0, '', '', 0, @added_by, @at)
ON CONFLICT (guild_id, url) DO UPDATE SET
    kind = excluded.kind, name = excluded.name, interval_ms = excluded.interval_ms,
    next_at = CASE WHEN source.disabled <> '' THEN excluded.next_at ELSE source.next_at END,
    failures = CASE WHEN source.disabled <> '' THEN 0 ELSE source.failures END,
    disabled = '', told_at = 0
RETURNING *;

-- name: Sources :many
SELECT * FROM source WHERE guild_id = @guild_id ORDER BY id;

-- name: AllSources :many
SELECT * FROM source ORDER BY guild_id, id;

-- name: Source :one
SELECT * FROM source WHERE id = @id;

-- name: TakeSource :one
DELETE FROM source WHERE guild_id = @guild_id AND id = @id RETURNING *;

-- name: ClaimSources :many
UPDATE source SET next_at = @until
WHERE next_at > 0 AND next_at <= CAST(@at AS BIGINT) AND id IN (
    SELECT s.id FROM source s WHERE s.next_at > 0 AND s.next_at <= CAST(@at AS BIGINT)
    AND NOT EXISTS (SELECT 1 FROM guild g WHERE g.id = s.guild_id AND g.left_at > 0)
    ORDER BY s.next_at, s.id LIMIT @most)
RETURNING *;

-- name: LeaseSource :one
UPDATE source SET next_at = @until WHERE id = @id AND next_at > 0 AND next_at <= CAST(@until AS BIGINT) RETURNING *;

-- name: SourceFetched :one
UPDATE source SET
    state = @state, next_at = @next_at, seeded_at = @seeded_at, worked_at = @worked_at,
    failures = @failures, fault = @fault, disabled = @disabled
WHERE id = @id
RETURNING *;

-- name: ClaimDisabled :many
UPDATE source SET told_at = @at WHERE disabled <> '' AND told_at = 0 RETURNING *;

-- name: DropCopies :exec
DELETE FROM job_copy WHERE source_id = @source_id AND seen_at < @before;

-- name: CopiedJobs :many
SELECT DISTINCT job_id FROM job_copy WHERE source_id = @source_id AND seen_at < @before;

-- name: SeenCopies :exec
UPDATE job_copy SET seen_at = @at WHERE source_id = @source_id;

-- name: SeenJobs :exec
UPDATE job SET last_at = @at WHERE id IN (SELECT c.job_id FROM job_copy c WHERE c.source_id = @source_id);
