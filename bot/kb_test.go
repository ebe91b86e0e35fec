package bot

import (
	"strings"
	"testing"

	"github.com/careerbot/careerbot/bot/discordsim"
)

// The work of moderators, step by step, with the knowledge as it is shipped.

// moderated is a stage with a moderator and a second one.
type moderated struct {
	*stage
	meera, dev *discordsim.User // moderators
}

func setModerated(t *testing.T, s setting) moderated {
	t.Helper()
	st := set(t, s).ready()
	st.logged("msg=\"the database is open\"")
	role := st.guild.Role("moderators", discordsim.ManageGuild)
	return moderated{st, st.guild.Member("meera", role), st.guild.Member("dev", role)}
}

// opened opens the dialog of a command.
func (m moderated) opened(u *discordsim.User, name string, opts discordsim.Opts) discordsim.Modal {
	m.t.Helper()
	it, err := u.Slash(m.general, name, opts)
	m.must(err)
	modal, err := it.Modal(m.ctx)
	m.must(err)
	return modal
}

// reopened opens the dialog of a button.
func (m moderated) reopened(u *discordsim.User, on discordsim.Message, label string) discordsim.Modal {
	m.t.Helper()
	it, err := u.Click(on.ID, label)
	m.must(err)
	modal, err := it.Modal(m.ctx)
	m.must(err)
	return modal
}

// sent sends a dialog and returns what answers that.
func (m moderated) sent(u *discordsim.User, d discordsim.Modal, fields map[string]string) discordsim.Message {
	m.t.Helper()
	it, err := u.Submit(d, fields)
	m.must(err)
	reply, err := it.Reply(m.ctx)
	m.must(err)
	if !reply.Ephemeral {
		m.t.Errorf("everybody sees %s", reply.Text())
	}
	return reply
}

var remoteWork = map[string]string{
	"question":  "Can I work from home as a back-end developer?",
	"phrasings": "is remote work possible\nwfh allowed?\n- do they let you work from home",
	"answer":    "Most firms in this community allow two days a week from home.",
	"source":    "A survey of this community",
	"link":      "https://example.org/survey",
}

func remote() discordsim.Opts {
	return discordsim.Opts{"career": "back-end-developer", "topic": "workplace"}
}

func TestLifeOfAnEntry(t *testing.T) {
	m := setModerated(t, shipped)
	elsewhere := m.sim.Guild("Elsewhere")
	elsewhere.Join(m.ravi)
	const question = "is remote work possible for a back-end developer?"

	t.Log("add: nothing is live before it is published")
	before := m.ask(m.asha, question)
	preview := m.sent(m.meera, m.opened(m.meera, "kb add", remote()), remoteWork)
	wants(t, preview.Text(), "Nothing of this is live", "+ ### Can I work from home", "two days a week", "“A survey of this community”"[3:3], "reach the answer", "is remote work possible")
	if got := m.ask(m.asha, question).Text(); got != before.Text() {
		t.Errorf("it is live already: %s", got)
	}
	published := m.click(m.meera, preview, "Publish")
	wants(t, published.Text(), "Published", "very next answer")
	wants(t, m.ask(m.asha, question).Text(), "two days a week", "A survey of this community")
	if got := m.slash(m.ravi, elsewhere.General(), "ask", discordsim.Opts{"question": question}).Text(); strings.Contains(got, "two days") {
		t.Errorf("another server sees it: %s", got)
	}
}
