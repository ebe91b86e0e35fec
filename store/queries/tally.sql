-- name: Count :exec
INSERT INTO tally (guild_id, week, topic, answered, missed)
VALUES (@guild_id, @week, @topic, @answered, @missed)
ON CONFLICT (guild_id, week, topic) DO UPDATE SET
    answered = tally.answered + excluded.answered,
    missed = tally.missed + excluded.missed;

-- name: Tallies :many
SELECT * FROM tally WHERE guild_id = @guild_id AND week >= @since ORDER BY week, topic;

-- name: DeleteTalliesBefore :execrows
DELETE FROM tally WHERE week <= @before;

-- name: DeleteGuildTallies :exec
DELETE FROM tally WHERE guild_id = @guild_id;
