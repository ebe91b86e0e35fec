package answer

import (
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
	words      []string // of the last question that was answered, as it was understood
	answers    []found  // what answered it
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

// get returns what is remembered of a conversation, or nil.
func (t *talks) get(key string) *talk {
	if key == "" {
		return nil
	}
	k, ok := t.cache.Get(key)
	if !ok || time.Since(k.at) > talkLasts {
		return nil
	}
	return &k
}

func (t *talks) put(key string, k talk) {
	if key == "" {
		return
	}
	k.at = time.Now()
	t.cache.Add(key, k)
}
