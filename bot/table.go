package bot

import (
	"context"

	"github.com/bwmarrin/discordgo"
)

// Everything that the bot does for people is a row of one table. To add a
// command is to add a row and to write its handler.

// row is one thing that the bot does.
type row struct {
	door    door
	name    string                        // of the command, or the first part of the custom IDs; empty for a message
	define  *discordgo.ApplicationCommand // what Discord is told of a command; nil for what is no command
	permits func(*Bot, *request) error    // why a person may not; nil for everyone
	sight   func(*Bot, *request) sight    // who sees the reply; nil for everyone
	manner  manner
	do      func(*Bot, context.Context, *request) (response, error)
}

// response is what a handler wants to be shown: a message, or in its place one
// of the others. A handler never sends.
type response struct {
	message
	opens  *form        // a dialog
	offers []suggestion // what completes an option
	note   string       // what kind of reply it is, for the log
}

// suggestion is what may be chosen while typing into an option.
type suggestion struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// sight is who sees a reply. It is settled before the handler runs, since
// Discord keeps to what was said when a reply was deferred.
type sight discordgo.MessageFlags

// Who can see a reply.
const (
	everyone sight = 0
	asker    sight = sight(discordgo.MessageFlagsEphemeral)
)

// private shows a reply to nobody but the person.
func private(*Bot, *request) sight { return asker }

// asWished shows a reply to whom the option says, or the moderators of the
// server have chosen for the channel.
func asWished(b *Bot, r *request) sight {
	if r.truth(optionPrivate) || b.among(r, b.kept.of(r.home).PrivateChannels) {
		return asker
	}
	return everyone
}

// asBefore shows a reply to those who see the message that it goes on from.
func asBefore(_ *Bot, r *request) sight {
	if r.hidden {
		return asker
	}
	return everyone
}

// manner is how a row replies to an interaction: at once, and when it takes
// too long to reply at once; 0 where Discord does not let one wait.
type manner struct {
	atOnce   discordgo.InteractionResponseType
	deferred discordgo.InteractionResponseType
}

// The manners.
var (
	replies = manner{discordgo.InteractionResponseChannelMessageWithSource, discordgo.InteractionResponseDeferredChannelMessageWithSource}
	updates = manner{discordgo.InteractionResponseUpdateMessage, discordgo.InteractionResponseDeferredMessageUpdate} // changes the message that the button stands on
	opens   = manner{discordgo.InteractionResponseModal, 0}
	offers  = manner{discordgo.InteractionApplicationCommandAutocompleteResult, 0}
)

// refusal is an error that is shown as it is to the person who asked: what is
// wrong, and what to do. Any other error is shown as a number, and logged.
type refusal string

func (r refusal) Error() string { return string(r) }

