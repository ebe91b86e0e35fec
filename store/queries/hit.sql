-- name: PendingHits :many
SELECT h.fingerprint, sqlc.embed(j) FROM subscription_hit h JOIN job j ON j.id = h.job_id
WHERE h.subscription_id = @subscription_id AND h.delivery_id = 0 AND (j.closes_at = 0 OR j.closes_at > @at) AND j.id < @before
ORDER BY j.id DESC LIMIT @most;

-- name: ToldHits :many
SELECT h.fingerprint, CAST(max(o.delivery_id) AS BIGINT) AS delivery_id
FROM subscription_hit h CROSS JOIN job j CROSS JOIN job k CROSS JOIN subscription_hit o -- which SQLite takes as the order
WHERE h.subscription_id = @subscription_id AND h.delivery_id = 0
AND j.id = h.job_id AND j.url_key <> ''
AND k.guild_id IN (@guild_id, '') AND k.url_key = j.url_key AND k.id <> j.id
AND o.subscription_id = h.subscription_id AND o.fingerprint = k.fingerprint AND o.delivery_id <> 0
AND (o.at > h.at - CAST(@within AS BIGINT)
    OR EXISTS (SELECT 1 FROM job l WHERE l.guild_id IN (@guild_id, '') AND l.url_key = j.url_key
        AND l.first_at < j.first_at AND l.last_at > h.at - CAST(@within AS BIGINT))
    OR EXISTS (SELECT 1 FROM job_past l WHERE l.guild_id IN (@guild_id, '') AND l.url_key = j.url_key
        AND l.first_at < j.first_at AND l.last_at > h.at - CAST(@within AS BIGINT)))
GROUP BY h.fingerprint ORDER BY h.fingerprint;

-- name: ToldPast :many
SELECT h.fingerprint, CAST(max(o.delivery_id) AS BIGINT) AS delivery_id
FROM subscription_hit h CROSS JOIN job j CROSS JOIN job_past k CROSS JOIN subscription_hit o -- as above
WHERE h.subscription_id = @subscription_id AND h.delivery_id = 0
AND j.id = h.job_id AND j.url_key <> ''
AND k.guild_id IN (@guild_id, '') AND k.url_key = j.url_key AND k.fingerprint <> h.fingerprint
AND o.subscription_id = h.subscription_id AND o.fingerprint = k.fingerprint AND o.delivery_id <> 0
AND (o.at > h.at - CAST(@within AS BIGINT)
    OR EXISTS (SELECT 1 FROM job l WHERE l.guild_id IN (@guild_id, '') AND l.url_key = j.url_key
        AND l.first_at < j.first_at AND l.last_at > h.at - CAST(@within AS BIGINT))
    OR EXISTS (SELECT 1 FROM job_past l WHERE l.guild_id IN (@guild_id, '') AND l.url_key = j.url_key
        AND l.first_at < j.first_at AND l.last_at > h.at - CAST(@within AS BIGINT)))
GROUP BY h.fingerprint ORDER BY h.fingerprint;

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
DELETE FROM subscription_hit WHERE at <= @before
AND NOT EXISTS (
    SELECT 1 FROM subscription s CROSS JOIN job j
    WHERE s.id = subscription_hit.subscription_id AND j.guild_id IN (s.guild_id, '') AND j.fingerprint = subscription_hit.fingerprint)
AND NOT EXISTS (
    SELECT 1 FROM subscription s CROSS JOIN job_past p
    WHERE s.id = subscription_hit.subscription_id AND p.guild_id IN (s.guild_id, '') AND p.fingerprint = subscription_hit.fingerprint);

-- name: PersonHits :many
SELECT h.* FROM subscription_hit h JOIN subscription s ON s.id = h.subscription_id
WHERE s.person_id = @person_id ORDER BY h.subscription_id, h.at, h.fingerprint;
