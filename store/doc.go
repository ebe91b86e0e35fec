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
//   - Sources of jobs, a guild's and the operator's: AddSource, Sources,
//     AllSources, RemoveSource, ClaimSources, SaveFetched, ClaimDisabled.
//   - The jobs held, each once within a guild, whichever of its sources list it:
//     Jobs, JobsMark, SeesJobs, Job.
//   - What people look at before they subscribe to it: Propose, Proposal,
//     ChangeProposal, Subscribe.
//   - Subscriptions of people to jobs: AddSubscription, Subscriptions,
//     Subscription, ChangeSubscription, DeleteSubscription, SetChannel,
//     ClaimUntold; and why they bring what they do: Why, WhyJob.
//
// # Background work
//
// Start does what nobody waits for, on a queue in the same database, until its
// context ends. It is given a Work, functions that fetch a source and send a
// message. A job alert goes this way, each step of it a transaction that puts
// the next into the queue:
//
//	Tick         who is due, each minute: sources that are to be fetched
//	SaveFetched  what a fetch has brought, by its keys new, edited or a copy
//	Match        new jobs × subscriptions → hits, one for each job and person
//	FreezeDue    who is due, each minute: hits → a delivery that is fixed
//	Deliver      a try of a delivery, and what became of it, an Outcome
//
// Whatever is killed in between is done again, and finds what was done before.
// A delivery is frozen until it is tried, then sending, and ends as sent, as
// dropped (not wanted any more) or as failed. Its Nonce makes Discord send it
// once for as long as it remembers; after that a try has Check set, and whoever
// sends it looks for it first. Of what was certainly not sent the hits wait
// again, for the next delivery: when it is stopped before any try that may have
// sent it.
//
// Nobody is told twice of a job. What a source calls it is known for longer than
// the job is held, and what was found of it is kept for as long: under the same ID
// it is the same posting, and a copy with the same fingerprint or address is the
// same opening unless nobody listed it for alerts.RepostWindow.
//
// The steps are methods of their own, for programs that drive the clock: Tick,
// Match, FreezeDue and DeliverAll, and Undelivered, which tells whether the queue
// has more to send. Reschedule mends what a wrong clock has set.
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
