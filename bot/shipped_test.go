package bot

import (
	"strings"
	"testing"

	"github.com/careerbot/careerbot/bot/discordsim"
)

// TestShippedKnowledge asks the bot as it is shipped.
func TestShippedKnowledge(t *testing.T) {
	st := set(t, shipped).ready()

	pay := st.ask(st.asha, "how much does a back-end developer earn on average?")
	wants(t, pay.Text(), "Back-end developer · Pay", "4,86,091", "Source: ")
	if e := pay.Embeds[0]; e.Footer == nil {
		t.Error("no source is shown")
	}

	t.Log("a follow-up in the same channel, through another door")
	wants(t, st.say(st.asha, st.general, st.sim.Bot().Mention()+" and which skills?").Text(), "Skills")

	t.Log("what is not known is said, and something else offered")
	dentist := st.ask(st.ravi, "what do dentists earn?")
	wants(t, strings.ToLower(dentist.Text()), "dentist")
	for _, m := range []discordsim.Message{pay, dentist} {
		if !m.Pings.None() {
			t.Errorf("pinged %+v", m.Pings)
		}
	}

	t.Log("every choice that is offered can be pressed")
	for _, question := range []string{"what do dentists earn?", "tell me about visas", "hello", "developer", "hours?"} {
		m := st.ask(st.asha, question)
		for i := range m.Buttons() {
			m := st.ask(st.asha, question)
			if i >= len(m.Buttons()) || strings.HasPrefix(m.Buttons()[i].CustomID, followUp) {
				continue // what was asked before has changed what is offered; or it opens a dialog
			}
			if reply := st.click(st.asha, m, m.Buttons()[i].CustomID); reply.Text() == "" {
				t.Errorf("%s: nothing behind %q", question, m.Buttons()[i].Label)
			}
		}
	}
	for _, odd := range []string{"@everyone", "\u200b\u202e", "<@1> <#2>", "```", strings.Repeat("a ", 499), "😀😀😀", "[x](https://example.com)"} {
		if m := st.ask(st.ravi, odd); m.Text() == "" || !m.Pings.None() {
			t.Errorf("%q: %q", odd, m.Text())
		}
	}
	checkMentions(t, st.sim)
	if log := st.log.String(); strings.Contains(log, "dentist") || strings.Contains(log, "average?") {
		t.Error("a question is in the log")
	}
}
