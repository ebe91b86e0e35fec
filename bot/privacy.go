package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/bwmarrin/discordgo"

	"github.com/careerbot/careerbot/store"
)

// What is kept of a person: they may see it, take it with them, and have it
// deleted, wherever they are, and nobody else may.

// forgetMe is the button that has it deleted. Its argument is whom it belongs
// to.
const forgetMe = "forget"

// aboutPrivacy is where all of it is written down.
const aboutPrivacy = "https://github.com/careerbot/careerbot/blob/main/docs/privacy.md"

// privacyCommand defines /privacy.
func privacyCommand() *discordgo.ApplicationCommand {
	c := forEveryone("privacy", "What I keep of you: see it, take it with you, or have it deleted")
	for _, sub := range []discordgo.ApplicationCommandOption{
		{Name: "show", Description: "What I keep of you"},
		{Name: "export", Description: "All that I keep of you, as a file"},
		{Name: "delete", Description: "Delete what I keep of you"},
	} {
		sub.Type = discordgo.ApplicationCommandOptionSubCommand
		c.Options = append(c.Options, &sub)
	}
	return c
}

// ofPerson reads all that is kept of the person who asks.
func (b *Bot) ofPerson(ctx context.Context, r *request) (store.Person, error) {
	s, err := b.kept.opened()
	if err != nil {
		return store.Person{}, err
	}
	p, err := s.Person(ctx, r.person)
	return p, b.keeping(err)
}

// showPrivacy tells a person what is kept of them.
func (b *Bot) showPrivacy(ctx context.Context, r *request) (response, error) {
	p, err := b.ofPerson(ctx, r)
	if err != nil {
		return response{}, err
	}
	return response{message: renderPrivacy(p), note: "privacy"}, nil
}

// exportPrivacy gives a person all that is kept of them.
func (b *Bot) exportPrivacy(ctx context.Context, r *request) (response, error) {
	p, err := b.ofPerson(ctx, r)
	if err != nil {
		return response{}, err
	}
	raw, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return response{}, err
	}
	if len(raw) > maxFile {
		return response{}, refusal("All that I keep of you is more than Discord lets me send. Whoever runs me can give it to you.")
	}
	m := say("This is all that I keep of you, as JSON. Nobody else sees it.")
	m.Files = []file{{name: "careerbot-privacy.json", data: raw}}
	return response{message: m, note: "privacy export"}, nil
}

// askDelete asks a person whether they mean it.
func (b *Bot) askDelete(ctx context.Context, r *request) (response, error) {
	p, err := b.ofPerson(ctx, r)
	if err != nil {
		return response{}, err
	}
	return response{message: renderDelete(p, r.person), note: "privacy delete"}, nil
}

// deletePerson deletes what is kept of a person.
func (b *Bot) deletePerson(ctx context.Context, r *request) (response, error) {
	p, err := b.ofPerson(ctx, r)
	if err != nil {
		return response{}, err
	}
	s, err := b.kept.opened()
	if err != nil {
		return response{}, err
	}
	if _, err := s.DeletePerson(ctx, r.person); err != nil {
		return response{}, b.keeping(err)
	}
	b.cfg.Answerer().Forget(r.person)
	return response{message: renderDeleted(p), note: "privacy deleted"}, nil
}

// personal is a kind of thing that is kept of a person.
type personal struct {
	thing string // one of them
	many  string // several
	count func(store.Person) int
}

// What goes when a person wants it, and what stays without their name.
var (
	goes = []personal{
		{"vote on an answer", "votes on answers", func(p store.Person) int { return len(p.Votes) }},
		{"question of whose answer you are told", "questions of whose answers you are told", func(p store.Person) int { return len(p.Waiting) }},
		{"draft that was not published", "drafts that were not published", func(p store.Person) int { return len(p.Drafts) }},
		{"job alert, with what it found and sent", "job alerts, with what they found and sent", func(p store.Person) int { return len(p.Subscriptions) }},
		{"search for jobs, or alert that was not saved", "searches for jobs, or alerts that were not saved", func(p store.Person) int { return len(p.Proposals) }},
	}
	stays = []personal{
		{"published change of what I know", "published changes of what I know", func(p store.Person) int { return len(p.Revisions) }},
		{"check question", "check questions", func(p store.Person) int { return len(p.Checks) }},
		{"source of jobs that you added", "sources of jobs that you added", func(p store.Person) int { return len(p.Sources) }},
		{"line of who did what as a moderator", "lines of who did what as a moderator", func(p store.Person) int { return len(p.Deeds) }},
	}
)

// listKept lists what there is of a person, one kind a line.
func listKept(kinds []personal, p store.Person) string {
	var b strings.Builder
	for _, k := range kinds {
		switch n := k.count(p); n {
		case 0:
		case 1:
			fmt.Fprintf(&b, "- 1 %s\n", k.thing)
		default:
			fmt.Fprintf(&b, "- %d %s\n", n, k.many)
		}
	}
	return cmp.Or(b.String(), "Nothing.")
}

// inMemory is what no database holds.
const inMemory = "What you asked last in a channel, for ten minutes, so that you can ask on from it; and how fast you ask. It is gone when I am started anew."

func renderPrivacy(p store.Person) message {
	return message{Embeds: []*discordgo.MessageEmbed{{
		Title: "What I keep of you", URL: aboutPrivacy, Color: aboutColour,
		Description: "Questions that I cannot answer are kept without who asked them. Of you, on all servers, I keep:",
		Fields: []*discordgo.MessageEmbedField{
			{Name: "With your ID", Value: listKept(goes, p)},
			{Name: "With your ID, as a moderator", Value: listKept(stays, p)},
			{Name: "In memory only", Value: inMemory},
			{Name: "What you can do", Value: "`/privacy export` gives you all of it as a file, `/privacy delete` deletes it. Why I keep it and for how long: [docs/privacy.md](" + aboutPrivacy + ")"},
		},
	}}}
}

func renderDelete(p store.Person, person string) message {
	return message{
		Embeds: []*discordgo.MessageEmbed{{
			Title: "Delete what I keep of you?", URL: aboutPrivacy, Color: aboutColour,
			Description: "On all servers, and for good. What you have asked last is forgotten too.",
			Fields: []*discordgo.MessageEmbedField{
				{Name: "This goes", Value: listKept(goes, p)},
				{Name: "This stays, without your name", Value: listKept(stays, p)},
			},
		}},
		Components: rowsOf([]discordgo.MessageComponent{
			discordgo.Button{Label: "Delete", Style: discordgo.DangerButton, CustomID: forgetMe + ":" + packOwner(person)},
		}),
	}
}

func renderDeleted(p store.Person) message {
	return message{Embeds: []*discordgo.MessageEmbed{{
		Title: "Deleted", Color: aboutColour,
		Fields: []*discordgo.MessageEmbedField{
			{Name: "This is gone", Value: listKept(goes, p)},
			{Name: "This stays, without your name", Value: listKept(stays, p)},
		},
	}}}
}
