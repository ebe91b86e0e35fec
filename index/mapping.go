package index

import (
	"strings"

	"github.com/blevesearch/bleve/v2/analysis/analyzer/custom"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/keyword"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/blevesearch/bleve/v2/analysis/token/lowercase"
	"github.com/blevesearch/bleve/v2/analysis/tokenizer/unicode"
	"github.com/blevesearch/bleve/v2/analysis/tokenizer/whitespace"
	"github.com/blevesearch/bleve/v2/mapping"
)

// The fields of a document in the index.
const (
	fieldOccupation = "occupation"
	fieldHeading    = "heading"
	fieldLead       = "lead"
	fieldBody       = "body"
	fieldTerms      = "terms"
	fieldWords      = "words" // of a posting: those of its title, as they are spelt
)

const (
	analyzerProse = "career_en" // English prose with the names of technologies kept whole
	analyzerTerms = "terms"     // terms that the caller has analysed already
	analyzerWords = "words"     // words as they are spelt, in small letters
)

// whole writes the names of technologies so that the Unicode tokeniser keeps
// them: it would make C++ and C# one letter and split Node.js. Bleve's own
// character filters would do the same at ten times the cost.
var whole = strings.NewReplacer(
	"C++", "cplusplus", "c++", "cplusplus", "C#", "csharp", "c#", "csharp", ".NET", " dotnet", ".net", " dotnet",
	"Node.js", "nodejs", "node.js", "nodejs",
	"ack-end", "ackend", "ack end", "ackend", "ront-end", "rontend", "ront end", "rontend", "ull-stack", "ullstack", "ull stack", "ullstack",
)

// newMapping returns the mapping of passages and FAQs.
func newMapping() (mapping.IndexMapping, error) {
	return mappingOf("bm25", map[string]string{
		fieldOccupation: keyword.Name,
		fieldHeading:    analyzerProse,
		fieldLead:       analyzerProse,
		fieldBody:       analyzerProse,
		fieldTerms:      analyzerTerms,
	})
}

// newPostingMapping returns the mapping of postings. They are scored by tf-idf:
// Bleve's BM25 takes the number of different words for the length of a field, and
// its texts of some hundred words for endless.
func newPostingMapping() (mapping.IndexMapping, error) {
	return mappingOf("tf-idf", map[string]string{
		fieldHeading: analyzerProse,
		fieldWords:   analyzerWords,
		fieldLead:    analyzerProse,
		fieldBody:    analyzerProse,
	})
}

// mappingOf returns a mapping of fields by their analyzers. Only what is searched
// is kept: no stored fields, term vectors or doc values, since the caller holds
// the texts.
func mappingOf(scoring string, fields map[string]string) (mapping.IndexMapping, error) {
	m := mapping.NewIndexMapping()
	m.ScoringModel = scoring
	for name, a := range map[string]map[string]any{
		analyzerProse: {
			"type": custom.Name, "tokenizer": unicode.Name,
			"token_filters": []string{en.PossessiveName, lowercase.Name, en.StopName, en.SnowballStemmerName},
		},
		analyzerTerms: {"type": custom.Name, "tokenizer": whitespace.Name},
		analyzerWords: {"type": custom.Name, "tokenizer": unicode.Name, "token_filters": []string{lowercase.Name}},
	} {
		if err := m.AddCustomAnalyzer(name, a); err != nil {
			return nil, err
		}
	}
	doc := mapping.NewDocumentStaticMapping()
	for field, analyzer := range fields {
		f := mapping.NewTextFieldMapping()
		f.Analyzer = analyzer
		f.SkipFreqNorm = analyzer == keyword.Name || analyzer == analyzerWords // they are matched, not scored
		f.Store, f.IncludeTermVectors, f.IncludeInAll, f.DocValues = false, false, false, false
		doc.AddFieldMappingsAt(field, f)
	}
	m.DefaultMapping = doc
	return m, m.Validate()
}
