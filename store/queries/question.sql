-- name: Ask :one
INSERT INTO question (id, guild_id, text_key, text, reason, occupation, state, asked, first_at, last_at, answer_article, answer_kind, answer_id)
VALUES (@id, @guild_id, @text_key, @text, @reason, @occupation, 'open', 1, @at, @at, '', '', '')
ON CONFLICT (guild_id, text_key) DO UPDATE SET
    reason = excluded.reason,
    asked = question.asked + 1,
    last_at = excluded.last_at,
    state = CASE WHEN question.state = 'answered' THEN 'open' ELSE question.state END,
    answer_article = '', answer_kind = '', answer_id = ''
RETURNING *;

-- name: AskInChannel :exec
INSERT INTO question_channel (question_id, channel_id, asked) VALUES (@question_id, @channel_id, 1)
ON CONFLICT (question_id, channel_id) DO UPDATE SET asked = question_channel.asked + 1;

-- name: Question :one
SELECT * FROM question WHERE guild_id = @guild_id AND id = @id;

-- name: QuestionByID :one
SELECT * FROM question WHERE id = @id;

-- name: OpenQuestions :many
SELECT * FROM question
WHERE guild_id = @guild_id AND state = 'open'
ORDER BY asked DESC, id LIMIT @most OFFSET @skip;

-- name: CountOpenQuestions :one
SELECT count(*) FROM question WHERE guild_id = @guild_id AND state = 'open';

-- name: QuestionChannels :many
SELECT channel_id, asked FROM question_channel WHERE question_id = @question_id ORDER BY asked DESC, channel_id;

-- name: CountWaiting :one
SELECT count(*) FROM waiting WHERE question_id = @question_id AND told_at = 0;

-- name: AnswerQuestion :execrows
UPDATE question SET state = 'answered', answer_article = @article, answer_kind = @kind, answer_id = @entry_id
WHERE guild_id = @guild_id AND id = @id;

-- name: ReopenQuestions :exec
UPDATE question SET state = 'open', answer_article = '', answer_kind = '', answer_id = ''
WHERE guild_id = @guild_id AND state = 'answered' AND answer_article = @article AND answer_kind = @kind AND answer_id = @entry_id;

-- name: DismissQuestion :execrows
UPDATE question SET state = 'dismissed' WHERE guild_id = @guild_id AND id = @id AND state = 'open';

-- name: DeleteQuestionsBefore :execrows
DELETE FROM question WHERE last_at <= @before;
