package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/bwmarrin/discordgo"
)

// The calls to Discord. They go through discordgo with a rate limiter of their
// own each, which is thrown away: its limiter lets one call at a time into what
// it takes for one bucket (all edits of all interactions are one), sleeps
// without heed to a context, and never forgets a bucket. Limits are the
// transport's.

// The codes of errors that are told apart.
const (
	codeUnknownInteraction  = discordgo.ErrCodeUnknownInteraction
	codeAlreadyAcknowledged = discordgo.ErrCodeInteractionHasAlreadyBeenAcknowledged
	codeUnknownWebhook      = discordgo.ErrCodeUnknownWebhook
	codeInvalidWebhookToken = 50027
)

// call makes a request with a JSON body, or none for nil. again says that it
// may be made twice when it is not known whether it arrived.
func (b *Bot) call(ctx context.Context, again repeat, method, path string, body any) ([]byte, error) {
	var raw []byte
	if body != nil {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			return nil, fmt.Errorf("%s %s: %w", method, path, err)
		}
	}
	bucket := discordgo.NewRatelimiter().LockBucket("")
	return b.rest.RequestWithLockedBucket(method, discordgo.EndpointAPI+path, "application/json", raw, bucket, 0,
		discordgo.WithContext(context.WithValue(ctx, repeatKey{}, again)),
		discordgo.WithRetryOnRatelimit(false), discordgo.WithRestRetries(0))
}

// callback is the first answer to an interaction.
type callback struct {
	Type discordgo.InteractionResponseType `json:"type"`
	Data any                               `json:"data,omitempty"`
}

// deferral is the data of an answer that comes later. Nothing else may be said
// there than who will see it.
type deferral struct {
	Flags discordgo.MessageFlags `json:"flags,omitempty"`
}

// offered is the data of what completes an option.
func offered(list []suggestion) any {
	return struct {
		Choices []suggestion `json:"choices"`
	}{append([]suggestion{}, list...)}
}

// acknowledge answers an interaction for the first time.
func (b *Bot) acknowledge(ctx context.Context, r *request, kind discordgo.InteractionResponseType, data any) error {
	ctx, cancel := context.WithDeadline(ctx, r.received.Add(acknowledgeWithin))
	defer cancel()
	// A second attempt cannot be shown twice: Discord refuses it if the first
	// arrived.
	_, err := b.call(ctx, mayRepeat, http.MethodPost, "interactions/"+r.id+"/"+r.token+"/callback", callback{kind, data})
	if code(err) == codeAlreadyAcknowledged {
		b.log.Debug("an interaction was acknowledged already", "id", r.id)
		err = nil
	}
	if err == nil {
		b.health.acknowledged(time.Since(r.received))
	}
	return err
}

// editReply changes the reply to an interaction.
func (b *Bot) editReply(ctx context.Context, r *request, p payload) error {
	_, err := b.call(ctx, mayRepeat, http.MethodPatch, "webhooks/"+r.app+"/"+r.token+"/messages/@original", p)
	return err
}

// sendFurther sends a further message in reply to an interaction.
func (b *Bot) sendFurther(ctx context.Context, r *request, p payload) error {
	_, err := b.call(ctx, onlyOnce, http.MethodPost, "webhooks/"+r.app+"/"+r.token, p)
	return err
}

// answerMessage replies to a message. The nonce lets Discord see that a second
// attempt is the first one again.
func (b *Bot) answerMessage(ctx context.Context, r *request, p payload) error {
	missing := false
	p.Reference = &discordgo.MessageReference{MessageID: r.id, ChannelID: r.channel, GuildID: r.guild, FailIfNotExists: &missing}
	p.Nonce, p.EnforceNonce = "r"+r.id, true
	err := b.write(ctx, r, p)
	if err == nil {
		b.health.acknowledged(time.Since(r.received))
	}
	return err
}

// code is the code of an error of Discord's, or 0.
func code(err error) int {
	if rest, ok := errors.AsType[*discordgo.RESTError](err); ok && rest.Message != nil {
		return rest.Message.Code
	}
	return 0
}

// status is the HTTP status of an error of Discord's, or 0.
func status(err error) int {
	if rest, ok := errors.AsType[*discordgo.RESTError](err); ok && rest.Response != nil {
		return rest.Response.StatusCode
	}
	return 0
}

// tooLate reports whether Discord no longer takes answers to an interaction.
func tooLate(err error) bool {
	c := code(err)
	return c == codeUnknownInteraction || c == codeUnknownWebhook || c == codeInvalidWebhookToken
}
