package answer

import (
	"fmt"

	"github.com/careerbot/careerbot/knowledge"
)

// Answer answers a question. Whatever is asked, there is an answer: it may be
// that nothing is known.
func (a *Answerer) Answer(q Question) Answer {
	s := a.state.Load()
	t := a.talks.get(q.Conversation)
	v := a.decide(s, q, t)
	return a.compose(s, q, v)
}

func (a *Answerer) compose(s *state, q Question, v verdict) Answer {
	ans := Answer{Question: q.Text, Outcome: v.outcome, Confidence: v.confidence, Passages: []Passage{}, Choices: []Choice{}}
	if v.article != nil {
		ans.Occupation = v.article.ID
	}
	if v.outcome != Answered {
		ans.Text = v.refusal
		return ans
	}
	f := v.answers[0]
	ans.Topic = f.faq.Topic
	ans.Text = f.faq.Answer
	ans.Passages = append(ans.Passages, Passage{ID: f.article.ID + "/faq/" + f.faq.ID, Topic: f.faq.Topic})
	ans.Source = f.article.Source
	return ans
}

func passageID(art *knowledge.Article, sec *knowledge.Section, n int) string {
	return fmt.Sprintf("%s/%s/%d", art.ID, sec.Topic, n+1)
}
