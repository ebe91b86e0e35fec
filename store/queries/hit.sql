-- name: PendingHits :many
SELECT h.fingerprint, sqlc.embed(j) FROM subscription_hit h JOIN job j ON j.id = h.job_id
WHERE h.subscription_id = @subscription_id AND h.delivery_id = 0 AND (j.closes_at = 0 OR j.closes_at > @at) AND j.id < @before
ORDER BY j.id DESC LIMIT @most;

-- name: FrozenJobs :many
SELECT j.* FROM subscription_hit h JOIN job j ON j.id = h.job_id
WHERE h.subscription_id = @subscription_id AND h.delivery_id = @delivery_id AND (j.closes_at = 0 OR j.closes_at > @at)
ORDER BY j.id;

-- name: FreezeHit :exec
UPDATE subscription_hit SET delivery_id = @delivery_id
WHERE subscription_id = @subscription_id AND fingerprint = @fingerprint AND delivery_id = 0;

-- name: ThawHits :exec
UPDATE subscription_hit SET delivery_id = 0 WHERE subscription_id = @subscription_id AND delivery_id = @delivery_id;

-- name: DropHit :exec
DELETE FROM subscription_hit WHERE subscription_id = @subscription_id AND fingerprint = @fingerprint AND delivery_id = 0;

-- name: HitOf :one
SELECT * FROM subscription_hit WHERE subscription_id = @subscription_id AND fingerprint = @fingerprint;

-- name: CountHits :one
SELECT count(*) AS total, CAST(COALESCE(max(h.at), 0) AS BIGINT) AS last_at,
    count(CASE WHEN h.delivery_id = 0 AND (j.closes_at = 0 OR j.closes_at > CAST(@at AS BIGINT)) THEN 1 END) AS waiting
FROM subscription_hit h LEFT JOIN job j ON j.id = h.job_id WHERE h.subscription_id = @subscription_id;

-- name: DeleteHitsBefore :execrows
DELETE FROM subscription_hit WHERE at <= @before;

-- name: PersonHits :many
SELECT h.* FROM subscription_hit h JOIN subscription s ON s.id = h.subscription_id
WHERE s.person_id = @person_id ORDER BY h.subscription_id, h.at, h.fingerprint;
