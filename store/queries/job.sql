-- name: JobOfCopy :one
SELECT j.* FROM job j JOIN job_copy c ON c.job_id = j.id
WHERE c.source_id = @source_id AND c.external_id = @external_id;

-- name: JobLike :one
SELECT * FROM job
WHERE guild_id = @guild_id AND last_at > @after
AND (fingerprint = @fingerprint OR url_key = @url_key AND url_key <> '')
ORDER BY CASE WHEN url_key = @url_key AND url_key <> '' THEN 0 ELSE 1 END, id DESC LIMIT 1;

-- name: AddJob :exec
INSERT INTO job (id, guild_id, fingerprint, url_key, body, first_at, last_at, closes_at, changed_at, matched)
VALUES (@id, @guild_id, @fingerprint, @url_key, @body, @first_at, @at, @closes_at, @at, @matched);

-- name: ChangeJob :exec
UPDATE job SET body = @body, url_key = @url_key, closes_at = @closes_at, last_at = @at, changed_at = @at
WHERE id = @id;

-- name: SeenJob :exec
UPDATE job SET last_at = @at WHERE id = @id;

-- name: SeenCopy :exec
INSERT INTO job_copy (source_id, external_id, job_id, seen_at) VALUES (@source_id, @external_id, @job_id, @at)
ON CONFLICT (source_id, external_id) DO UPDATE SET job_id = excluded.job_id, seen_at = excluded.seen_at;

-- name: CountCopies :one
SELECT count(*) FROM job_copy WHERE job_id = @job_id;

-- name: JobByID :one
SELECT * FROM job WHERE id = @id;

-- name: NewJobs :many
SELECT * FROM job WHERE NOT matched ORDER BY id LIMIT @most;

-- name: Matched :exec
UPDATE job SET matched = TRUE WHERE id = @id;

-- name: VisibleJob :one
SELECT * FROM job WHERE id = @id AND (guild_id = @guild_id OR guild_id = '');

-- name: OpenJobs :many
SELECT * FROM job
WHERE (guild_id = @guild_id OR guild_id = '') AND (closes_at = 0 OR closes_at > @at)
ORDER BY id;

-- name: JobsMark :one
SELECT count(*) AS held, count(CASE WHEN guild_id <> '' THEN 1 END) AS own, CAST(COALESCE(sum(changed_at), 0) AS BIGINT) AS changed
FROM job WHERE guild_id IN (@guild_id, '');

-- name: SeesJobs :one
SELECT EXISTS (SELECT 1 FROM job WHERE guild_id IN (@guild_id, ''));

-- name: DeleteJobsBefore :execrows
DELETE FROM job WHERE last_at <= @before;

-- name: PastJob :one
SELECT * FROM job_past
WHERE guild_id = @guild_id AND (source_url = @source_url AND external_id = @external_id
    OR last_at > @after AND (fingerprint = @fingerprint OR url_key = @url_key AND url_key <> ''))
ORDER BY CASE WHEN source_url = @source_url AND external_id = @external_id THEN 0 ELSE 1 END, last_at DESC, source_url, external_id LIMIT 1;

-- name: KeepPastOfSource :exec
INSERT INTO job_past (guild_id, source_url, external_id, fingerprint, url_key, first_at, last_at)
SELECT s.guild_id, s.url, c.external_id, j.fingerprint, j.url_key, j.first_at, j.last_at
FROM job_copy c JOIN job j ON j.id = c.job_id JOIN source s ON s.id = c.source_id
WHERE c.source_id = @source_id AND c.seen_at < @before
ORDER BY c.source_id, c.external_id
ON CONFLICT (guild_id, source_url, external_id) DO UPDATE SET
    fingerprint = excluded.fingerprint, url_key = excluded.url_key, first_at = excluded.first_at, last_at = excluded.last_at;

-- name: KeepPastBefore :exec
INSERT INTO job_past (guild_id, source_url, external_id, fingerprint, url_key, first_at, last_at)
SELECT s.guild_id, s.url, c.external_id, j.fingerprint, j.url_key, j.first_at, j.last_at
FROM job_copy c JOIN job j ON j.id = c.job_id JOIN source s ON s.id = c.source_id
WHERE j.last_at <= @before
ORDER BY c.source_id, c.external_id
ON CONFLICT (guild_id, source_url, external_id) DO UPDATE SET
    fingerprint = excluded.fingerprint, url_key = excluded.url_key, first_at = excluded.first_at, last_at = excluded.last_at;

-- name: DeletePastBefore :execrows
DELETE FROM job_past WHERE last_at <= @before;

-- name: DeleteGuildPast :exec
DELETE FROM job_past WHERE guild_id = @guild_id;

-- name: DeleteJob :exec
DELETE FROM job WHERE id = @id;

-- name: DeleteGuildJobs :exec
DELETE FROM job WHERE guild_id = @guild_id;

-- name: DeleteGuildSources :exec
DELETE FROM source WHERE guild_id = @guild_id;
