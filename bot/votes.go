package bot

import (
	"context"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"
)

// The buttons by which people say whether an answer helped.
const (
	helpful    = "up"
	notHelpful = "down"
)

// maxVoted is how many answers are remembered with their votes.
const maxVoted = 10_000

// votes holds who found which answer helpful: one vote a person and answer, the
// last one counts.
type votes struct {
	mu   sync.Mutex
	cast *lru.Cache[string, map[string]string] // of a message, by person: which button
}

func newVotes() *votes {
	cast, err := lru.New[string, map[string]string](maxVoted)
	if err != nil {
		panic(err) // the size is a constant above zero
	}
	return &votes{cast: cast}
}

// put notes a vote and returns the one before, or nothing.
func (v *votes) put(message, person, vote string) (before string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	people, ok := v.cast.Get(message)
	if !ok {
		people = map[string]string{}
		v.cast.Add(message, people)
	}
	before, people[person] = people[person], vote
	return before
}

// thanks is what is said to a vote.
var thanks = map[string]string{
	helpful:    "Thank you: noted as helpful.",
	notHelpful: "Thank you: noted as not helpful. You may get further if you ask in other words.",
}

// vote notes whether an answer helped.
func (b *Bot) vote(_ context.Context, r *request) (response, error) {
	text := thanks[r.name]
	switch before := b.votes.put(r.on, r.person, r.name); before {
	case r.name:
		text = "You have said so already. To change your mind, press the other button."
	case "":
	default:
		text += " It counts in place of what you said before."
	}
	return response{message: say(text), note: r.name}, nil
}
