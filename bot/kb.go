package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/careerbot/careerbot/knowledge"
	"github.com/careerbot/careerbot/store"
)

// What moderators do: /kb and its subcommands. Each is a row of the table that
// permits moderators alone, whatever Discord's application shows.

// kbCommand defines /kb.
func kbCommand() *discordgo.ApplicationCommand {
	c := forModerators("kb", "Keep what I know about careers right")
	for _, sub := range kbSubcommands {
		sub.Type = discordgo.ApplicationCommandOptionSubCommand
		c.Options = append(c.Options, &sub)
	}
	return c
}

// The options of /kb beside those of other commands.
const optionEntry = "entry"

// kbSubcommands are the subcommands of /kb, in the order in which they are
// shown.
var kbSubcommands = []discordgo.ApplicationCommandOption{
	{Name: "queue", Description: "What members asked and I could not answer"},
	{Name: "match", Description: "Say which entry answers a question of the queue", Options: options(queuedOption, careerOption, entryOption)},
	{Name: "add", Description: "Add a question and its answer", Options: options(careerOption, mandatory(topicOption(knowledge.Topics)), saysOption)},
	{Name: "section", Description: "Write a section of a career's article", Options: options(careerOption, mandatory(topicOption(sectionTopics)))},
	{Name: "new", Description: "Add a whole new career"},
	{Name: "edit", Description: "Change an entry, or put your own in the place of the shipped one", Options: options(careerOption, entryOption, topicOption(knowledge.Topics), saysOption)},
	{Name: "remove", Description: "Hide an entry in this server", Options: options(careerOption, entryOption)},
	{Name: "reset", Description: "Return to the shipped entry", Options: options(careerOption, entryOption)},
	{Name: "undo", Description: "Take the last change of an entry back", Options: options(careerOption, entryOption)},
	{Name: "history", Description: "What an entry was, and who changed it", Options: options(careerOption, entryOption)},
	{Name: "audit", Description: "Who did what"},
	{Name: "insights", Description: "How many questions I answered and missed, week by week, and what was asked most"},
	{Name: "drafts", Description: "What was begun and is not published"},
	{Name: "check", Description: "Ask all questions that are kept, and list those that miss their answer"},
	{Name: "keep", Description: "Keep a question to be checked: which entry should answer it", Options: options(careerOption, entryOption, keptOption)},
	{Name: "checks", Description: "List the questions that are kept to be checked, and delete them"},
	importCommand(),
	exportCommand(),
	{Name: "status", Description: "Whether edits work, and what there is"},
}

// The options of the subcommands.
var (
	careerOption = discordgo.ApplicationCommandOption{
		Type: discordgo.ApplicationCommandOptionString, Name: optionCareer, Required: true, MaxLength: maxLabel, Autocomplete: true, Description: "The career",
	}
	entryOption = discordgo.ApplicationCommandOption{
		Type: discordgo.ApplicationCommandOptionString, Name: optionEntry, Required: true, MaxLength: maxSuggestion, Autocomplete: true,
		Description: "A question, a section, or the names and the source of the career",
	}
	saysOption = discordgo.ApplicationCommandOption{
		Type: discordgo.ApplicationCommandOptionString, Name: fieldSays, Description: "Whether the answer is a plain yes or no",
		Choices: []*discordgo.ApplicationCommandOptionChoice{{Name: "yes", Value: "yes"}, {Name: "no", Value: "no"}, {Name: neither, Value: neither}},
	}
	queuedOption = discordgo.ApplicationCommandOption{
		Type: discordgo.ApplicationCommandOptionString, Name: optionQuestion, Required: true, MaxLength: maxSuggestion, Autocomplete: true, Description: "The question of the queue",
	}
	keptOption = discordgo.ApplicationCommandOption{
		Type: discordgo.ApplicationCommandOptionString, Name: optionQuestion, Required: true, MaxLength: knowledge.MaxQuestion, Description: "The question",
	}
)

// sectionTopics are the topics that a section can be on.
var sectionTopics = topicsBut(knowledge.Topics, []knowledge.Topic{knowledge.General})

// topicOption offers topics.
func topicOption(topics []knowledge.Topic) discordgo.ApplicationCommandOption {
	o := discordgo.ApplicationCommandOption{Type: discordgo.ApplicationCommandOptionString, Name: fieldTopic, Description: "What it is about"}
	for _, t := range topics {
		o.Choices = append(o.Choices, &discordgo.ApplicationCommandOptionChoice{Name: topicNames[t], Value: string(t)})
	}
	return o
}

// mandatory is an option that has to be chosen.
func mandatory(o discordgo.ApplicationCommandOption) discordgo.ApplicationCommandOption {
	o.Required = true
	return o
}

