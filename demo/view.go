package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/careerbot/careerbot/bot/discordsim"
)

// What the page is sent: what one person sees, and nothing else. Names and
// shapes of embeds, components and commands are Discord's.

// world is where the person is.
type world struct {
	Me       string         `json:"me"`
	Bot      shownPerson    `json:"bot"`
	People   []shownPerson  `json:"people"`
	Roles    []named        `json:"roles"`
	Channels []shownChannel `json:"channels"`
	Ahead    int64          `json:"ahead"` // of the browser's clock, in milliseconds
}

type named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type shownPerson struct {
	named
	Key  string `json:"key,omitempty"`
	Role string `json:"role"`
	// News is the ID of the latest message that is for this person above all.
	News string `json:"news,omitempty"`
}

type shownChannel struct {
	named
	Topic    string               `json:"topic"`
	Direct   bool                 `json:"direct"`
	Commands []discordsim.Command `json:"commands"`
}

// shownMessage is a message.
type shownMessage struct {
	ID          string                  `json:"id"`
	Channel     string                  `json:"channel"`
	Author      string                  `json:"author"`
	At          int64                   `json:"at"` // milliseconds since 1970
	Edited      bool                    `json:"edited,omitempty"`
	Content     string                  `json:"content,omitempty"`
	Embeds      []discordsim.Embed      `json:"embeds,omitempty"`
	Components  []discordsim.Component  `json:"components,omitempty"`
	Attachments []discordsim.Attachment `json:"attachments,omitempty"`
	Answers     *quoted                 `json:"answers,omitempty"`
	Command     string                  `json:"command,omitempty"`
	AskedBy     string                  `json:"asked_by,omitempty"`
	Ephemeral   bool                    `json:"ephemeral,omitempty"`
	Thinking    bool                    `json:"thinking,omitempty"`
	Pings       bool                    `json:"pings,omitempty"` // the person
}

// quoted is the message that another replies to, as far as the person sees it.
type quoted struct {
	ID     string `json:"id"`
	Author string `json:"author,omitempty"`
	Text   string `json:"text,omitempty"`
}

// sees lists the channels that a person sees.
func (d *Demo) sees(p person) []channel {
	var list []channel
	for _, c := range append(slices.Clone(d.channels), channel{p.DM(), "Between you and the bot"}) {
		if p.Sees(c.Channel) {
			list = append(list, c)
		}
	}
	return list
}

func (d *Demo) world(p person) world {
	ahead, _ := d.Clock.moved()
	bot := d.Sim.Bot()
	w := world{Me: p.ID, Ahead: ahead.Milliseconds(), Bot: shownPerson{named: named{bot.ID, bot.Name}, Role: "app"}}
	for _, other := range d.people {
		w.People = append(w.People, shownPerson{named{other.ID, other.Name}, other.key, other.role, d.news(other)})
	}
	for _, r := range d.roles {
		w.Roles = append(w.Roles, named{r.ID, r.Name})
	}
	for _, c := range d.sees(p) {
		s := shownChannel{named: named{c.ID, c.Name}, Topic: c.topic, Commands: p.Commands(c.Channel)}
		if s.Name == "" {
			s.Name, s.Direct = bot.Name, true
		}
		slices.SortFunc(s.Commands, func(a, b discordsim.Command) int { return strings.Compare(a.Name, b.Name) })
		w.Channels = append(w.Channels, s)
	}
	return w
}

// news finds the latest message that is for a person above all: one that pings
// them, or a direct one. It tells no more of it than that it is there.
func (d *Demo) news(p person) (id string) {
	for _, c := range d.sees(p) {
		for _, m := range slices.Backward(p.Read(c.Channel)) {
			if m.Author == d.Sim.Bot().ID && (c.Name == "" || slices.Contains(m.Pings.Users, p.ID)) {
				if len(m.ID) > len(id) || len(m.ID) == len(id) && m.ID > id {
					id = m.ID
				}
				break
			}
		}
	}
	return id
}

