package answer

import (
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

// talkLasts is how long a conversation is remembered after its last question.
const talkLasts = 10 * time.Minute

// maxTalks is how many conversations are remembered at once; the one least
// recently used goes first.
const maxTalks = 10000

// talk is what is remembered of a conversation.
type talk struct {
	at         time.Time
	occupation string   // the ID of the career last answered about
	answer     found    // what answered it
	beside     string   // an occupation not held that the last question spoke of
	away       string   // the occupation not held that was asked about last, if any
	asked      []string // what was asked about it, with roleMark in its place
}

// talks remembers conversations by their keys.
type talks struct {
	cache *lru.Cache[string, talk]
}

func newTalks() *talks {
	c, err := lru.New[string, talk](maxTalks)
	if err != nil {
		panic(err) // only a size below one is refused
	}
	return &talks{c}
}

// talkKey is by what a conversation in a server is remembered, so that nothing
// of one server is carried into another.
func talkKey(guild, conversation string) string {
	if conversation == "" {
		return ""
	}
	return guild + "/" + conversation
}

// get returns what is remembered of a conversation, or nil. What answered it
// is that of s, or none if it is no more.
func (t *talks) get(key string, s *state) *talk {
	if key == "" {
		return nil
	}
	k, ok := t.cache.Get(key)
	if !ok || time.Since(k.at) > talkLasts {
		return nil
	}
	k.answer, _ = s.now(k.answer)
	return &k
}

// remember notes what came of a question in a conversation. What was not
// answered leaves the subject as it was, but for another occupation, at which
// "they" may point from now on.
func (t *talks) remember(key string, before *talk, v verdict) {
	if key == "" {
		return
	}
	k := talk{}
	if before != nil {
		k = *before
	}
	k.at, k.beside, k.away, k.asked = time.Now(), v.beside, v.away, v.asked
	if v.outcome == Answered {
		k.occupation, k.answer = v.article.ID, v.answers[0]
	}
	t.cache.Add(key, k)
}

// Forget forgets the conversations of a person, in whatever place (see
// Question).
func (a *Answerer) Forget(person string) {
	for _, key := range a.talks.cache.Keys() {
		if person != "" && strings.HasSuffix(key, "/"+person) {
			a.talks.cache.Remove(key)
		}
	}
}
