package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
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

// call makes a request with a JSON body, or none for nil, and the files beside
// it. again says that it may be made twice when it is not known whether it
// arrived.
func (b *Bot) call(ctx context.Context, again repeat, method, path string, body any, files ...file) ([]byte, error) {
	kind, raw, err := encode(body, files)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	bucket := discordgo.NewRatelimiter().LockBucket("")
	return b.rest.RequestWithLockedBucket(method, discordgo.EndpointAPI+path, kind, raw, bucket, 0,
		discordgo.WithContext(context.WithValue(ctx, repeatKey{}, again)),
		discordgo.WithRetryOnRatelimit(false), discordgo.WithRestRetries(0))
}

// encode writes the body of a request: JSON, or a form of JSON and files as
// Discord reads it.
func encode(body any, files []file) (kind string, raw []byte, err error) {
	const asJSON = "application/json"
	if body == nil {
		return asJSON, nil, nil
	}
	raw, err = json.Marshal(body)
	if err != nil || len(files) == 0 {
		return asJSON, raw, err
	}
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	write := func(part textproto.MIMEHeader, data []byte) {
		w, e := form.CreatePart(part)
		if e == nil {
			_, e = w.Write(data)
		}
		err = errors.Join(err, e)
	}
	write(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="payload_json"`}, "Content-Type": {asJSON}}, raw)
	for i, f := range files {
		write(textproto.MIMEHeader{
			"Content-Disposition": {mime.FormatMediaType("form-data", map[string]string{"name": fmt.Sprintf("files[%d]", i), "filename": f.name})},
		}, f.data)
	}
	err = errors.Join(err, form.Close()) // which writes the end
	return form.FormDataContentType(), b.Bytes(), err
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
func (b *Bot) acknowledge(ctx context.Context, r *request, kind discordgo.InteractionResponseType, data any, files ...file) error {
	ctx, cancel := context.WithDeadline(ctx, r.received.Add(acknowledgeWithin))
	defer cancel()
	// A second attempt cannot be shown twice: Discord refuses it if the first
	// arrived.
	_, err := b.call(ctx, mayRepeat, http.MethodPost, "interactions/"+r.id+"/"+r.token+"/callback", callback{kind, data}, files...)
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
	_, err := b.call(ctx, mayRepeat, http.MethodPatch, "webhooks/"+r.app+"/"+r.token+"/messages/@original", p.instead(), p.files...)
	return err
}

// sendFurther sends a further message in reply to an interaction.
func (b *Bot) sendFurther(ctx context.Context, r *request, p payload) error {
	_, err := b.call(ctx, onlyOnce, http.MethodPost, "webhooks/"+r.app+"/"+r.token, p, p.files...)
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
