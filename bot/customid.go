package bot

import (
	"strconv"
	"strings"

	"github.com/careerbot/careerbot/answer"
)

// A button carries all that is needed to serve it, so that it works after a
// restart: the name of its row in the table, whom it belongs to, and what it
// stands for, separated by colons, in 100 characters.

// maxCustomID is Discord's limit.
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

// choiceID makes the custom ID of the button of a choice, the nth of its
// message. A choice that does not fit is asked again by its label.
func choiceID(c answer.Choice, rows choiceRows, owner string, n int) string {
	if rows == continuing {
		owner = anyone
	}
	parts := []string{rows.choice, packOwner(owner), c.Occupation, string(c.Topic), packEntry(c)}
	id := strings.Join(parts, ":")
	if strings.HasPrefix(c.Entry, "~") || len(id) > maxCustomID || strings.Count(id, ":") != len(parts)-1 || !visible(id) || strings.ToValidUTF8(id, "") != id {
		return strings.Join([]string{rows.label, packOwner(owner), strconv.Itoa(n)}, ":")
	}
	return id
}

// choiceOf reads what choiceID wrote, from the parts after the owner.
func choiceOf(parts []string, label string) (answer.Choice, bool) {
	if len(parts) != 3 {
		return answer.Choice{}, false
	}
	c := answer.Choice{Label: label, Occupation: parts[0], Entry: parts[2]}
	// The type of a topic is the knowledge base's, which is not known here.
	setTopic(&c.Topic, parts[1])
	if rest, short := strings.CutPrefix(c.Entry, "~"); short {
		c.Entry = c.Occupation + rest
	}
	return c, true
}

func setTopic[T ~string](t *T, s string) { *t = T(s) }

// packEntry shortens the ID of an entry, which begins with its occupation's.
func packEntry(c answer.Choice) string {
	if rest, ok := strings.CutPrefix(c.Entry, c.Occupation+"/"); ok && c.Occupation != "" {
		return "~/" + rest
	}
	return c.Entry
}

// packOwner shortens a user's ID.
func packOwner(id string) string {
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return anyone
	}
	return strconv.FormatUint(n, 36)
}