// table returns all rows.
func table() []row {
	return []row{
		{door: slash, name: "ask", define: askCommand(), sight: asWished, manner: replies, do: (*Bot).ask},
		{door: complete, name: "ask", manner: offers, do: (*Bot).completeAsk},
		{door: mention, do: (*Bot).ask},
		{door: direct, do: (*Bot).ask},
		{door: menu, name: askAbout, define: menuForEveryone(askAbout), sight: private, manner: replies, do: (*Bot).askAbout},
		{door: button, name: completing.choice, permits: ownButton, manner: updates, do: (*Bot).pick},
		{door: button, name: completing.label, permits: ownButton, manner: updates, do: (*Bot).askLabel},
		{door: button, name: continuing.choice, sight: asBefore, manner: replies, do: (*Bot).pick},
		{door: button, name: continuing.label, sight: asBefore, manner: replies, do: (*Bot).askLabel},
		{door: button, name: followUp, manner: opens, do: (*Bot).openFollowUp},
		{door: dialog, name: followUp, sight: asBefore, manner: replies, do: (*Bot).followUp},
		{door: button, name: helpful, sight: private, manner: replies, do: (*Bot).vote},
		{door: button, name: notHelpful, sight: private, manner: replies, do: (*Bot).vote},
		{door: button, name: tellMe, sight: private, manner: replies, do: (*Bot).tellMe},

		{door: slash, name: "career", define: careerCommand(), sight: asWished, manner: replies, do: (*Bot).career},
		{door: complete, name: "career", manner: offers, do: (*Bot).completeCareer},
		{door: button, name: moreOf, sight: private, manner: replies, do: (*Bot).more},
		{door: slash, name: "compare", define: compareCommand(), sight: asWished, manner: replies, do: (*Bot).compare},
		{door: complete, name: "compare", manner: offers, do: (*Bot).completeCompare},

		{door: slash, name: "jobs", define: jobsCommand(), sight: private, manner: replies, do: (*Bot).findJobs},
		{door: complete, name: "jobs", manner: offers, do: (*Bot).completeJobs},
		{door: button, name: jobsOf, sight: private, manner: replies, do: (*Bot).jobsOfCareer},
		{door: button, name: jobsPage, sight: private, manner: updates, do: (*Bot).pageJobs},
		{door: button, name: jobsMeant, sight: private, manner: updates, do: (*Bot).searchMeant},
		{door: button, name: jobsChange, sight: private, manner: opens, do: (*Bot).openProposal},
		{door: dialog, name: jobsChange, sight: private, manner: updates, do: (*Bot).changeSearch},
		{door: button, name: jobsTell, sight: private, manner: replies, do: (*Bot).tellOfNew},
		{door: slash, name: "subscribe", define: subscribeCommand(), sight: private, manner: replies, do: (*Bot).subscribe},
		{door: complete, name: "subscribe", manner: offers, do: (*Bot).completeAlert},
		{door: button, name: proposalSave, sight: private, manner: updates, do: (*Bot).saveProposal},
		{door: button, name: proposalWith, sight: private, manner: updates, do: (*Bot).withChange},
		{door: button, name: proposalEdit, sight: private, manner: opens, do: (*Bot).openProposal},
		{door: dialog, name: proposalEdit, sight: private, manner: updates, do: (*Bot).changeProposal},
		{door: button, name: proposalFilter, sight: private, manner: opens, do: (*Bot).openProposal},
		{door: dialog, name: proposalFilter, sight: private, manner: updates, do: (*Bot).changeProposal},
		{door: button, name: proposalCareer, sight: private, manner: opens, do: (*Bot).openProposal},
		{door: dialog, name: proposalCareer, sight: private, manner: updates, do: (*Bot).changeProposal},
		{door: button, name: proposalDrop, sight: private, manner: updates, do: (*Bot).dropProposal},
		{door: slash, name: "alerts list", define: alertsCommand(), sight: private, manner: replies, do: (*Bot).listAlerts},
		{door: slash, name: "alerts edit", sight: private, manner: replies, do: (*Bot).editAlert},
		{door: complete, name: "alerts edit", manner: offers, do: (*Bot).completeAlert},
		{door: button, name: alertEdit, sight: private, manner: opens, do: (*Bot).openAlert},
		{door: dialog, name: alertEdit, sight: private, manner: replies, do: (*Bot).alertFilled},
		{door: button, name: alertFilter, sight: private, manner: opens, do: (*Bot).openAlert},
		{door: dialog, name: alertFilter, sight: private, manner: replies, do: (*Bot).alertFilled},
		{door: button, name: alertCareer, sight: private, manner: opens, do: (*Bot).openAlert},
		{door: dialog, name: alertCareer, sight: private, manner: replies, do: (*Bot).alertFilled},
		{door: button, name: alertWith, sight: private, manner: updates, do: (*Bot).alertWith},
		{door: slash, name: "alerts pause", sight: private, manner: replies, do: (*Bot).pauseAlert},
		{door: complete, name: "alerts pause", manner: offers, do: (*Bot).completeAlert},
		{door: button, name: alertStop, sight: private, manner: replies, do: (*Bot).stopAlert},
		{door: button, name: alertWeek, sight: private, manner: replies, do: (*Bot).pauseWeek},
		{door: slash, name: "alerts resume", sight: private, manner: replies, do: (*Bot).resumeAlert},
		{door: complete, name: "alerts resume", manner: offers, do: (*Bot).completeAlert},
		{door: button, name: alertResume, sight: private, manner: replies, do: (*Bot).resumeAlert},
		{door: button, name: alertRetry, sight: private, manner: updates, do: (*Bot).retryAlert},
		{door: slash, name: "alerts delete", sight: private, manner: replies, do: (*Bot).deleteAlert},
		{door: complete, name: "alerts delete", manner: offers, do: (*Bot).completeAlert},
		{door: button, name: alertDelete, sight: private, manner: replies, do: (*Bot).deleteAlert},
		{door: slash, name: "alerts preview", sight: private, manner: replies, do: (*Bot).previewAlert},
		{door: complete, name: "alerts preview", manner: offers, do: (*Bot).completeAlert},
		{door: button, name: alertShow, sight: private, manner: replies, do: (*Bot).previewAlert},
		{door: slash, name: "alerts why", sight: private, manner: replies, do: (*Bot).whyAlert},
		{door: complete, name: "alerts why", manner: offers, do: (*Bot).completeAlert},
		{door: button, name: alertWhy, sight: private, manner: replies, do: (*Bot).whyAlert},

		{door: slash, name: "privacy show", define: privacyCommand(), sight: private, manner: replies, do: (*Bot).showPrivacy},
		{door: slash, name: "privacy export", sight: private, manner: replies, do: (*Bot).exportPrivacy},
		{door: slash, name: "privacy delete", sight: private, manner: replies, do: (*Bot).askDelete},
		{door: button, name: forgetMe, permits: ownButton, sight: private, manner: updates, do: (*Bot).deletePerson},

		{door: slash, name: "help", define: helpCommand(), sight: private, manner: replies, do: (*Bot).help},
		{door: slash, name: "status", define: statusCommand(), permits: moderators, sight: private, manner: replies, do: (*Bot).status},

		{door: slash, name: "config moderators", define: configCommand(), permits: managers, sight: private, manner: replies, do: (*Bot).configModerators},
		{door: slash, name: "config channels", permits: managers, sight: private, manner: replies, do: (*Bot).configChannels},
		{door: slash, name: "config notices", permits: managers, sight: private, manner: replies, do: (*Bot).configNotices},
		{door: slash, name: "config show", permits: managers, sight: private, manner: replies, do: (*Bot).configShow},

		{door: slash, name: "sources add", define: sourcesCommand(), permits: moderators, sight: private, manner: replies, do: (*Bot).sourcesAdd},
		{door: slash, name: "sources list", permits: moderators, sight: private, manner: replies, do: (*Bot).sourcesList},
		{door: button, name: sourcesPage, permits: moderators, sight: private, manner: updates, do: (*Bot).sourcesList},
		{door: slash, name: "sources remove", permits: moderators, sight: private, manner: replies, do: (*Bot).sourcesRemove},
		{door: complete, name: "sources remove", permits: moderators, manner: offers, do: (*Bot).completeSource},
		{door: slash, name: "sources test", permits: moderators, sight: private, manner: replies, do: (*Bot).sourcesTest},

		{door: slash, name: "kb queue", permits: moderators, sight: private, manner: replies, do: (*Bot).kbQueue},
		{door: button, name: openQueue, permits: moderators, sight: private, manner: replies, do: (*Bot).kbQueue},
		{door: button, name: queuePage, permits: moderators, sight: private, manner: updates, do: (*Bot).kbQueue},
		{door: button, name: queueDismiss, permits: moderators, sight: private, manner: updates, do: (*Bot).dismiss},

		{door: button, name: queueAnswer, permits: moderators, sight: private, manner: opens, do: (*Bot).openAnswer},
		{door: dialog, name: queueAnswer, permits: moderators, sight: private, manner: updates, do: (*Bot).answered},
		{door: button, name: queueMatch, permits: moderators, sight: private, manner: updates, do: (*Bot).match},
		{door: slash, name: "kb match", permits: moderators, sight: private, manner: replies, do: (*Bot).kbMatch},
		{door: complete, name: "kb match", permits: moderators, manner: offers, do: (*Bot).completeMatch},
		{door: menu, name: saveAsFAQ, define: saveAsCommand(), permits: moderators, sight: private, manner: opens, do: (*Bot).openSaveAs},
		{door: dialog, name: saveAs, permits: moderators, sight: private, manner: replies, do: (*Bot).saved},

		{door: slash, name: "kb status", define: kbCommand(), permits: moderators, sight: private, manner: replies, do: (*Bot).kbStatus},
		{door: slash, name: "kb add", permits: moderators, sight: private, manner: opens, do: (*Bot).kbAdd},
		{door: complete, name: "kb add", permits: moderators, manner: offers, do: (*Bot).completeEntry},
		{door: slash, name: "kb section", permits: moderators, sight: private, manner: opens, do: (*Bot).kbSection},
		{door: complete, name: "kb section", permits: moderators, manner: offers, do: (*Bot).completeEntry},
		{door: slash, name: "kb new", permits: moderators, sight: private, manner: opens, do: (*Bot).kbNew},
		{door: slash, name: "kb edit", permits: moderators, sight: private, manner: opens, do: (*Bot).kbEdit},
		{door: complete, name: "kb edit", permits: moderators, manner: offers, do: (*Bot).completeEntry},
		{door: slash, name: "kb remove", permits: moderators, sight: private, manner: replies, do: (*Bot).kbRemove},
		{door: complete, name: "kb remove", permits: moderators, manner: offers, do: (*Bot).completeEntry},
		{door: slash, name: "kb reset", permits: moderators, sight: private, manner: replies, do: (*Bot).kbReset},
		{door: complete, name: "kb reset", permits: moderators, manner: offers, do: (*Bot).completeEntry},
		{door: dialog, name: kbPut, permits: moderators, sight: private, manner: replies, do: (*Bot).kbPut},
		{door: button, name: kbLook, permits: moderators, sight: private, manner: replies, do: (*Bot).kbLook},
		{door: button, name: kbChange, permits: moderators, sight: private, manner: opens, do: (*Bot).kbOpenChange},
		{door: dialog, name: kbChange, permits: moderators, sight: private, manner: updates, do: (*Bot).kbChange},
		{door: button, name: kbPublish, permits: moderators, sight: private, manner: updates, do: (*Bot).kbPublish},
		{door: button, name: kbDiscard, permits: moderators, sight: private, manner: updates, do: (*Bot).kbDiscard},
		{door: button, name: kbRebase, permits: moderators, sight: private, manner: updates, do: (*Bot).kbRebase},

		{door: slash, name: "kb undo", permits: moderators, sight: private, manner: replies, do: (*Bot).kbUndoLast},
		{door: complete, name: "kb undo", permits: moderators, manner: offers, do: (*Bot).completeEntry},
		{door: button, name: kbUndo, permits: moderators, sight: private, manner: updates, do: (*Bot).kbUndo},
		{door: button, name: kbUndoAll, permits: moderators, sight: private, manner: updates, do: (*Bot).kbUndoAll},
		{door: slash, name: "kb history", permits: moderators, sight: private, manner: replies, do: (*Bot).kbHistory},
		{door: complete, name: "kb history", permits: moderators, manner: offers, do: (*Bot).completeEntry},
		{door: button, name: kbHistory, permits: moderators, sight: private, manner: updates, do: (*Bot).kbHistoryPage},
		{door: slash, name: "kb audit", permits: moderators, sight: private, manner: replies, do: (*Bot).kbAudit},
		{door: button, name: kbAudit, permits: moderators, sight: private, manner: updates, do: (*Bot).kbAudit},
		{door: slash, name: "kb insights", permits: moderators, sight: private, manner: replies, do: (*Bot).kbInsights},
		{door: slash, name: "kb drafts", permits: moderators, sight: private, manner: replies, do: (*Bot).kbDrafts},

		{door: slash, name: "kb check", permits: moderators, sight: private, manner: replies, do: (*Bot).kbCheck},
		{door: slash, name: "kb keep", permits: moderators, sight: private, manner: replies, do: (*Bot).kbKeep},
		{door: complete, name: "kb keep", permits: moderators, manner: offers, do: (*Bot).completeEntry},
		{door: slash, name: "kb checks", permits: moderators, sight: private, manner: replies, do: (*Bot).kbListChecks},
		{door: button, name: kbChecks, permits: moderators, sight: private, manner: updates, do: (*Bot).kbListChecks},
		{door: button, name: kbDrop, permits: moderators, sight: private, manner: updates, do: (*Bot).kbDropCheck},
		{door: slash, name: "kb import", permits: moderators, sight: private, manner: replies, do: (*Bot).kbImport},
		{door: complete, name: "kb import", permits: moderators, manner: offers, do: (*Bot).completeCareer},
		{door: slash, name: "kb export", permits: moderators, sight: private, manner: replies, do: (*Bot).kbExport},
	}
}

// find returns the row that serves a request.
func find(rows []row, r *request) (row, error) {
	for _, row := range rows {
		if row.door == r.door && row.name == r.name {
			return row, nil
		}
	}
	return row{manner: replies}, refusal("That was made by an earlier version of me, and I no longer know it. Please ask again with /ask.")
}

// sees returns who sees the reply to a request.
func (b *Bot) sees(row row, r *request) sight {
	if row.sight == nil {
		return everyone
	}
	return row.sight(b, r)
}

// ownButton permits a button to the person whose question it belongs to, who
// is the first argument of its custom ID.
func ownButton(_ *Bot, r *request) error {
	if len(r.args) > 0 && r.args[0] == packOwner(r.person) {
		return nil
	}
	return refusal("These buttons belong to the person who asked. Ask a question of your own with /ask, and you get your own.")
}
