// Package store keeps what the bot must not forget, in SQLite or PostgreSQL.
//
// What is kept, and the methods of a Store for it:
//
//   - Entries that moderators have put in the place of the shipped ones or
//     beside them, with every Revision that they have had: Entries, AllEntries,
//     Revision, History, Undo.
//   - Drafts, of which nothing is seen until Publish makes all of their changes
//     at once: SaveDraft, Draft, Drafts, Discard, Publish.
//   - The queue of questions that had no answer or none that helped: Ask, Queue,
//     Question, Dismiss. It does not know who asked.
//   - Who wants to be told of an answer, until they have been told: Wait,
//     ClaimWaiting, Told.
//   - Check questions: SaveCheck, Checks, DeleteCheck.
//   - Votes on answers: Vote, HelpfulQuestions.
//   - Guilds, which is what Discord calls servers, and their Settings: JoinGuild,
//     LeaveGuild, ClaimGreeting, ClaimNotice, Guilds, Settings, ChangeSettings.
//   - What has stopped working there and moderators know of: Break, Mend.
//   - The audit of who did what: AddDeed, Audit.
//
// Changes tells a process what another has published. Person and DeletePerson
// are for people who want to know what is kept of them; Purge deletes what has
// been kept for long enough. Health, Status, Backup and Copy are for operators.
//
// Every method that takes a guild sees nothing of any other, whatever ids it is
// given. Ids of guilds, people, channels and messages are Discord's, as text;
// a guild without an id stands for direct messages. Times are UTC.
//
// An error is one of this package's (ErrNotFound, ErrStale, ErrUnavailable, …)
// or a fault of what the caller gave, and nothing has been written then.
// ErrUnavailable is over when the database is back: nothing has to be opened
// anew. If it comes of a commit to PostgreSQL whose connection broke just then,
// the commit may have been made; of a draft that is published again
// ErrNotFound says so.
package store
