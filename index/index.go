// Package index finds the passages and FAQs that may answer a question, and says
// how well postings of jobs fit words, with Bleve in memory. It is given terms
// and texts; what words mean, and whether a hit is good enough, is decided by
// those who ask.
package index

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/search/query"
	"golang.org/x/sync/errgroup"
)

// Doc is a passage or an FAQ as the index sees it.
type Doc struct {
	ID         string
	Occupation string // the ID of its article
	Heading    string
	Lead       string
	Body       string
	Terms      string // analysed terms of its question and phrasings, separated by spaces
}

// Query asks for documents.
type Query struct {
	Occupation string // only documents of this article; empty for all
	Terms      string // analysed terms, as in Doc.Terms
	Text       string // the words for the prose fields
	Size       int    // how many hits at the most
}

// Hit is a document found. Scores compare only within one search: Bleve
// normalises them by the query.
type Hit struct {
	ID    string
	Score float64
}

// The weights of the fields, from the measurements behind docs/architecture.md.
var boosts = map[string]float64{fieldBody: 1, fieldHeading: 2, fieldLead: 1, fieldTerms: 2}

// batchSize is how many documents are indexed at once when building.
const batchSize = 1000

// Index is a searchable set of documents, which does not change. It is safe for
// concurrent use.
type Index struct {
	documents bleve.Index
}

// New builds an index of docs, whose IDs must be unique.
func New(docs []Doc) (*Index, error) {
	ids := make(map[string]bool, len(docs))
	for _, d := range docs {
		if ids[d.ID] {
			return nil, fmt.Errorf("index: two documents have the ID %q", d.ID)
		}
		ids[d.ID] = true
	}
	m, err := newMapping()
	if err != nil {
		return nil, fmt.Errorf("index: mapping: %w", err)
	}
	// Not NewMemOnly: it is another engine, without BM25.
	x := &Index{}
	if x.documents, err = bleve.NewUsing("", m, scorch.Name, scorch.Name, nil); err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	// A batch becomes a segment in the goroutine that hands it in.
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for part := range slices.Chunk(docs, batchSize) {
		g.Go(func() error {
			b := x.documents.NewBatch()
			for _, d := range part {
				if err := b.Index(d.ID, d.fields()); err != nil {
					return fmt.Errorf("index %s: %w", d.ID, err)
				}
			}
			if err := x.documents.Batch(b); err != nil {
				return fmt.Errorf("index: %w", err)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, errors.Join(err, x.Close())
	}
	return x, nil
}

func (d Doc) fields() map[string]any {
	return map[string]any{
		fieldOccupation: d.Occupation,
		fieldHeading:    whole.Replace(d.Heading),
		fieldLead:       whole.Replace(d.Lead),
		fieldBody:       whole.Replace(d.Body),
		fieldTerms:      d.Terms,
	}
}

// Search returns the documents that fit q, best first.
func (x *Index) Search(ctx context.Context, q Query) ([]Hit, error) {
	var any []query.Query
	match := func(field, text string) {
		if text == "" {
			return
		}
		m := bleve.NewMatchQuery(text)
		m.SetField(field)
		m.SetBoost(boosts[field])
		any = append(any, m)
	}
	text := whole.Replace(q.Text)
	for _, field := range []string{fieldBody, fieldHeading, fieldLead} {
		match(field, text)
	}
	match(fieldTerms, q.Terms)
	if len(any) == 0 {
		return nil, nil
	}

	// A conjunction with boost 0 narrows the scan; AddFilter would not.
	all := []query.Query{bleve.NewDisjunctionQuery(any...)}
	if q.Occupation != "" {
		all = append(all, unscored(fieldOccupation, q.Occupation))
	}

	req := bleve.NewSearchRequestOptions(bleve.NewConjunctionQuery(all...), q.Size, 0, false)
	res, err := x.documents.SearchInContext(ctx, req)
	if err != nil {
		return nil, fmt.Errorf("index: search: %w", err)
	}
	hits := make([]Hit, len(res.Hits))
	for i, h := range res.Hits {
		hits[i] = Hit{ID: h.ID, Score: h.Score}
	}
	return hits, nil
}

func unscored(field, term string) query.Query {
	t := bleve.NewTermQuery(term)
	t.SetField(field)
	t.SetBoost(0)
	return t
}

// Close frees the index. Nothing may be searched afterwards.
func (x *Index) Close() error {
	if err := x.documents.Close(); err != nil {
		return fmt.Errorf("index: close: %w", err)
	}
	return nil
}
