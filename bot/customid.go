package bot

import (
	"slices"
	"strconv"
	"strings"

	"github.com/careerbot/careerbot/answer"
	"github.com/careerbot/careerbot/knowledge"
)

// A button carries all that is needed to serve it, so that it works after a
// restart: the name of its row in the table, whom it belongs to, and what it
// stands for, separated by colons, in 100 characters.

// maxCustomID is Discord's limit, in characters.
const maxCustomID = 100

// choiceRows are the rows of the buttons of choices.
type choiceRows struct {
	choice string // choice:owner:occupation:topic:entry
	label  string // label:owner:number; the label of the button is the question
}

var (
	// What completes a question belongs to whoever asked it, and turns into the
	// answer.
	completing = choiceRows{"pick", "ask"}
	// What could be asked next is for everyone to ask, and answered below.
	continuing = choiceRows{"next", "more"}
)

// anyone is the owner of a button that everybody may press.
const anyone = "-"

// customID joins the parts of a custom ID; ok if they can be told apart again
// and Discord takes it.
func customID(parts ...string) (id string, ok bool) {
	id = strings.Join(parts, ":")
	return id, characters(id) <= maxCustomID && strings.Count(id, ":") == len(parts)-1 && visible(id) && strings.ToValidUTF8(id, "") == id
}

// choiceParts are what stands for a choice in a custom ID; ok if choiceOf reads
// them back.
func choiceParts(c answer.Choice) (parts []string, ok bool) {
	return []string{c.Occupation, string(c.Topic), packEntry(c)}, !strings.HasPrefix(c.Entry, "~")
}

// choiceID makes the custom ID of the button of a choice, the nth of its
// message. A choice that does not fit is asked again by its label.
func choiceID(c answer.Choice, rows choiceRows, owner string, n int) string {
	if rows == continuing {
		owner = anyone
	}
	if parts, ok := choiceParts(c); ok {
		if id, ok := customID(append([]string{rows.choice, packOwner(owner)}, parts...)...); ok {
			return id
		}
	}
	return strings.Join([]string{rows.label, packOwner(owner), strconv.Itoa(n)}, ":")
}

// withChoice is the custom ID of something about a choice; without the choice
// if that does not fit.
func withChoice(c answer.Choice, parts ...string) string {
	about, ok := choiceParts(c)
	if id, fits := customID(append(slices.Clone(parts), about...)...); ok && fits {
		return id
	}
	return strings.Join(parts, ":")
}

// referenceMark begins what stands for an FAQ in an option, where its question
// is too long to be one.
const referenceMark = "~"

// maxSuggestion is the longest name and value of a suggestion, in characters.
const maxSuggestion = 100

// suggested is the value of a suggestion: the question itself, or what leads to
// it.
func suggested(c answer.Choice) string {
	if !strings.HasSuffix(c.Label, "…") {
		return plain(c.Label, maxSuggestion)
	}
	return referenceMark + c.Entry
}

// readSuggested reads what leads to a question.
func readSuggested(s string) (answer.Choice, bool) {
	entry, ok := strings.CutPrefix(s, referenceMark)
	occupation, _, named := strings.Cut(entry, "/")
	if !ok || !named {
		return answer.Choice{}, false
	}
	return answer.Choice{Label: entry, Occupation: occupation, Entry: entry}, true
}

// choiceOf reads what choiceID wrote, from the parts after the owner.
func choiceOf(parts []string, label string) (answer.Choice, bool) {
	if len(parts) != 3 {
		return answer.Choice{}, false
	}
	c := answer.Choice{Label: label, Occupation: parts[0], Topic: knowledge.Topic(parts[1]), Entry: parts[2]}
	if rest, short := strings.CutPrefix(c.Entry, "~"); short {
		c.Entry = c.Occupation + rest
	}
	return c, true
}

// packEntry shortens the ID of an entry, which begins with its occupation's.
func packEntry(c answer.Choice) string {
	if rest, ok := strings.CutPrefix(c.Entry, c.Occupation+"/"); ok && c.Occupation != "" {
		return "~/" + rest
	}
	return c.Entry
}

// packOwner shortens an ID of Discord's. What else stands for a request stays as
// it is.
func packOwner(id string) string {
	if strings.HasPrefix(id, toldPrefix) {
		return id
	}
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return anyone
	}
	return strconv.FormatUint(n, 36)
}
