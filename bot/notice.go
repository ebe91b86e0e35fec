package bot

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/careerbot/careerbot/store"
)

// Notices to the moderators of a server, in the channel that they have chosen
// for them: the queue once a day, and what has stopped working. None pings.

const (
	// noticeHour is when moderators are told of the queue, in UTC.
	noticeHour = 9
	// noticesEvery is how often it is looked whether that is due, and how soon it
	// is tried again.
	noticesEvery = time.Minute
	// noticesTime is how long the notices of all servers may take at once, and
	// returningTime how long it may take to note that one was not sent.
	noticesTime   = noticesEvery / 2
	returningTime = 5 * time.Second
)

// openQueue is the button that opens the queue; its argument is the day of the
// notice that it stands below.
const openQueue = "open-queue"

// notice tells the moderators of a server something, if they have chosen a
// channel for that. What cannot be told is in the log.
func (b *Bot) notice(ctx context.Context, guild string, m message) {
	channel := b.kept.of(guild).NoticesChannel
	if channel == "" {
		return
	}
	if err := b.sendNotice(ctx, guild, channel, m, "n"+strconv.FormatInt(time.Now().UnixNano(), 36)); err != nil {
		b.notTold(guild, channel, err)
	}
}

// sendNotice sends a notice, and the same nonce the same notice.
func (b *Bot) sendNotice(ctx context.Context, guild, channel string, m message, nonce string) error {
	p := b.without(guild, channel, m.payload())
	p.Nonce, p.EnforceNonce = nonce, true
	_, err := b.call(ctx, mayRepeat, http.MethodPost, "channels/"+channel+"/messages", p)
	return err
}

// notTold notes that moderators were not told something.
func (b *Bot) notTold(guild, channel string, err error) {
	b.log.Warn("moderators could not be told something; somebody who manages the server can choose another channel with /config notices", "guild", guild, "channel", channel, "err", err)
}

// lastNotice is the last time at which moderators were to be told of the queue.
func lastNotice(now time.Time) time.Time {
	now = now.UTC()
	at := time.Date(now.Year(), now.Month(), now.Day(), noticeHour, 0, 0, 0, time.UTC)
	if now.Before(at) {
		at = at.AddDate(0, 0, -1)
	}
	return at
}

// noticeQueues tells the moderators of all servers of their queues, those who
// have not been told since a time. What there is no time for is untold.
func (b *Bot) noticeQueues(ctx context.Context, s *store.Store, since time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, noticesTime)
	defer cancel()
	for guild, settings := range b.kept.all() {
		if settings.NoticesChannel == "" {
			continue
		}
		if ctx.Err() != nil {
			b.untold.Store(true)
			break
		}
		if err := b.noticeQueue(ctx, s, guild, since); err != nil {
			return err
		}
	}
	b.log.Debug("looked at the queues of all servers", "due", since)
	return nil
}

// noticeQueue tells the moderators of a server of their queue, unless it is
// empty or they have been told since a time. If they cannot be told now, the
// claim is given back, and they are untold.
func (b *Bot) noticeQueue(ctx context.Context, s *store.Store, guild string, since time.Time) error {
	claim, mine, err := s.ClaimNotice(ctx, guild, since)
	if err != nil || !mine {
		return err
	}
	channel := b.kept.of(guild).NoticesChannel
	groups, all, err := b.queueOf(ctx, s, guild)
	if err == nil && (len(groups) == 0 || channel == "") {
		return nil
	}
	if err == nil {
		err = b.tellQueue(ctx, guild, channel, renderQueueNotice(groups, all, since), since)
	}
	switch {
	case err == nil:
		return nil
	case unreachable(err) || status(err) == http.StatusBadRequest: // and so it would be all day
		b.notTold(guild, channel, err)
		return nil
	}
	b.untold.Store(true)
	b.log.Warn("moderators could not be told of their queue; it is tried again", "guild", guild, "channel", channel, "err", err)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), returningTime) // also at the end of the program
	defer cancel()
	return s.ReturnNotice(ctx, guild, claim)
}

