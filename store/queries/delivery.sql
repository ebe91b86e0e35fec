-- name: AddDelivery :exec
INSERT INTO subscription_delivery (id, subscription_id, more, state, reason, tries, first_try, epoch, message_id, frozen_at, done_at)
VALUES (@id, @subscription_id, @more, 'frozen', '', 0, 0, 0, '', @at, 0);

-- name: TryDelivery :one
UPDATE subscription_delivery SET
    state = 'sending', tries = tries + 1,
    epoch = CASE WHEN first_try > 0 AND (first_try <= CAST(@stale AS BIGINT) OR first_try > CAST(@at AS BIGINT)) THEN epoch + 1 ELSE epoch END,
    first_try = CASE WHEN first_try > CAST(@stale AS BIGINT) AND first_try <= CAST(@at AS BIGINT) THEN first_try ELSE CAST(@at AS BIGINT) END
WHERE id = @id AND done_at = 0
RETURNING *;

-- name: Delivery :one
SELECT * FROM subscription_delivery WHERE id = @id;

-- name: UntryDelivery :exec
UPDATE subscription_delivery SET state = 'frozen', first_try = 0, tries = @counted
WHERE id = @id AND done_at = 0 AND tries = @tries AND epoch = 0;

-- name: EndDelivery :execrows
UPDATE subscription_delivery SET state = @state, reason = @reason, message_id = @message_id, done_at = @at
WHERE id = @id AND done_at = 0;

-- name: OpenDeliveries :many
SELECT id FROM subscription_delivery WHERE done_at = 0 AND id > @after ORDER BY id LIMIT @most;

-- name: LastDelivery :one
SELECT * FROM subscription_delivery WHERE subscription_id = @subscription_id ORDER BY id DESC LIMIT 1;

-- name: DeleteDeliveriesBefore :execrows
DELETE FROM subscription_delivery WHERE done_at > 0 AND done_at <= @before
AND NOT EXISTS (
    SELECT 1 FROM subscription_hit h
    WHERE h.subscription_id = subscription_delivery.subscription_id AND h.delivery_id = subscription_delivery.id);

-- name: DeleteDeliveriesOf :exec
DELETE FROM subscription_delivery WHERE subscription_id = @subscription_id;

-- name: CountSent :one
SELECT count(*) AS total, CAST(COALESCE(min(frozen_at), 0) AS BIGINT) AS first_at FROM subscription_delivery WHERE subscription_id = @subscription_id AND frozen_at > @after;

-- name: WorkDone :exec
INSERT INTO work_done (name, at) VALUES (@name, @at) ON CONFLICT (name) DO UPDATE SET at = excluded.at;

-- name: LastWork :many
SELECT * FROM work_done ORDER BY name;

-- name: PersonDeliveries :many
SELECT d.* FROM subscription_delivery d JOIN subscription s ON s.id = d.subscription_id
WHERE s.person_id = @person_id ORDER BY d.id;
