package bot

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/bwmarrin/discordgo"
)

// register tells Discord of the commands, if those that it has are others. It
// takes 200 new commands a day and no more, and a command that was just written
// may be unknown to it for a while.
func (b *Bot) register(ctx context.Context, app string) error {
	var wanted []*discordgo.ApplicationCommand
	for _, row := range b.rows {
		if row.define != nil {
			wanted = append(wanted, row.define)
		}
	}
	wanted, err := b.installable(ctx, app, wanted)
	if err != nil {
		return err
	}
	path := "applications/" + app + "/commands"
	raw, err := b.call(ctx, mayRepeat, http.MethodGet, path, nil)
	if err != nil {
		return fmt.Errorf("read the commands that Discord has: %w", err)
	}
	var had []*discordgo.ApplicationCommand
	if err := json.Unmarshal(raw, &had); err != nil {
		return fmt.Errorf("read the commands that Discord has: %w", err)
	}
	if hashCommands(had) == hashCommands(wanted) {
		b.log.Debug("Discord has the commands already", "commands", len(wanted))
		return nil
	}
	if _, err := b.call(ctx, mayRepeat, http.MethodPut, path, wanted); err != nil {
		return fmt.Errorf("register the commands: %w", err)
	}
	b.log.Info("registered the commands", "commands", len(wanted))
	return nil
}

// hashCommands is a hash of what defines commands, without what Discord adds.
func hashCommands(commands []*discordgo.ApplicationCommand) [sha256.Size]byte {
	var list []discordgo.ApplicationCommand
	for _, c := range commands {
		def := discordgo.ApplicationCommand{
			Type: cmp.Or(c.Type, discordgo.ChatApplicationCommand), Name: c.Name, Description: c.Description,
			DefaultMemberPermissions: c.DefaultMemberPermissions, Options: c.Options,
			Contexts: sorted(c.Contexts), IntegrationTypes: sorted(c.IntegrationTypes),
		}
		if c.NameLocalizations != nil && len(*c.NameLocalizations) > 0 {
			def.NameLocalizations = c.NameLocalizations
		}
		if c.DescriptionLocalizations != nil && len(*c.DescriptionLocalizations) > 0 {
			def.DescriptionLocalizations = c.DescriptionLocalizations
		}
		list = append(list, def)
	}
	slices.SortFunc(list, func(x, y discordgo.ApplicationCommand) int {
		return cmp.Or(cmp.Compare(x.Type, y.Type), cmp.Compare(x.Name, y.Name))
	})
	raw, err := json.Marshal(list)
	if err != nil {
		panic(err) // it was decoded from JSON, or is written down in the table
	}
	return sha256.Sum256(raw)
}

func sorted[T cmp.Ordered](list *[]T) *[]T {
	if list == nil {
		return nil
	}
	l := slices.Sorted(slices.Values(*list))
	return &l
}
