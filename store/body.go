package store

import "github.com/careerbot/careerbot/knowledge"

// formatBody writes an entry as it is stored: in Markdown, and nothing of one
// that is hidden or reset.
func formatBody(e knowledge.Entry) string {
	if e.Head == nil && e.Section == nil && e.FAQ == nil {
		return ""
	}
	return string(knowledge.FormatEntry(e))
}

// parseBody reads what formatBody wrote. What was right when it was written is
// read even if later rules find a fault with it; the error is of text in which
// there is no entry.
func parseBody(key knowledge.EntryKey, body string, hidden bool) (knowledge.Entry, error) {
	if body == "" {
		return knowledge.Entry{EntryKey: key, Hidden: hidden}, nil
	}
	e, err := knowledge.ParseEntry(key, []byte(body))
	if e.Head != nil || e.Section != nil || e.FAQ != nil {
		return e, nil
	}
	return e, err
}
