package discordsim

import (
	"maps"
	"net/http"
	"slices"
)

// Commands returns what the bot registered in a guild, or globally for "", by
// the name of the command.
func (s *Sim) Commands(guild string) map[string]Command {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := map[string]Command{}
	for _, c := range s.commands[guild] {
		list[c.Name] = c
	}
	return maps.Clone(list)
}

// Commands lists what Discord offers the person in c: slash commands, and those
// of the menus of people and messages.
func (u *User) Commands(c *Channel) []Command {
	s := u.sim
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Command
	for _, table := range c.tables() {
		for _, cmd := range s.commands[table] {
			if s.offered(u, c, cmd) {
				list = append(list, cmd)
			}
		}
	}
	return list
}

// tables are the keys of the commands that are registered for c: the global
// ones, and those of its guild.
func (c *Channel) tables() []string {
	if c.guild == nil {
		return []string{""}
	}
	return []string{"", c.guild.ID}
}

func (s *Sim) listCommands(r *request) (int, any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.PathValue("app") != s.appID {
		return http.StatusNotFound, errUnknownApp
	}
	if !s.commanding(r.PathValue("guild")) {
		return http.StatusForbidden, errMissingAccess
	}
	return http.StatusOK, append([]Command{}, s.commands[r.PathValue("guild")]...)
}

// commanding reports whether the application may register commands in a guild:
// it was installed there for them. Globally, for "", it always may. The caller
// holds mu.
func (s *Sim) commanding(guild string) bool {
	g := s.guilds[guild]
	return guild == "" || g != nil && slices.Contains(g.scopes, ScopeCommands)
}

// overwriteCommands replaces a table of commands. A command that keeps its
// name and type keeps its ID.
func (s *Sim) overwriteCommands(r *request) (int, any) {
	var list []Command
	if fail, ok := decode(r.body, &list); !ok {
		return badForm(fail)
	}
	guild := r.PathValue("guild")
	for i := range list {
		if list[i].Type == 0 {
			list[i].Type = 1
		}
		if list[i].IntegrationTypes == nil && guild == "" {
			list[i].IntegrationTypes = slices.Clone(s.opts.Installs)
		}
	}
	var form faultyForm
	form.overwrite(list, s.opts.Installs)
	if fail, ok := form.failure(); !ok {
		return badForm(fail)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case r.PathValue("app") != s.appID:
		return http.StatusNotFound, errUnknownApp
	case !s.commanding(guild):
		return http.StatusForbidden, errMissingAccess
	}
	old := s.commands[guild]
	for _, c := range list {
		known := slices.ContainsFunc(old, func(o Command) bool { return o.Type == c.Type && o.Name == c.Name })
		if !known && s.bucket("commands of "+guild).take(createsADay, s.opts.Now()) > 0 {
			return http.StatusBadRequest, errTooManyCreates
		}
	}
	for i := range list {
		c := &list[i]
		c.ID, c.Version, c.ApplicationID, c.GuildID = s.newID(), s.newID(), s.appID, guild
		if j := slices.IndexFunc(old, func(o Command) bool { return o.Type == c.Type && o.Name == c.Name }); j >= 0 {
			c.ID = old[j].ID
		}
	}
	s.commands[guild] = list
	s.touch()
	return http.StatusOK, append([]Command{}, list...)
}

// command finds the command of that name and type that u can use in c, or nil.
// The caller holds mu.
func (s *Sim) command(u *User, c *Channel, kind int, name string) *Command {
	for _, table := range c.tables() {
		for _, cmd := range s.commands[table] {
			if cmd.Type == kind && cmd.Name == name && s.offered(u, c, cmd) {
				return &cmd
			}
		}
	}
	return nil
}

// offered reports whether Discord offers a command to u in c.
func (s *Sim) offered(u *User, c *Channel, cmd Command) bool {
	byGuild := c.guild != nil && slices.Contains(c.guild.scopes, ScopeCommands) || c.guild == nil && slices.Contains(c.between, s.bot)
	installed := byGuild && (cmd.IntegrationTypes == nil || slices.Contains(cmd.IntegrationTypes, GuildInstall)) ||
		u.installed && slices.Contains(cmd.IntegrationTypes, UserInstall)
	if !installed || cmd.Contexts != nil && !slices.Contains(cmd.Contexts, c.context()) {
		return false
	}
	may := c.may(u)
	if may&UseCommands == 0 {
		return false
	}
	if cmd.DefaultMemberPermissions == nil || c.guild == nil {
		return true
	}
	needs := permission(*cmd.DefaultMemberPermissions)
	// With no permission named, only administrators are offered the command.
	return may == everything || needs != 0 && may&needs == needs
}

// context is Discord's number for the kind of place that c is: a guild, a
// conversation with the bot, or another private one.
func (c *Channel) context() int {
	switch {
	case c.guild != nil:
		return 0
	case slices.Contains(c.between, c.sim.bot):
		return 1
	}
	return 2
}
