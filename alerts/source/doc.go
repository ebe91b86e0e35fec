// Package source reads jobs from the feeds of others: one file for each kind
// of feed, one row for each in the table of kinds. It is asked with a row that
// somebody keeps, a [Source], and gives back the jobs and what is to be kept
// for the next time, a [Result]; it keeps nothing itself.
//
// Feeds are the property of others and are written by anybody. What their
// owners ask for is data, [Terms]: how often they may be asked, what credit
// must stand beside a job, how much of its text may be shown. What they send is
// never trusted: it is bounded in size and time before it is read, made plain
// text, and whatever goes wrong is the error of that one source, in words that
// tell whoever added it what to do.
//
// No pay, place or company is made up. What a feed does not state in a field
// meant for it is unknown; figures in running text stay text.
package source