// tellQueue sends the notice of a day, unless an earlier try of which that was
// not known has. Within the life of the nonce Discord tells; later it is looked
// for.
func (b *Bot) tellQueue(ctx context.Context, guild, channel string, m message, day time.Time) error {
	said, err := b.saidThere(ctx, channel, queueMark(day))
	if said != "" || err != nil {
		return err
	}
	return b.sendNotice(ctx, guild, channel, m, "q"+packOwner(guild)+queueMark(day))
}

// queueMark is what the button of the notice of a day holds, so that it can be
// found again.
func queueMark(day time.Time) string { return ":" + strconv.FormatInt(day.Unix(), 36) }

// mostNamed is how many questions a notice names.
const mostNamed = 3

// renderQueueNotice tells moderators what waits for them on a day.
func renderQueueNotice(groups []group, all int64, day time.Time) message {
	head := counted(all, "question") + " have no good answer yet."
	if all == 1 {
		head = "1 question has no good answer yet."
	}
	text := head + " Most asked:"
	if len(groups) == 1 {
		text = head
	}
	for _, g := range groups[:min(len(groups), mostNamed)] {
		text += fmt.Sprintf("\n• “%s” (asked %s)", escape(g[0].Text, maxLabel*2), times(g.asked()))
	}
	return message{
		Embeds:     []*discordgo.MessageEmbed{{Title: "Waiting for an answer", Color: aboutColour, Description: text}},
		Components: rowsOf([]discordgo.MessageComponent{discordgo.Button{Label: "Open the queue", Style: discordgo.PrimaryButton, CustomID: openQueue + queueMark(day)}}),
	}
}

// times says how often.
func times(n int64) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// What is said when the database stops working, and when it works again.
const (
	databaseBroken = "My database has stopped working. I go on answering from what I have loaded, but nothing can be saved: edits, votes and settings. Whoever runs me can read in the log what to do."
	databaseMended = "My database works again: edits are on."
)

// noticeAll tells the moderators of all servers something.
func (b *Bot) noticeAll(text string) {
	b.begin(func() {
		for guild := range b.kept.all() {
			b.notice(b.working, guild, say(text))
		}
	})
}

// noticeChannels tells moderators of channels of their settings where the bot
// may no longer speak, or may again: of each change once.
func (b *Bot) noticeChannels(ctx context.Context, s *store.Store) error {
	if b.self.Load() == nil {
		return nil
	}
	for guild, settings := range b.kept.all() {
		for _, channel := range settings.MentionChannels {
			if err := b.noticeChannel(ctx, s, guild, channel); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *Bot) noticeChannel(ctx context.Context, s *store.Store, guild, channel string) error {
	if !b.access.knows(guild) {
		return nil
	}
	lacks := b.lacksIn(guild, channel) & (viewChannel | sendMessages)
	if was, seen := b.silent[channel]; seen && was == lacks {
		return nil
	}
	change := s.Mend
	text := fmt.Sprintf("I may speak in <#%s> again.", channel)
	if lacks != 0 {
		change = s.Break
		text = fmt.Sprintf("You want me to answer mentions in <#%s>, but I can no longer speak there: I lack **%s**. Please permit it in the settings of the channel, or take the channel out with /config channels.", channel, lacks.names())
	}
	if !b.access.has(guild, channel) {
		text = "A channel where you want me to answer mentions is gone. /config show takes it out."
	}
	fresh, err := change(ctx, guild, "channel "+channel)
	if err != nil {
		return err
	}
	b.silent[channel] = lacks
	if fresh {
		b.log.Info("moderators are told of a channel", "guild", guild, "channel", channel, "lacks", lacks.names())
		b.begin(func() { b.notice(b.working, guild, say(text)) })
	}
	return nil
}
