// Package alerts knows jobs and who wants to hear of which. A [Job] is one
// posting, whatever feed it came from. A [Subscription] is what a member looks
// for, a [Query], and when they want to be told, a [Schedule].
//
// Nothing here reads a clock, a disk or a network, and nothing of the project
// is imported: what a career is called is handed to [Match] as a function.
package alerts
