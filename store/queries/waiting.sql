-- name: Wait :exec
INSERT INTO waiting (id, question_id, person_id, channel_id, message_id, private, since, tried_at, leased_until, told_at)
VALUES (@id, @question_id, @person_id, @channel_id, @message_id, @private, @at, 0, 0, 0)
ON CONFLICT (question_id, person_id) DO NOTHING;

-- name: EndOldWait :exec
DELETE FROM waiting
WHERE question_id = @question_id AND person_id = @person_id AND told_at > 0
AND EXISTS (SELECT 1 FROM question WHERE question.id = waiting.question_id AND question.state = 'open');

-- name: ClaimWaiting :many
UPDATE waiting SET
    leased_until = @until,
    tried_at = CASE WHEN tried_at = 0 THEN CAST(@at AS BIGINT) ELSE tried_at END
WHERE told_at = 0 AND leased_until <= CAST(@at AS BIGINT) AND id IN (
    SELECT w.id FROM waiting w JOIN question q ON q.id = w.question_id
    WHERE w.told_at = 0 AND w.leased_until <= CAST(@at AS BIGINT) AND q.state = 'answered'
    AND (CAST(@question_id AS BIGINT) = 0 OR q.id = CAST(@question_id AS BIGINT))
    ORDER BY w.id LIMIT @most)
RETURNING *;

-- name: Told :execrows
UPDATE waiting SET told_at = @at WHERE id = @id AND told_at = 0;

-- name: DeleteToldBefore :execrows
DELETE FROM waiting WHERE told_at > 0 AND told_at <= @before;
