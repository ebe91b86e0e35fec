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
)

const (
	analyzerProse = "career_en" // English prose with the names of technologies kept whole
	analyzerTerms = "terms"     // terms that the caller has analysed already
)

// whole writes the names of technologies so that the Unicode tokeniser keeps
// them: it would make C++ and C# one letter and split Node.js. Bleve's own
// character filters would do the same at ten times the cost.
var whole = strings.NewReplacer(
	"C++", "cplusplus", "c++", "cplusplus", "C#", "csharp", "c#", "csharp", ".NET", " dotnet", ".net", " dotnet",
	"Node.js", "nodejs", "node.js", "nodejs",
	"ack-end", "ackend", "ack end", "ackend", "ront-end", "rontend", "ront end", "rontend", "ull-stack", "ullstack", "ull stack", "ullstack",
)

// newMapping returns the mapping of every document. Only what is searched is
// kept: no stored fields, term vectors or doc values, since the caller holds
// the texts.
func newMapping() (mapping.IndexMapping, error) {
	m := mapping.NewIndexMapping()
	m.ScoringModel = "bm25"
	err := m.AddCustomAnalyzer(analyzerProse, map[string]any{
		"type":          custom.Name,
		"tokenizer":     unicode.Name,
		"token_filters": []string{en.PossessiveName, lowercase.Name, en.StopName, en.SnowballStemmerName},
	})
	if err != nil {
		return nil, err
	}
	err = m.AddCustomAnalyzer(analyzerTerms, map[string]any{"type": custom.Name, "tokenizer": whitespace.Name})
	if err != nil {
		return nil, err
	}

	doc := mapping.NewDocumentStaticMapping()
	for field, analyzer := range map[string]string{
		fieldOccupation: keyword.Name,
		fieldHeading:    analyzerProse,
		fieldLead:       analyzerProse,
		fieldBody:       analyzerProse,
		fieldTerms:      analyzerTerms,
	} {
		f := mapping.NewTextFieldMapping()
		f.Analyzer = analyzer
		f.SkipFreqNorm = analyzer == keyword.Name // they are matched, not scored
		f.Store, f.IncludeTermVectors, f.IncludeInAll, f.DocValues = false, false, false, false
		doc.AddFieldMappingsAt(field, f)
	}
	m.DefaultMapping = doc
	return m, m.Validate()
}