// messages lists what a person reads in a channel, oldest first.
func (d *Demo) messages(p person, c channel) []shownMessage {
	list := p.Read(c.Channel)
	byID := map[string]discordsim.Message{}
	for _, m := range list {
		byID[m.ID] = m
	}
	shown := make([]shownMessage, len(list))
	for i, m := range list {
		shown[i] = shownMessage{
			ID: m.ID, Channel: m.ChannelID, Author: m.Author, At: m.Sent.UnixMilli(), Edited: m.Edited, Content: m.Content,
			Embeds: d.local(m.Embeds), Components: m.Components, Command: m.Command, AskedBy: m.AskedBy,
			Ephemeral: m.Ephemeral, Thinking: m.Thinking, Pings: slices.Contains(m.Pings.Users, p.ID) || m.Pings.Everyone,
		}
		for _, a := range m.Attachments {
			a.URL = d.path(a.URL)
			a.ProxyURL = ""
			shown[i].Attachments = append(shown[i].Attachments, a)
		}
		if m.ReplyTo != "" {
			to := byID[m.ReplyTo]
			shown[i].Answers = &quoted{m.ReplyTo, to.Author, firstLine(to.Text())}
		}
	}
	return shown
}

// path makes an address of this demo one that is right however the page was
// reached.
func (d *Demo) path(address string) string { return strings.TrimPrefix(address, d.cfg.URL) }

// local makes the pictures of embeds ones of this demo.
func (d *Demo) local(embeds []discordsim.Embed) []discordsim.Embed {
	list := slices.Clone(embeds)
	for i := range list {
		for _, image := range []**discordsim.EmbedImage{&list[i].Image, &list[i].Thumbnail} {
			if *image != nil {
				*image = &discordsim.EmbedImage{URL: d.path((*image).URL)}
			}
		}
	}
	return list
}

// firstLine is the beginning of a text.
func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	if runes := []rune(line); len(runes) > 120 {
		return string(runes[:120]) + "…"
	}
	return line
}

// difference is what has changed in a channel.
type difference struct {
	Channel string            `json:"channel"`
	Put     []json.RawMessage `json:"put,omitempty"`
	Gone    []string          `json:"gone,omitempty"`
}

// beat is how often a page that nothing happens on is told that all is well.
const beat = 20 * time.Second

// serveEvents tells a page what its person sees, and then all that changes.
func (d *Demo) serveEvents(w http.ResponseWriter, r *http.Request) {
	p, ok := d.find(r)
	if !ok {
		reply(w, http.StatusNotFound, failure{"There is nobody of that name."})
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	var place []byte
	sent := map[string]map[string][]byte{} // by channel, then message
	beats := time.NewTicker(beat)
	defer beats.Stop()
	for {
		changed := d.Sim.Changed()
		_, moved := d.Clock.moved()
		var b bytes.Buffer
		if now := encode(d.world(p)); !bytes.Equal(now, place) {
			place = now
			event(&b, "world", now)
		}
		for _, c := range d.sees(p) {
			had := sent[c.ID]
			diff, has := changes(c.ID, had, d.messages(p, c))
			if sent[c.ID] = has; had == nil || len(diff.Put)+len(diff.Gone) > 0 {
				event(&b, "messages", encode(diff))
			}
		}
		if b.Len() > 0 {
			if _, err := w.Write(b.Bytes()); err != nil {
				return
			}
		}
		if out.Flush() != nil {
			return
		}
		select {
		case <-changed:
		case <-moved:
		case <-beats.C:
			if _, err := fmt.Fprint(w, ": all is well\n\n"); err != nil {
				return
			}
		case <-r.Context().Done():
			return
		}
	}
}

// changes tells in what a channel differs from what was sent of it, and gives
// what is sent then.
func changes(channel string, had map[string][]byte, messages []shownMessage) (difference, map[string][]byte) {
	diff, has := difference{Channel: channel}, map[string][]byte{}
	for _, m := range messages {
		raw := encode(m)
		has[m.ID] = raw
		if !bytes.Equal(raw, had[m.ID]) {
			diff.Put = append(diff.Put, raw)
		}
	}
	for id := range had {
		if has[id] == nil {
			diff.Gone = append(diff.Gone, id)
		}
	}
	return diff, has
}

// event writes one event.
func event(b *bytes.Buffer, name string, data []byte) {
	fmt.Fprintf(b, "event: %s\ndata: %s\n\n", name, data)
}

// encode writes what is sure to be JSON.
func encode(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return raw
}
