package answer

import (
	"fmt"
	"io/fs"
	"reflect"
	"strings"

	"github.com/careerbot/careerbot/knowledge"
)

// phrasebook is the form of data/phrases.yaml: every sentence that the bot
// says of its own accord.
type phrasebook struct {
	OtherCareer   string `yaml:"other-career"`
	UnknownCareer string `yaml:"unknown-career"`
	Comparison    string
	Unsupported   string
	Place         string
	Company       string
	College       string
	Unsure        string
	OffTopic      string `yaml:"off-topic"`
	Empty         string
	TooLong       string `yaml:"too-long"`
	NotHeld       string `yaml:"not-held"`
	Nearby        string
	Offer         string
	WhichTopic    string `yaml:"which-topic"`
	WhichCareer   string `yaml:"which-career"`
	Compare       string
	Yes           string
	No            string
	Monthly       string
	SourceOf      string `yaml:"source-of"`
	OwnSource     string `yaml:"own-source"`
	Topics        map[knowledge.Topic]string
}

func readPhrasebook(fsys fs.FS) (*phrasebook, error) {
	p := &phrasebook{}
	if err := readYAML(fsys, "data/phrases.yaml", p); err != nil {
		return nil, err
	}
	v := reflect.ValueOf(*p)
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			return nil, fmt.Errorf("data/phrases.yaml: %s is missing", v.Type().Field(i).Name)
		}
	}
	for _, t := range knowledge.Topics {
		if p.Topics[t] == "" {
			return nil, fmt.Errorf("data/phrases.yaml: topics: %s is missing", t)
		}
	}
	return p, nil
}

// fill puts values in the place of what stands in braces; pairs are name,
// value, name, value.
func fill(phrase string, pairs ...string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		phrase = strings.ReplaceAll(phrase, "{"+pairs[i]+"}", pairs[i+1])
	}
	return phrase
}

// all lists every phrase.
func (p *phrasebook) all() []string {
	var out []string
	v := reflect.ValueOf(*p)
	for i := range v.NumField() {
		if s, ok := v.Field(i).Interface().(string); ok {
			out = append(out, s)
		}
	}
	return out
}
