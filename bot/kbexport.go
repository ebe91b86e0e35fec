package bot

import (
	"bytes"
	"context"
	"fmt"

	"github.com/bwmarrin/discordgo"

	"github.com/careerbot/careerbot/knowledge"
)

// /kb export: what a server knows, as files that /kb import and `careerbot
// check` read. Nothing in them tells which server it was.

// optionWhat says what is exported.
const optionWhat = "what"

// The values of the option.
const (
	exportAll = "all"
	exportOwn = "own"
)

// exportCommand defines /kb export.
func exportCommand() discordgo.ApplicationCommandOption {
	return discordgo.ApplicationCommandOption{
		Name: "export", Description: "What this server knows, as Markdown files in a zip",
		Options: []*discordgo.ApplicationCommandOption{{
			Type: discordgo.ApplicationCommandOptionString, Name: optionWhat, Description: "All of it, or what this server has changed or added",
			Choices: []*discordgo.ApplicationCommandOptionChoice{
				{Name: "All that I know in this server", Value: exportAll},
				{Name: "Only what this server has changed or added", Value: exportOwn},
			},
		}},
	}
}

// kbExport gives a moderator what the server knows.
func (b *Bot) kbExport(ctx context.Context, r *request) (response, error) {
	base := b.cfg.Answerer().Base(r.home)
	s, err := b.kept.opened()
	if err != nil {
		return response{}, err
	}
	laid, err := s.Entries(ctx, r.home)
	if err != nil {
		return response{}, b.keeping(err)
	}
	name := "careerbot-knowledge.zip"
	if r.option(optionWhat) == exportOwn {
		if len(laid) == 0 {
			return response{}, refusal("This server has changed nothing and added nothing yet. Leave the option out, and you get all that I know here.")
		}
		base, name = onlyOwn(base, laid), "careerbot-own-knowledge.zip"
	}
	removed := removedFrom(b.cfg.Answerer().Base(""), laid)
	var zip bytes.Buffer
	if err := knowledge.Export(&zip, base, removed...); err != nil {
		return response{}, err
	}
	if zip.Len() > maxFile {
		return response{}, refusal("That is more than the 10 MB that Discord lets me send. Whoever runs me can export it with careerbot export.")
	}
	return response{message: renderExport(base, len(removed), name, zip.Bytes()), note: "export"}, nil
}

// onlyOwn is a base of those articles of which a server has entries of its own:
// the head of each, and of the rest what is the server's.
func onlyOwn(base *knowledge.Base, laid []knowledge.Entry) *knowledge.Base {
	own := map[knowledge.EntryKey]bool{}
	touched := map[string]bool{}
	for _, e := range laid {
		if !e.Hidden {
			own[e.EntryKey], touched[e.Article] = true, true
		}
	}
	only := &knowledge.Base{}
	for _, a := range base.Articles {
		if !touched[a.ID] {
			continue
		}
		var entries []knowledge.Entry
		for _, e := range a.Entries() {
			if e.Kind == knowledge.CareerEntry || own[e.EntryKey] {
				entries = append(entries, e)
			}
		}
		only = only.With(entries)
	}
	return only
}

// removedFrom lists the entries of a base that a server hides.
func removedFrom(base *knowledge.Base, laid []knowledge.Entry) []knowledge.EntryKey {
	var removed []knowledge.EntryKey
	for _, e := range laid {
		if _, had := entryIn(base, e.EntryKey); e.Hidden && had {
			removed = append(removed, e.EntryKey)
		}
	}
	return removed
}

func renderExport(base *knowledge.Base, removed int, name string, zip []byte) message {
	text := fmt.Sprintf("The articles of %s, as Markdown: edit them with any editor.", plural(len(base.Articles), "career", "careers"))
	if removed > 0 {
		text += fmt.Sprintf(" `removed.list` names %s that this server hides.", plural(removed, "shipped entry", "shipped entries"))
	}
	m := say(text + " `/kb import` takes the zip back, here or in another server, and shows what it would change before anything is saved.")
	m.Files = []file{{name: name, data: zip}}
	return m
}
