package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"

	"github.com/careerbot/careerbot/store"
)

// What those who manage a server choose for it: /config and its subcommands.

// The options of /config.
const (
	optionRole    = "role"
	optionChannel = "channel"
	optionAnswers = "answers"
	optionChange  = "change"
)

// maxChosen is how many channels a list of the settings may have: as many as can
// be shown in a field.
const maxChosen = 40

// managers permits those who may manage the server, and not the role that they
// have chosen.
func managers(_ *Bot, r *request) error {
	if r.manages() {
		return nil
	}
	return refusal("That is for those who may manage this server (the permission Manage Server).")
}

// channelList is a list of channels in the settings.
type channelList struct {
	name, title string
	none        string // what an empty one means
	of          func(*store.Settings) *[]string
}

// channelLists are the lists of channels in the settings, as they are chosen.
var channelLists = []channelList{
	{"mentions", "Mentions are answered in", "every channel", func(s *store.Settings) *[]string { return &s.MentionChannels }},
	{"privately", "Answers are private in", "no channel; /ask has an option for it", func(s *store.Settings) *[]string { return &s.PrivateChannels }},
}

// listChanges are the changes of a list of channels, as they are chosen.
var listChanges = map[string]func(list []string, channel string) []string{
	"add": func(list []string, channel string) []string {
		return append(slices.DeleteFunc(list, func(id string) bool { return id == channel }), channel)
	},
	"remove": func(list []string, channel string) []string {
		return slices.DeleteFunc(list, func(id string) bool { return id == channel })
	},
}

// configCommand defines /config.
func configCommand() *discordgo.ApplicationCommand {
	writable := []discordgo.ChannelType{discordgo.ChannelTypeGuildText, discordgo.ChannelTypeGuildNews}
	threads := []discordgo.ChannelType{
		discordgo.ChannelTypeGuildForum, discordgo.ChannelTypeGuildVoice,
		discordgo.ChannelTypeGuildNewsThread, discordgo.ChannelTypeGuildPublicThread, discordgo.ChannelTypeGuildPrivateThread,
	}
	c := forModerators("config", "Choose who looks after me, where I answer, and where I tell you what is wrong")
	c.Options = []*discordgo.ApplicationCommandOption{
		{
			Name: "moderators", Description: "Which role may use /kb, beside those who manage the server",
			Options: []*discordgo.ApplicationCommandOption{{
				Type: discordgo.ApplicationCommandOptionRole, Name: optionRole, Description: "The role; leave it out for none",
			}},
		},
		{
			Name: "channels", Description: "Where I answer mentions, and where my answers are private",
			Options: []*discordgo.ApplicationCommandOption{
				{
					Type: discordgo.ApplicationCommandOptionString, Name: optionAnswers, Required: true, Description: "What to choose channels for",
					Choices: []*discordgo.ApplicationCommandOptionChoice{
						{Name: "Where I answer mentions", Value: "mentions"}, {Name: "Where my answers are private", Value: "privately"},
					},
				},
				{
					Type: discordgo.ApplicationCommandOptionString, Name: optionChange, Required: true, Description: "What to do with the channel",
					Choices: []*discordgo.ApplicationCommandOptionChoice{{Name: "Add it", Value: "add"}, {Name: "Take it out", Value: "remove"}},
				},
				{
					Type: discordgo.ApplicationCommandOptionChannel, Name: optionChannel, Required: true, ChannelTypes: slices.Concat(writable, threads),
					Description: "The channel; its threads count as it",
				},
			},
		},
		{
			Name: "notices", Description: "Where I tell moderators of the queue, once a day, and of what has stopped working",
			Options: []*discordgo.ApplicationCommandOption{{
				Type: discordgo.ApplicationCommandOptionChannel, Name: optionChannel, ChannelTypes: writable, Description: "A channel of moderators; leave it out for none",
			}},
		},
		{Name: "show", Description: "What is chosen now"},
	}
	for _, sub := range c.Options {
		sub.Type = discordgo.ApplicationCommandOptionSubCommand
	}
	return c
}

// configModerators chooses the role of moderators.
func (b *Bot) configModerators(ctx context.Context, r *request) (response, error) {
	role := r.option(optionRole)
	said := "Nobody but those who manage the server may use /kb."
	if role != "" {
		said = fmt.Sprintf("Who has the role <@&%s> may use /kb. Discord shows it to them once you permit that: Server Settings, Integrations, my name, /kb, add the role. The same goes for **%s**.", role, saveAsFAQ)
	}
	if role == r.home {
		return response{}, refusal("That is everybody. Please choose a role that only moderators have.")
	}
	return b.configure(ctx, r, said, func(s *store.Settings) { s.ModeratorRole = role })
}

// configChannels adds a channel to a list of the settings, or takes it out.
func (b *Bot) configChannels(ctx context.Context, r *request) (response, error) {
	at := slices.IndexFunc(channelLists, func(l channelList) bool { return l.name == r.option(optionAnswers) })
	change, channel := listChanges[r.option(optionChange)], r.option(optionChannel)
	if at < 0 || change == nil || channel == "" {
		return response{}, fmt.Errorf("no such choice of channels: %v", r.options)
	}
	if parent := b.access.parent(r.home, channel); parent != "" {
		channel = parent
	}
	list := channelLists[at]
	if now := b.kept.of(r.home); len(change(slices.Clone(*list.of(&now)), channel)) > maxChosen {
		return response{}, refusal(fmt.Sprintf("I can keep %d channels in that list. Take one out before.", maxChosen))
	}
	return b.configure(ctx, r, "Noted. It counts from now on.", func(s *store.Settings) {
		chosen := list.of(s)
		*chosen = change(*chosen, channel)
	})
}

