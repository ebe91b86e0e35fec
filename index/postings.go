package index

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/search/query"
	api "github.com/blevesearch/bleve_index_api"
	"golang.org/x/sync/errgroup"
)

// Posting is a job as the index sees it.
type Posting struct {
	Title   string
	Company string
	Text    string
}

// postingBoosts are the weights of the fields: those of the headings and bodies
// of passages. Beside them Bleve divides by the root of a field's length, so
// that a word in a title counts a multiple of one in a long text.
var postingBoosts = []struct {
	field string
	boost float64
}{{fieldHeading, 2}, {fieldLead, 1}, {fieldBody, 1}}

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
					fieldHeading: whole.Replace(p.Title), fieldWords: p.Title, fieldLead: whole.Replace(p.Company), fieldBody: whole.Replace(p.Text),
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
		for _, token := range x.analyzer.Analyze([]byte(whole.Replace(text))) {
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
	tokens := x.documents.Mapping().AnalyzerNamed(analyzerWords).Analyze([]byte(word))
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
	inner, err := x.documents.Advanced()
	if err != nil {
		return "", fmt.Errorf("index: %w", err)
	}
	reader, err := inner.Reader()
	if err != nil {
		return "", fmt.Errorf("index: %w", err)
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	first, _ := utf8.DecodeRuneInString(term)
	dict, err := reader.(api.IndexReaderFuzzy).FieldDictFuzzy(fieldWords, term, wrong, string(first)) // scorch's is one
	if err != nil {
		return "", fmt.Errorf("index: %w", err)
	}
	defer func() { err = errors.Join(err, dict.Close()) }()
	var best *api.DictEntry
	for {
		e, err := dict.Next()
		if err != nil {
			return "", fmt.Errorf("index: %w", err)
		}
		if e == nil {
			break
		}
		if e.Term == term {
			return "", nil
		}
		if best == nil || e.EditDistance < best.EditDistance || e.EditDistance == best.EditDistance && e.Count > best.Count {
			best = &api.DictEntry{Term: e.Term, Count: e.Count, EditDistance: e.EditDistance}
		}
	}
	if best == nil {
		return "", nil
	}
	return best.Term, nil
}
