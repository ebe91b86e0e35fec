package alerts

import (
	"fmt"
	"strconv"
	"strings"
)

// reason says in a sentence what a rule found.
func reason(rule Rule, job Job, sub *Subscription, past Past, terms []string) string {
	return reasons[rule](reasoned{job, sub, past, terms})
}

type reasoned struct {
	job   Job
	sub   *Subscription
	past  Past
	terms []string
}

const day = "2 January 2006"

var reasons = map[Rule]func(reasoned) string{
	RuleNone: func(r reasoned) string {
		if len(r.terms) == 0 {
			return "It has what is asked for."
		}
		return "It has " + quoted(r.terms) + "."
	},
	RulePaused: func(r reasoned) string {
		why := "The alert is paused"
		if !r.sub.Until.IsZero() {
			why += " until " + r.sub.Until.UTC().Format(day)
		}
		if r.sub.Reason != "" {
			why += ": " + r.sub.Reason
		}
		return strings.TrimSuffix(why, ".") + "."
	},
	RuleEarlier: func(r reasoned) string {
		return fmt.Sprintf("It was held on %s, before the alert was made on %s.", r.past.Seen.UTC().Format(day), r.sub.Created.UTC().Format(day))
	},
	RuleSent: func(r reasoned) string {
		return "You were told of it on " + r.past.Sent.UTC().Format(day) + "."
	},
	RuleClosed: func(r reasoned) string {
		return "It takes no applications since " + r.job.Closes.UTC().Format(day) + "."
	},
	RuleCareer: func(r reasoned) string {
		return "Its title has no name of the career that is asked for."
	},
	RuleWords: func(r reasoned) string { return "It lacks " + quoted(r.terms) + "." },
	RuleNot:   func(r reasoned) string { return "It has " + quoted(r.terms) + ", which is not wanted." },
	RuleRemote: func(r reasoned) string {
		switch {
		case r.sub.Query.Remote == RemoteNo:
			return "It is remote, and only jobs at a place are asked for."
		case r.job.Remote == RemoteNo:
			return "It is not remote."
		}
		return "It does not say that it is remote."
	},
	RulePlace: func(r reasoned) string {
		where := "no place"
		if len(r.job.Places) > 0 {
			where = quoted(r.job.Places)
		}
		if r.job.Remote == RemoteYes && r.sub.Query.Remote != RemoteNo {
			return fmt.Sprintf("It is remote, but open to %s rather than %s.", where, quoted(r.sub.Query.Places))
		}
		return fmt.Sprintf("It names %s rather than %s.", where, quoted(r.sub.Query.Places))
	},
	RuleKind: func(r reasoned) string {
		if r.job.Kind == "" {
			return "It names no kind of job, and counts as " + string(usualKind) + "."
		}
		return "It is " + string(r.job.Kind) + "."
	},
	RuleLevel: func(r reasoned) string {
		if r.job.Level == "" {
			return "It names no level, and counts as " + string(usualLevel) + "."
		}
		return "Its level is " + string(r.job.Level) + "."
	},
	RulePay: func(r reasoned) string {
		p, floor := r.job.Pay, r.sub.Query.Floor
		switch {
		case p == nil || p.upper() == 0:
			return "It does not say what it pays."
		case p.Currency != floor.Currency:
			return fmt.Sprintf("It pays in %s, which is not compared with %s.", p.Currency, floor.Currency)
		case !floor.compares(p):
			return "It does not say for which time it pays."
		}
		return fmt.Sprintf("It pays %s, less than %s.", amount(p.upper(), p.Currency, p.Period), amount(floor.Amount, floor.Currency, floor.Period))
	},
}

func amount(n float64, currency string, per Period) string {
	article := "a"
	if per == Hour {
		article = "an"
	}
	return fmt.Sprintf("%s %s %s %s", currency, strconv.FormatFloat(n, 'f', -1, 64), article, per)
}
