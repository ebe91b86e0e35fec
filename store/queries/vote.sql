-- name: Vote :exec
INSERT INTO vote (guild_id, answer_id, person_id, helpful, article, kind, entry_id, question, at)
VALUES (@guild_id, @answer_id, @person_id, @helpful, @article, @kind, @entry_id, @question, @at)
ON CONFLICT (guild_id, answer_id, person_id) DO UPDATE SET helpful = excluded.helpful, at = excluded.at;

-- name: HelpfulQuestions :many
SELECT question, article, kind, entry_id, count(*) AS votes FROM vote
WHERE guild_id = @guild_id AND helpful
GROUP BY question, article, kind, entry_id
ORDER BY count(*) DESC, question, article, kind, entry_id LIMIT @most;

-- name: WeeklyVotes :many
SELECT CAST((at - CAST(@since AS BIGINT)) / 604800000 AS BIGINT) AS week, helpful, count(*) AS votes FROM vote
WHERE guild_id = @guild_id AND at >= CAST(@since AS BIGINT)
GROUP BY week, helpful
ORDER BY week, helpful;
