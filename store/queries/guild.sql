-- name: JoinGuild :exec
INSERT INTO guild (id, settings, joined_at, left_at, greeted_at, noticed_at)
VALUES (@id, '{}', @at, 0, 0, 0)
ON CONFLICT (id) DO UPDATE SET left_at = 0;

-- name: LeaveGuild :execrows
UPDATE guild SET left_at = @at WHERE id = @id AND left_at = 0;

-- name: ClaimGreeting :execrows
UPDATE guild SET greeted_at = @at WHERE id = @id AND greeted_at = 0;

-- name: ClaimNotice :execrows
UPDATE guild SET noticed_at = @at WHERE id = @id AND noticed_at < @since;

-- name: ReturnNotice :execrows
UPDATE guild SET noticed_at = 0 WHERE id = @id AND noticed_at = @at;

-- name: GuildSettings :one
SELECT settings FROM guild WHERE id = @id;

-- name: SwapGuildSettings :execrows
UPDATE guild SET settings = @new_settings WHERE id = @id AND settings = @old_settings;

-- name: Guilds :many
SELECT * FROM guild ORDER BY id;

-- name: GuildsLeftBefore :many
SELECT id FROM guild WHERE left_at > 0 AND left_at <= @before ORDER BY id;

-- name: DeleteGuild :execrows
DELETE FROM guild WHERE id = @id AND left_at > 0 AND left_at <= @before;

-- name: DeleteGuildEntries :exec
DELETE FROM entry WHERE guild_id = @guild_id;

-- name: DeleteGuildRevisions :exec
DELETE FROM revision WHERE guild_id = @guild_id;

-- name: DeleteGuildDrafts :exec
DELETE FROM draft WHERE guild_id = @guild_id;

-- name: DeleteGuildQuestions :exec
DELETE FROM question WHERE guild_id = @guild_id;

-- name: DeleteGuildChecks :exec
DELETE FROM check_question WHERE guild_id = @guild_id;

-- name: DeleteGuildVotes :exec
DELETE FROM vote WHERE guild_id = @guild_id;

-- name: DeleteGuildAudit :exec
DELETE FROM audit WHERE guild_id = @guild_id;

-- name: DeleteGuildChange :exec
DELETE FROM change WHERE guild_id = @guild_id;

-- name: DeleteGuildTrouble :exec
DELETE FROM trouble WHERE guild_id = @guild_id;
