package bot

import (
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
)

// redactor keeps secrets out of a log: the bot's token, and the tokens of
// interactions, which stand in addresses and so in the errors of net/http.
type redactor struct {
	slog.Handler
	token string
}

// interactionToken finds the token in an address of an interaction.
var interactionToken = regexp.MustCompile(`((?:webhooks|interactions)/\d+/)[^/\s"?]+`)

func (r redactor) text(s string) string {
	if r.token != "" {
		s = strings.ReplaceAll(s, r.token, "[token]")
	}
	return interactionToken.ReplaceAllString(s, "${1}[token]")
}

func (r redactor) attr(a slog.Attr) slog.Attr {
	switch v := a.Value.Resolve(); v.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(r.text(v.String()))
	case slog.KindAny:
		a.Value = slog.StringValue(r.text(fmt.Sprint(v.Any())))
	case slog.KindGroup:
		var group []slog.Attr
		for _, inner := range v.Group() {
			group = append(group, r.attr(inner))
		}
		a.Value = slog.GroupValue(group...)
	}
	return a
}

// Handle writes a record without secrets.
func (r redactor) Handle(ctx context.Context, rec slog.Record) error {
	clean := slog.NewRecord(rec.Time, rec.Level, r.text(rec.Message), rec.PC)
	rec.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(r.attr(a))
		return true
	})
	return r.Handler.Handle(ctx, clean)
}

// WithAttrs returns a redactor with attributes, without their secrets.
func (r redactor) WithAttrs(attrs []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = r.attr(a)
	}
	return redactor{r.Handler.WithAttrs(clean), r.token}
}

// WithGroup returns a redactor that writes into a group.
func (r redactor) WithGroup(name string) slog.Handler {
	return redactor{r.Handler.WithGroup(name), r.token}
}