func options(list ...discordgo.ApplicationCommandOption) []*discordgo.ApplicationCommandOption {
	out := make([]*discordgo.ApplicationCommandOption, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out
}

// forModerators defines a command that Discord's application shows to those who
// may manage the server. Whether they may use it is decided by the bot.
func forModerators(name, description string) *discordgo.ApplicationCommand {
	manage := int64(discordgo.PermissionManageGuild)
	return &discordgo.ApplicationCommand{
		Type: discordgo.ChatApplicationCommand, Name: name, Description: description, DefaultMemberPermissions: &manage,
		Contexts:         &[]discordgo.InteractionContextType{discordgo.InteractionContextGuild},
		IntegrationTypes: &[]discordgo.ApplicationIntegrationType{discordgo.ApplicationIntegrationGuildInstall},
	}
}

// kbStatus tells whether edits work, and what there is.
func (b *Bot) kbStatus(ctx context.Context, r *request) (response, error) {
	k := kbHealth{built: b.cfg.Answerer().Built()}
	for _, a := range b.cfg.Answerer().Base(r.home).Articles {
		k.careers, k.questions = k.careers+1, k.questions+len(a.FAQs)
	}
	s, err := b.kept.opened()
	if err == nil {
		if err = b.kbCount(ctx, s, r.home, &k); err != nil {
			err = b.keeping(err)
		}
	}
	if err != nil {
		k.fault = cmp.Or(b.kept.why(), "my database does not work")
		b.log.Warn("the database does not work", "id", r.id, "err", err)
	}
	return response{message: renderKBStatus(k), note: "status"}, nil
}

// kbCount counts what is kept of a server.
func (b *Bot) kbCount(ctx context.Context, s *store.Store, guild string, k *kbHealth) error {
	if err := s.Health(ctx); err != nil {
		return err
	}
	entries, err := s.Entries(ctx, guild)
	if err != nil {
		return err
	}
	drafts, err := s.Drafts(ctx, guild)
	if err != nil {
		return err
	}
	k.entries, k.drafts = len(entries), len(drafts)
	if k.last, err = lastPublished(ctx, s, guild); err != nil {
		return err
	}
	_, k.queue, err = s.Queue(ctx, guild, 0, 1)
	return err
}

// The pages of the audit that are searched for the last publication.
const (
	deedsAtOnce = 100
	deedPages   = 10
)

// lastPublished gives the last deed of a server that changed entries; the zero
// one if there was none of late.
func lastPublished(ctx context.Context, s *store.Store, guild string) (store.Deed, error) {
	var before int64
	for range deedPages {
		list, err := s.Audit(ctx, guild, before, deedsAtOnce)
		if err != nil || len(list) == 0 {
			return store.Deed{}, err
		}
		for _, d := range list {
			if _, publishes := actions[store.Action(d.Action)]; publishes || d.Action == "publish" {
				return d, nil
			}
		}
		before = list[len(list)-1].ID
	}
	return store.Deed{}, nil
}

// why tells people in a few words why nothing can be kept, if that is known.
func (k *kept) why() string {
	k.mu.RLock()
	defer k.mu.RUnlock()
	for _, f := range faulty {
		if errors.Is(k.fault, f) {
			return f.Error()
		}
	}
	return ""
}

// kbHealth is how the knowledge of a server is.
type kbHealth struct {
	fault              string // why edits are off; empty if they are not
	careers, questions int    // that the server sees
	entries, drafts    int    // of the server's own
	queue              int64
	last               store.Deed // that changed entries
	built              time.Time  // what answers
}

func renderKBStatus(k kbHealth) message {
	edits := "on: the database can be read and written"
	if k.fault != "" {
		edits = "**off**: " + escape(k.fault, maxLabel) + ". I answer from what I have loaded. Whoever runs me can read in the log what to do."
	}
	fields := []*discordgo.MessageEmbedField{
		{Name: "Edits", Value: edits},
		{Name: "What I answer from", Value: fmt.Sprintf("%s, %s, loaded <t:%d:R>", plural(k.careers, "career", "careers"), plural(k.questions, "question", "questions"), k.built.Unix())},
	}
	if k.fault == "" {
		last := "never, or long ago"
		if !k.last.At.IsZero() {
			last = fmt.Sprintf("%s by %s: %s %s", at(k.last.At), person(k.last.Person), escape(k.last.Action, maxLabel), escape(k.last.Target, maxLabel))
		}
		fields = append(fields,
			&discordgo.MessageEmbedField{Name: "Entries of your own", Value: fmt.Sprintf("%d, and %s", k.entries, plural(k.drafts, "draft", "drafts"))},
			&discordgo.MessageEmbedField{Name: "Questions in the queue", Value: fmt.Sprint(k.queue)},
			&discordgo.MessageEmbedField{Name: "Last published", Value: last})
	}
	return message{Embeds: []*discordgo.MessageEmbed{{Title: "Knowledge of this server", Color: aboutColour, Fields: fields}}}
}