// speaks are the permissions that it takes to tell something in a channel.
const speaks = viewChannel | sendMessages | embedLinks

// configNotices chooses where moderators are told of things.
func (b *Bot) configNotices(ctx context.Context, r *request) (response, error) {
	channel := r.option(optionChannel)
	if channel == "" {
		return b.configure(ctx, r, "I will tell you of nothing.", func(s *store.Settings) { s.NoticesChannel = "" })
	}
	if lacks := b.lacksIn(r.home, channel) & speaks; lacks != 0 {
		return response{}, refusal(fmt.Sprintf("I cannot write in <#%s>: I lack **%s** there. Please permit it in the settings of the channel, then choose it again.", channel, lacks.names()))
	}
	res, err := b.configure(ctx, r, fmt.Sprintf("I will tell you in <#%s> of the queue, once a day if there is something in it, and of what has stopped working. I ping nobody.", channel), func(s *store.Settings) {
		s.NoticesChannel = channel
	})
	if s, off := b.kept.opened(); err == nil && off == nil {
		b.begin(func() {
			if err := b.noticeQueue(b.working, s, r.home, lastNotice(b.now())); err != nil {
				b.keeping(err) //nolint:errcheck // it is noted there, and tried again
			}
		})
	}
	return res, err
}

// configShow shows the settings of a server.
func (b *Bot) configShow(ctx context.Context, r *request) (response, error) {
	now := b.kept.of(r.home)
	if len(b.tidy(r.home, &now)) > 0 {
		res, err := b.configure(ctx, r, "", func(*store.Settings) {})
		if refused, off := errors.AsType[refusal](err); !off || refused != errOff {
			return res, err
		}
	}
	return response{message: renderSettings(now, ""), note: "settings"}, nil
}

// configure changes the settings of the server where a request was made, in
// force at once, and shows them.
func (b *Bot) configure(ctx context.Context, r *request, said string, change func(*store.Settings)) (response, error) {
	s, err := b.kept.opened()
	if err != nil {
		return response{}, err
	}
	var dropped []string
	settings, err := s.ChangeSettings(ctx, r.home, r.person, func(s *store.Settings) {
		change(s)
		dropped = b.tidy(r.home, s)
	})
	if err != nil {
		return response{}, b.keeping(err)
	}
	b.kept.set(r.home, settings)
	if len(dropped) > 0 {
		said = strings.TrimSpace(said + "\nWhat this server no longer has I have dropped: " + strings.Join(dropped, ", ") + ".")
	}
	return response{message: renderSettings(settings, said), note: "settings"}, nil
}

// tidy drops from settings what the server no longer has, and tells what that
// was.
func (b *Bot) tidy(guild string, s *store.Settings) (dropped []string) {
	gone := func(id string) bool { return id != "" && !b.access.has(guild, id) }
	if gone(s.ModeratorRole) {
		s.ModeratorRole = ""
		dropped = append(dropped, "the role of moderators")
	}
	for _, l := range channelLists {
		chosen := l.of(s)
		before := len(*chosen)
		*chosen = slices.DeleteFunc(slices.Clone(*chosen), gone)
		if n := before - len(*chosen); n > 0 {
			dropped = append(dropped, fmt.Sprintf("%s of “%s”", counted(int64(n), "channel"), l.title))
		}
	}
	if gone(s.NoticesChannel) {
		s.NoticesChannel = ""
		dropped = append(dropped, "the channel for notices")
	}
	return dropped
}

// renderSettings shows the settings of a server, after what is said of them.
func renderSettings(s store.Settings, said string) message {
	role, notices := "Those who may manage the server", "Nowhere: choose a channel with /config notices"
	if s.ModeratorRole != "" {
		role += fmt.Sprintf(", and <@&%s>", s.ModeratorRole)
	}
	if s.NoticesChannel != "" {
		notices = "<#" + s.NoticesChannel + ">"
	}
	fields := []*discordgo.MessageEmbedField{{Name: "Moderators", Value: role}}
	for _, l := range channelLists {
		value := l.none
		if chosen := *l.of(&s); len(chosen) > 0 {
			value = mentionsOf(chosen)
		}
		fields = append(fields, &discordgo.MessageEmbedField{Name: l.title, Value: value})
	}
	fields = append(fields, &discordgo.MessageEmbedField{Name: "Notices go to", Value: notices})
	return message{Content: said, Embeds: []*discordgo.MessageEmbed{{Title: "Settings of this server", Color: aboutColour, Description: "Who manages the server can change them with /config.", Fields: fields}}}
}

// mentionsOf names channels, as many as fit into a field.
func mentionsOf(channels []string) string {
	var list []string
	for i, id := range channels {
		if i > 0 {
			list = append(list, " ")
		}
		list = append(list, "<#"+id+">")
	}
	return clip(list, maxFieldText)
}

// counted is a number with what is counted.
func counted(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
