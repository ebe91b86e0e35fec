-- name: AddSubscription :execrows
INSERT INTO subscription (id, person_id, slot, guild_id, query, schedule, channel_id, state, reason, until_at, told, next_due, last_due, created_at)
VALUES (@id, @person_id, @slot, @guild_id, @query, @schedule, @channel_id, @state, @reason, @until_at, TRUE, @next_due, 0, @at)
ON CONFLICT DO NOTHING;

-- name: PersonSubscriptions :many
SELECT * FROM subscription WHERE person_id = @person_id ORDER BY id;

-- name: PersonSubscription :one
SELECT * FROM subscription WHERE person_id = @person_id AND id = @id;

-- name: Subscription :one
SELECT * FROM subscription WHERE id = @id;

-- name: ChangeSubscription :execrows
UPDATE subscription SET query = @query, schedule = @schedule, channel_id = @channel_id, state = @state, reason = @reason,
    until_at = @until_at, told = @told, next_due = @next_due
WHERE id = @id AND person_id = @person_id;

-- name: DeleteSubscription :execrows
DELETE FROM subscription WHERE person_id = @person_id AND id = @id;

-- name: GuildSubscriptions :many
SELECT id FROM subscription WHERE guild_id = @guild_id ORDER BY id;

-- name: Matchable :many
SELECT id, guild_id, query, schedule, state, until_at, next_due, created_at FROM subscription
WHERE (state = 'active' OR until_at > 0 AND until_at <= @at) AND id > @after
ORDER BY id LIMIT @most;

-- name: MatchableOfGuild :many
SELECT id, guild_id, query, schedule, state, until_at, next_due, created_at FROM subscription
WHERE guild_id = @guild_id AND (state = 'active' OR until_at > 0 AND until_at <= @at) AND id > @after
ORDER BY id LIMIT @most;

-- name: Due :many
SELECT id FROM subscription WHERE next_due > 0 AND next_due <= CAST(@at AS BIGINT) ORDER BY next_due, id LIMIT @most;

-- name: ClaimDue :one
UPDATE subscription SET next_due = 0, last_due = @at, state = 'active', reason = '', until_at = 0, told = TRUE
WHERE id = @id AND next_due > 0 AND next_due <= CAST(@at AS BIGINT)
RETURNING *;

-- name: HoldSubscription :one
UPDATE subscription SET next_due = next_due WHERE id = @id RETURNING *;

-- name: SetDue :exec
UPDATE subscription SET next_due = @next_due WHERE id = @id;

-- name: PauseDue :exec
UPDATE subscription SET state = 'paused', reason = @reason, until_at = 0, told = FALSE, next_due = 0 WHERE id = @id;

-- name: Gather :exec
UPDATE subscription SET next_due = CASE WHEN next_due = 0 AND state = 'active' THEN CAST(@next_due AS BIGINT) ELSE next_due END
WHERE id = @id;

-- name: ClaimUntold :one
UPDATE subscription SET told = TRUE WHERE id = @id AND NOT told RETURNING *;

-- name: SetChannel :exec
UPDATE subscription SET channel_id = @channel_id WHERE id = @id;

-- name: Scheduled :many
SELECT * FROM subscription WHERE next_due > @at AND id > @after ORDER BY id LIMIT @most;

-- name: CountOpenOf :one
SELECT count(*) FROM subscription_delivery WHERE subscription_id = @subscription_id AND done_at = 0;

-- name: HurrySources :exec
UPDATE source SET next_at = @at WHERE next_at > @latest;

-- name: AddSubscriptionDraft :exec
INSERT INTO subscription_draft (id, person_id, guild_id, query, schedule, typed, created_at)
VALUES (@id, @person_id, @guild_id, @query, @schedule, @typed, @created_at);

-- name: SubscriptionDraft :one
SELECT * FROM subscription_draft WHERE person_id = @person_id AND id = @id;

-- name: ChangeSubscriptionDraft :one
UPDATE subscription_draft SET query = @query, schedule = @schedule, typed = @typed WHERE person_id = @person_id AND id = @id RETURNING *;

-- name: TakeSubscriptionDraft :one
DELETE FROM subscription_draft WHERE person_id = @person_id AND id = @id AND typed = '' RETURNING *;

-- name: TrimSubscriptionDrafts :exec
DELETE FROM subscription_draft WHERE subscription_draft.person_id = @person_id AND subscription_draft.id NOT IN (
    SELECT d.id FROM subscription_draft d WHERE d.person_id = @person_id ORDER BY d.id DESC LIMIT @most
);

-- name: PersonSubscriptionDrafts :many
SELECT * FROM subscription_draft WHERE person_id = @person_id ORDER BY id;

-- name: DeletePersonSubscriptionDrafts :execrows
DELETE FROM subscription_draft WHERE person_id = @person_id;

-- name: DeleteGuildSubscriptionDrafts :exec
DELETE FROM subscription_draft WHERE guild_id = @guild_id;

-- name: DeleteSubscriptionDraftsBefore :execrows
DELETE FROM subscription_draft WHERE created_at <= @before;
