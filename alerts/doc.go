// Package alerts knows jobs and who wants to hear of which. A [Job] is one
// posting, whatever feed it came from. A [Subscription] is what a member looks
// for, a [Query], and when they want to be told, a [Schedule].
//
// A posting goes this way. Its source fills in a Job and calls [Job.Clean]. It
// is new if none of its keys is known, [Job.SourceKey], [Job.URLKey] and
// [Job.Fingerprint]. [Match] finds for which subscriptions it is, all new
// postings and all subscriptions at once. At the time that [Schedule.Next] names,
// [NewDigest] chooses what one message tells. [Explain] says why a job was told
// or was not, and [Hold] shows what a query would have brought.
//
// Nothing here reads a disk or a network, the time is handed in, and nothing of
// the project is imported: what a career is called is a function that Match is
// given.
//
// Recorded jobs are JSON Lines. This is one, broken here; what is unknown is left
// out:
//
//	{"source":"acme","id":"7","title":"Cook","company":"Acme","places":["Pune, India"],"remote":"no",
//	 "kind":"full-time","level":"junior","pay":{"min":18.5,"max":20,"currency":"USD","period":"hour"},
//	 "posted":"2026-11-01T00:00:00Z","closes":"2026-12-01T00:00:00Z","apply":"https://acme.example/7",
//	 "text":"Cook with us.","also_on":[{"source":"board","id":"9","apply":"https://board.example/9"}]}
//
// Only source, id, title and apply are always there. Remote is yes or no; kind
// is one of [Kinds], level one of [Levels], and period hour, day, week, month or
// year; the currency is a code of ISO 4217. Times are RFC 3339.
package alerts
