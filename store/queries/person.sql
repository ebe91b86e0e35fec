-- name: PersonVotes :many
SELECT * FROM vote WHERE person_id = @person_id ORDER BY at, answer_id;

-- name: PersonWaiting :many
SELECT w.*, q.guild_id, q.text FROM waiting w JOIN question q ON q.id = w.question_id
WHERE w.person_id = @person_id ORDER BY w.id;

-- name: PersonDrafts :many
SELECT * FROM draft WHERE author_id = @person_id ORDER BY id;

-- name: PersonRevisions :many
SELECT * FROM revision WHERE author_id = @person_id ORDER BY at, guild_id, article, kind, entry_id, number;

-- name: PersonChecks :many
SELECT * FROM check_question WHERE author_id = @person_id ORDER BY id;

-- name: PersonAudit :many
SELECT * FROM audit WHERE person_id = @person_id ORDER BY id;

-- name: DeletePersonVotes :execrows
DELETE FROM vote WHERE person_id = @person_id;

-- name: DeletePersonWaiting :execrows
DELETE FROM waiting WHERE person_id = @person_id;

-- name: DeletePersonDrafts :execrows
DELETE FROM draft WHERE author_id = @person_id;

-- name: ForgetRevisionAuthor :execrows
UPDATE revision SET author_id = @stand_in WHERE author_id = @person_id;

-- name: ForgetCheckAuthor :execrows
UPDATE check_question SET author_id = @stand_in WHERE author_id = @person_id;

-- name: ForgetAuditPerson :execrows
UPDATE audit SET person_id = @stand_in WHERE person_id = @person_id;

-- name: PersonSources :many
SELECT * FROM source WHERE added_by = @person_id ORDER BY id;

-- name: ForgetSourceAuthor :execrows
UPDATE source SET added_by = @stand_in WHERE added_by = @person_id;
