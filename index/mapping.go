package index

import (
	"github.com/blevesearch/bleve/v2/analysis/analyzer/custom"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/keyword"
	"github.com/blevesearch/bleve/v2/analysis/char/regexp"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/blevesearch/bleve/v2/analysis/token/lowercase"
	"github.com/blevesearch/bleve/v2/analysis/tokenizer/unicode"
	"github.com/blevesearch/bleve/v2/analysis/tokenizer/whitespace"
	"github.com/blevesearch/bleve/v2/mapping"
)

// The fields of a document in the index.
const (
	fieldOccupation = "occupation"
	fieldScope      = "scope"
	fieldHeading    = "heading"
	fieldLead       = "lead"
	fieldBody       = "body"
	fieldTerms      = "terms"
)

const (
	analyzerProse = "career_en" // English prose with the names of technologies kept whole
	analyzerTerms = "terms"     // terms that the caller has analysed already
)

// newMapping returns the mapping of every document. Only what is searched is
// kept: no stored fields, term vectors or doc values, since the caller holds
// the texts.
func newMapping() (mapping.IndexMapping, error) {
	m := mapping.NewIndexMapping()
	m.ScoringModel = "bm25"
	// The unicode tokeniser would make C++ and C# one letter and split Node.js.
	for name, rule := range map[string][2]string{
		"cplusplus": {`(?i)\bc\+\+`, "cplusplus"},
		"csharp":    {`(?i)\bc#`, "csharp"},
		"dotnet":    {`(?i)\.net\b`, " dotnet"},
		"nodejs":    {`(?i)\bnode\.js\b`, "nodejs"},
		"backend":   {`(?i)\b(back|front|full)[- ](end|stack)\b`, "$1$2"},
	} {
		if err := m.AddCustomCharFilter(name, map[string]any{"type": regexp.Name, "regexp": rule[0], "replace": rule[1]}); err != nil {
			return nil, err
		}
	}
	err := m.AddCustomAnalyzer(analyzerProse, map[string]any{
		"type":          custom.Name,
		"char_filters":  []string{"cplusplus", "csharp", "dotnet", "nodejs", "backend"},
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
		fieldScope:      keyword.Name,
		fieldHeading:    analyzerProse,
		fieldLead:       analyzerProse,
		fieldBody:       analyzerProse,
		fieldTerms:      analyzerTerms,
	} {
		f := mapping.NewTextFieldMapping()
		f.Analyzer = analyzer
		f.Store, f.IncludeTermVectors, f.IncludeInAll, f.DocValues = false, false, false, false
		doc.AddFieldMappingsAt(field, f)
	}
	m.DefaultMapping = doc
	return m, m.Validate()
}
