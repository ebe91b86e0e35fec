// Package alerts knows jobs and who wants to hear of which. A [Job] is one
// posting, whatever feed it came from. A [Subscription] is what a member looks
// for, a [Query], and when they want to be told, a [Schedule].
//
// Nothing here reads a disk or a network, the time is handed in, and nothing of
// the project is imported: what a career is called is a function that [Match] is
// given.
package alerts
