package index

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/index/scorch"
	spelling "github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/query"
	"golang.org/x/sync/errgroup"
)

// Posting is a job as the index sees it.
type Posting struct {
	Title   string
	Company string
	Text    string
}

// postingBoosts are the weights of the fields. A posting is called what it is: its
// title counts a multiple of its text, and the more so as Bleve divides by the
// root of a field's length. The numbers are a choice; there are no judgements of
// jobs to measure them by.
var postingBoosts = []struct {
	field string
	boost float64
}{{fieldHeading, 5}, {fieldLead, 1}, {fieldBody, 1}}

// Postings is a searchable list of postings, which does not change. It is safe
// for concurrent use, and is freed once nobody holds it any more.
type Postings struct {
	documents bleve.Index
	analyzer  analysis.Analyzer
	count     int
}

// NewPostings builds an index of postings.
func NewPostings(list []Posting) (*Postings, error) {
	m, err := newPostingMapping()
	if err != nil {
		return nil, fmt.Errorf("index: mapping: %w", err)
	}
	x := &Postings{analyzer: m.AnalyzerNamed(analyzerProse), count: len(list)}
	// Not NewMemOnly: it is another engine, slower and larger.
	if x.documents, err = bleve.NewUsing("", m, scorch.Name, scorch.Name, nil); err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	n := 0
	for part := range slices.Chunk(list, batchSize) {
		first := n
		n += len(part)
		g.Go(func() error {
			b := x.documents.NewBatch()
			for i, p := range part {
				err := b.Index(strconv.Itoa(first+i), map[string]any{
					// "Back-end" is backend, too.
					fieldHeading: whole.Replace(p.Title), fieldWords: p.Title + " " + strings.ReplaceAll(p.Title, "-", ""), fieldLead: whole.Replace(p.Company), fieldBody: whole.Replace(p.Text),
				})
				if err != nil {
					return fmt.Errorf("index posting %d: %w", first+i, err)
				}
			}
			if err := x.documents.Batch(b); err != nil {
				return fmt.Errorf("index: %w", err)
			}
			return nil
		})
	}
	// Bleve's index has a goroutine that lives until it is closed, and whoever
	// searches may hold it for longer than whoever built it.
	runtime.AddCleanup(x, func(documents bleve.Index) { documents.Close() }, x.documents)
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return x, nil
}

// Scores says how well each posting fits words, by its place in the list: 1 is
// the best, 0 has none of them. Each word counts once, however often it is
// given.
func (x *Postings) Scores(ctx context.Context, words ...string) ([]float64, error) {
	scores := make([]float64, x.count)
	var any []query.Query
	seen := map[string]bool{}
	for _, text := range words {
		for _, token := range x.analyzer.Analyze([]byte(whole.Replace(text))) { //nolint:misspell // Bleve's name
			term := string(token.Term)
			if seen[term] {
				continue
			}
			seen[term] = true
			for _, of := range postingBoosts {
				t := bleve.NewTermQuery(term)
				t.SetField(of.field)
				t.SetBoost(of.boost)
				any = append(any, t)
			}
		}
	}
	if len(any) == 0 || x.count == 0 {
		return scores, nil
	}
	res, err := x.documents.SearchInContext(ctx, bleve.NewSearchRequestOptions(bleve.NewDisjunctionQuery(any...), x.count, 0, false))
	if err != nil {
		return nil, fmt.Errorf("index: search: %w", err)
	}
	for _, h := range res.Hits {
		n, err := strconv.Atoi(h.ID)
		if err != nil {
			return nil, fmt.Errorf("index: posting %q: %w", h.ID, err)
		}
		scores[n] = h.Score / res.MaxScore
	}
	return scores, nil
}

// Near gives the word of the titles that is spelt most like a word of four
// letters or more, in small letters: with one letter wrong, or two in words of
// six and more, but not the first. Of several alike it is the one that most
// titles have. It is empty if there is none, or the word itself is in a title.
func (x *Postings) Near(word string) (near string, err error) {
	tokens := x.documents.Mapping().AnalyzerNamed(analyzerWords).Analyze([]byte(word)) //nolint:misspell // Bleve's name
	if len(tokens) != 1 {
		return "", nil
	}
	term, wrong := string(tokens[0].Term), 1
	switch letters := utf8.RuneCountInString(term); {
	case letters < 4:
		return "", nil
	case letters > 5: // and so two that have changed places
		wrong = 2
	}
	first, _ := utf8.DecodeRuneInString(term)
	titles, err := x.documents.FieldDictPrefix(fieldWords, []byte(string(first)))
	if err != nil {
		return "", fmt.Errorf("index: %w", err)
	}
	defer func() { err = errors.Join(err, titles.Close()) }()
	var titled uint64 // how many titles have the word that is near
	for {
		e, err := titles.Next()
		if err != nil {
			return "", fmt.Errorf("index: %w", err)
		}
		if e == nil {
			return near, nil
		}
		if e.Term == term {
			return "", nil
		}
		distance, beyond := spelling.LevenshteinDistanceMax(term, e.Term, wrong)
		if !beyond && (distance < wrong || distance == wrong && e.Count > titled) {
			near, wrong, titled = e.Term, distance, e.Count
		}
	}
}
