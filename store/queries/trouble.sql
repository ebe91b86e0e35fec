-- name: AddTrouble :execrows
INSERT INTO trouble (guild_id, what, since) VALUES (@guild_id, @what, @since)
ON CONFLICT (guild_id, what) DO NOTHING;

-- name: EndTrouble :execrows
DELETE FROM trouble WHERE guild_id = @guild_id AND what = @what;
