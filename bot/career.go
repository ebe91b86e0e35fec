package bot

import (
	"context"
	"fmt"
	"strings"

	"github.com/bwmarrin/discordgo"

	"github.com/careerbot/careerbot/answer"
	"github.com/careerbot/careerbot/knowledge"
)

// moreOf is the button of a career's card that shows all that can be asked.
const moreOf = "about"

// careerCommand defines /career.
func careerCommand() *discordgo.ApplicationCommand {
	return forEveryone("career", "Look a career up: what it is, and what you can ask about it",
		required(completed(optionName, "The name of the career", maxLabel)), privately())
}

// career shows the card of a career.
func (b *Bot) career(ctx context.Context, r *request) (response, error) {
	c, err := b.careerNamed(r.home, r.option(optionName))
	if err != nil {
		return response{}, err
	}
	return response{message: renderCard(c, b.jobsButton(ctx, r, c.ID)...), note: "card"}, nil
}

// manyQuestions is how many questions the further card of a career offers.
const manyQuestions = 10

// more shows what else can be asked of a career.
func (b *Bot) more(_ context.Context, r *request) (response, error) {
	if len(r.args) == 0 {
		return response{}, fmt.Errorf("no career in a button")
	}
	c, ok := b.cfg.Answerer().Career(r.home, r.args[0])
	if !ok {
		return response{}, refusal("I no longer know anything about that career. /help lists those that I know.")
	}
	return response{message: renderMore(c, b.cfg.Answerer().Questions(r.home, "", c.ID, manyQuestions)), note: "more"}, nil
}

// completeCareer completes the name of a career.
func (b *Bot) completeCareer(_ context.Context, r *request) (response, error) {
	var list []suggestion
	for _, c := range b.cfg.Answerer().Careers(r.home, r.option(r.focused), maxSuggestions) {
		list = append(list, suggestion{plain(c.Title, maxSuggestion), c.ID})
	}
	return response{offers: list}, nil
}

// careerNamed finds the career that a person means, who may have picked one
// that was offered or typed a name. It is none for no name. The error says what
// to do.
func (b *Bot) careerNamed(guild, named string) (answer.Career, error) {
	if named == "" {
		return answer.Career{}, nil
	}
	if c, ok := b.cfg.Answerer().Career(guild, named); ok {
		return c, nil
	}
	near := b.cfg.Answerer().Careers(guild, named, 3)
	if len(near) == 1 {
		return near[0], nil
	}
	for _, c := range near {
		if strings.EqualFold(c.Title, named) {
			return c, nil
		}
	}
	text := fmt.Sprintf("I have nothing on “%s” yet.", escape(named, maxLabel))
	if len(near) > 0 {
		text = fmt.Sprintf("I know more than one career by the name of “%s”.", escape(named, maxLabel))
	} else {
		near = b.cfg.Answerer().Careers(guild, "", 5)
	}
	return answer.Career{}, refusal(text + " Pick one while you type, for example: " + escape(strings.Join(titles(near), ", "), maxLabel*5) + ".")
}

func titles(careers []answer.Career) []string {
	list := make([]string, len(careers))
	for i, c := range careers {
		list[i] = c.Title
	}
	return list
}

// mainTopics are those that most people ask about.
var mainTopics = []knowledge.Topic{knowledge.Duties, knowledge.Pay, knowledge.Education, knowledge.Skills}

// renderCard shows what a career is, with buttons for topics and those given
// beside them.
func renderCard(c answer.Career, beside ...discordgo.MessageComponent) message {
	buttons := choiceButtons(topicChoices(c, mainTopics), continuing, discordgo.PrimaryButton, anyone, map[string]bool{})
	if id, ok := customID(moreOf, c.ID); ok {
		buttons = append(buttons, discordgo.Button{Label: "More", Style: discordgo.SecondaryButton, CustomID: id})
	}
	return message{Embeds: []*discordgo.MessageEmbed{careerEmbed(c, c.Summary)}, Components: rowsOf(append(buttons, beside...))}
}

// renderMore shows all topics of a career, and questions about it.
func renderMore(c answer.Career, questions []answer.Choice) message {
	topics := topicsBut(topicsBut(c.Topics, mainTopics), []knowledge.Topic{knowledge.General})
	used := map[string]bool{}
	components := rowsOf(choiceButtons(topicChoices(c, topics), continuing, discordgo.PrimaryButton, anyone, used))
	components = append(components, rowsOf(choiceButtons(questions, continuing, discordgo.SecondaryButton, anyone, used))...)
	return message{
		Embeds:     []*discordgo.MessageEmbed{careerEmbed(c, "Some of what people ask. You can ask anything else in your own words with /ask.")},
		Components: components[:min(len(components), maxRows)],
	}
}

func careerEmbed(c answer.Career, text string) *discordgo.MessageEmbed {
	embed := &discordgo.MessageEmbed{
		Title: escape(c.Title, maxTitle), Description: orDash(escape(text, maxDescription)), Color: styles[answer.Answered].colour,
	}
	if visible(embed.Title) {
		embed.URL = webLink(c.Source.URL, maxURL)
	}
	if from := plain(sourceLine(c.Source), maxFooter); visible(from) {
		embed.Footer = &discordgo.MessageEmbedFooter{Text: from}
	}
	return embed
}
