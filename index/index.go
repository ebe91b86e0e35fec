// Package index finds the passages and FAQs that may answer a question, with
// Bleve in memory. It is given terms and texts; what words mean, and whether a
// hit is good enough, is decided by package answer.
package index

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/search/query"
	"golang.org/x/sync/errgroup"
)

// Doc is a passage or an FAQ as the index sees it.
type Doc struct {
	ID         string
	Occupation string // the ID of its article
	Scope      string // who may see it: Everyone or the ID of a guild
	Heading    string
	Lead       string
	Body       string
	Terms      string // analysed terms of its question and phrasings, separated by spaces
}

// Everyone is the scope of what every server sees.
const Everyone = "everyone"

// Query asks for documents.
type Query struct {
	Occupation string   // only documents of this article; empty for all
	Scopes     []string // besides Everyone
	Terms      string   // analysed terms, as in Doc.Terms
	Text       string   // the words for the prose fields
	Size       int      // how many hits at the most
}

// Hit is a document found. Scores compare only within one search: Bleve
// normalises them by the query.
type Hit struct {
	ID    string
	Score float64
}

// The weights of the fields, from the measurements behind docs/architecture.md.
var boosts = map[string]float64{fieldBody: 1, fieldHeading: 2, fieldLead: 1, fieldTerms: 2}

// rebuildAfter is how many edits the index takes before it is built anew: a
// memory index never merges its segments, and each edit adds one.
const rebuildAfter = 200

// batchSize is how many documents are indexed at once when building.
const batchSize = 1000

// Index is a searchable set of documents. It is safe for concurrent use: a
// search sees the documents as they were before or after an edit, never half.
type Index struct {
	alias bleve.IndexAlias

	mu      sync.Mutex // held by whoever edits
	docs    map[string]Doc
	current bleve.Index
	edits   int
}

// New builds an index of docs, whose IDs must be unique.
func New(docs []Doc) (*Index, error) {
	x := &Index{alias: bleve.NewIndexAlias(), docs: make(map[string]Doc, len(docs))}
	for _, d := range docs {
		if _, dup := x.docs[d.ID]; dup {
			return nil, fmt.Errorf("index: two documents have the ID %q", d.ID)
		}
		x.docs[d.ID] = d
	}
	if err := x.rebuild(docs); err != nil {
		return nil, err
	}
	return x, nil
}

// rebuild builds docs into a new Bleve index and swaps it in.
func (x *Index) rebuild(docs []Doc) error {
	m, err := newMapping()
	if err != nil {
		return fmt.Errorf("index: mapping: %w", err)
	}
	// Not NewMemOnly: it is another engine, without BM25.
	next, err := bleve.NewUsing("", m, scorch.Name, scorch.Name, nil)
	if err != nil {
		return fmt.Errorf("index: %w", err)
	}
	next.SetName("passages")
	// A batch becomes a segment in the goroutine that hands it in.
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for part := range slices.Chunk(docs, batchSize) {
		g.Go(func() error {
			b := next.NewBatch()
			for _, d := range part {
				if err := b.Index(d.ID, d.fields()); err != nil {
					return fmt.Errorf("index %s: %w", d.ID, err)
				}
			}
			if err := next.Batch(b); err != nil {
				return fmt.Errorf("index: %w", err)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if x.current == nil {
		x.alias.Add(next)
	} else {
		x.alias.Swap([]bleve.Index{next}, []bleve.Index{x.current})
		if err := x.current.Close(); err != nil {
			return fmt.Errorf("index: close the old one: %w", err)
		}
	}
	x.current, x.edits = next, 0
	return nil
}

func (d Doc) fields() map[string]any {
	return map[string]any{
		fieldOccupation: d.Occupation,
		fieldScope:      d.Scope,
		fieldHeading:    whole.Replace(d.Heading),
		fieldLead:       whole.Replace(d.Lead),
		fieldBody:       whole.Replace(d.Body),
		fieldTerms:      d.Terms,
	}
}

// Put adds documents, or replaces those with the same IDs. They are found by
// the next search.
func (x *Index) Put(docs ...Doc) error {
	return x.edit(docs, nil)
}

// Delete removes documents; IDs that are not there are ignored.
func (x *Index) Delete(ids ...string) error {
	return x.edit(nil, ids)
}

func (x *Index) edit(put []Doc, remove []string) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	b := x.current.NewBatch()
	for _, d := range put {
		if err := b.Index(d.ID, d.fields()); err != nil {
			return fmt.Errorf("index %s: %w", d.ID, err)
		}
	}
	for _, id := range remove {
		b.Delete(id)
	}
	if err := x.current.Batch(b); err != nil {
		return fmt.Errorf("index: %w", err)
	}
	for _, d := range put {
		x.docs[d.ID] = d
	}
	for _, id := range remove {
		delete(x.docs, id)
	}
	if x.edits++; x.edits >= rebuildAfter {
		return x.rebuild(slices.Collect(maps.Values(x.docs)))
	}
	return nil
}

// Len tells how many documents there are.
func (x *Index) Len() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return len(x.docs)
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
	scopes := []query.Query{unscored(fieldScope, Everyone)}
	for _, s := range q.Scopes {
		scopes = append(scopes, unscored(fieldScope, s))
	}
	all = append(all, bleve.NewDisjunctionQuery(scopes...))

	req := bleve.NewSearchRequestOptions(bleve.NewConjunctionQuery(all...), q.Size, 0, false)
	res, err := x.alias.SearchInContext(ctx, req)
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
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.current.Close()
}
