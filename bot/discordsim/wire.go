package discordsim

import (
	"encoding/json"
	"unicode/utf8"
)

// The objects of Discord's protocol, as far as they are simulated. Names and
// shapes are Discord's.

// wireUser is a user object.
type wireUser struct {
	ID            string  `json:"id"`
	Username      string  `json:"username"`
	Avatar        *string `json:"avatar"`
	Discriminator string  `json:"discriminator"`
	PublicFlags   int     `json:"public_flags"`
	Flags         int     `json:"flags"`
	GlobalName    *string `json:"global_name"`
	PrimaryGuild  *string `json:"primary_guild"`
	Bot           bool    `json:"bot,omitempty"`
}

// wireMember is a guild member object.
type wireMember struct {
	User        *wireUser `json:"user,omitempty"`
	Nick        *string   `json:"nick"`
	Avatar      *string   `json:"avatar"`
	Banner      *string   `json:"banner"`
	Roles       []string  `json:"roles"`
	JoinedAt    string    `json:"joined_at"`
	Premium     *string   `json:"premium_since"`
	TimeoutEnds *string   `json:"communication_disabled_until"`
	Deaf        bool      `json:"deaf"`
	Mute        bool      `json:"mute"`
	Pending     bool      `json:"pending"`
	Flags       int       `json:"flags"`
	Permissions string    `json:"permissions,omitempty"` // in interactions only
}

// wireChannel is a channel object.
type wireChannel struct {
	ID             string          `json:"id"`
	Type           int             `json:"type"`
	GuildID        string          `json:"guild_id,omitempty"`
	Name           string          `json:"name,omitempty"`
	Position       int             `json:"position"`
	Flags          int             `json:"flags"`
	Overwrites     []wireOverwrite `json:"permission_overwrites,omitempty"`
	Recipients     []wireUser      `json:"recipients,omitempty"`
	LastMessageID  *string         `json:"last_message_id"`
	Permissions    string          `json:"permissions,omitempty"` // in interactions only, and so the next
	AppPermissions string          `json:"app_permissions,omitempty"`
}

// wireOverwrite is a permission overwrite of a channel.
type wireOverwrite struct {
	ID    string `json:"id"`
	Type  int    `json:"type"` // 0 role, 1 member
	Allow string `json:"allow"`
	Deny  string `json:"deny"`
}

// wireRole is a role object.
type wireRole struct {
	ID          string         `json:"id"`
	Name        string         `json:"name"`
	Color       int            `json:"color"`
	Hoist       bool           `json:"hoist"`
	Position    int            `json:"position"`
	Permissions string         `json:"permissions"`
	Managed     bool           `json:"managed"`
	Mentionable bool           `json:"mentionable"`
	Icon        *string        `json:"icon"`
	Emoji       *string        `json:"unicode_emoji"`
	Flags       int            `json:"flags"`
	Colors      map[string]any `json:"colors"`
}

// guildProperties is a guild object.
type guildProperties struct {
	ID              string     `json:"id"`
	Name            string     `json:"name"`
	Icon            *string    `json:"icon"`
	Description     *string    `json:"description"`
	HomeHeader      *string    `json:"home_header"`
	Splash          *string    `json:"splash"`
	DiscoverySplash *string    `json:"discovery_splash"`
	Banner          *string    `json:"banner"`
	Features        []string   `json:"features"`
	OwnerID         string     `json:"owner_id"`
	ApplicationID   *string    `json:"application_id"`
	Region          string     `json:"region"`
	AFKChannelID    *string    `json:"afk_channel_id"`
	AFKTimeout      int        `json:"afk_timeout"`
	SystemChannelID *string    `json:"system_channel_id"`
	SystemFlags     int        `json:"system_channel_flags"`
	WidgetEnabled   bool       `json:"widget_enabled"`
	WidgetChannelID *string    `json:"widget_channel_id"`
	Verification    int        `json:"verification_level"`
	Roles           []wireRole `json:"roles"`
	Notifications   int        `json:"default_message_notifications"`
	MFALevel        int        `json:"mfa_level"`
	ExplicitFilter  int        `json:"explicit_content_filter"`
	MaxPresences    *int       `json:"max_presences"`
	MaxMembers      int        `json:"max_members"`
	MaxStage        int        `json:"max_stage_video_channel_users"`
	MaxVideo        int        `json:"max_video_channel_users"`
	Vanity          *string    `json:"vanity_url_code"`
	PremiumTier     int        `json:"premium_tier"`
	PremiumCount    int        `json:"premium_subscription_count"`
	ProgressBar     bool       `json:"premium_progress_bar_enabled"`
	Locale          string     `json:"preferred_locale"`
	RulesChannelID  *string    `json:"rules_channel_id"`
	SafetyChannelID *string    `json:"safety_alerts_channel_id"`
	PublicChannelID *string    `json:"public_updates_channel_id"`
	NSFW            bool       `json:"nsfw"`
	NSFWLevel       int        `json:"nsfw_level"`
	Emojis          []any      `json:"emojis"`
	Stickers        []any      `json:"stickers"`
	Incidents       *string    `json:"incidents_data"`
}

// wireGuild is a guild as GUILD_CREATE sends it.
type wireGuild struct {
	guildProperties
	Channels    []wireChannel `json:"channels"`
	Threads     []wireChannel `json:"threads"`
	Members     []wireMember  `json:"members"`
	Presences   []any         `json:"presences"`
	VoiceStates []any         `json:"voice_states"`
	Stages      []any         `json:"stage_instances"`
	Events      []any         `json:"guild_scheduled_events"`
	Sounds      []any         `json:"soundboard_sounds"`
	MemberCount int           `json:"member_count"`
	JoinedAt    string        `json:"joined_at"`
	Large       bool          `json:"large"`
	Unavailable bool          `json:"unavailable"`
}

// Embed is a rich embed of a message.
type Embed struct {
	Type        string       `json:"type,omitempty"`
	URL         string       `json:"url,omitempty"`
	Title       string       `json:"title,omitempty"`
	Description string       `json:"description,omitempty"`
	Timestamp   string       `json:"timestamp,omitempty"`
	Color       int          `json:"color,omitempty"`
	Footer      *EmbedFooter `json:"footer,omitempty"`
	Author      *EmbedAuthor `json:"author,omitempty"`
	Image       *EmbedImage  `json:"image,omitempty"`
	Thumbnail   *EmbedImage  `json:"thumbnail,omitempty"`
	Fields      []EmbedField `json:"fields,omitempty"`
}

// EmbedFooter is the small print of an embed.
type EmbedFooter struct {
	Text    string `json:"text"`
	IconURL string `json:"icon_url,omitempty"`
}

// EmbedAuthor is the line above an embed's title.
type EmbedAuthor struct {
	Name    string `json:"name"`
	URL     string `json:"url,omitempty"`
	IconURL string `json:"icon_url,omitempty"`
}

// EmbedImage is a picture of an embed.
type EmbedImage struct {
	URL string `json:"url"`
}

// EmbedField is a named part of an embed.
type EmbedField struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Inline bool   `json:"inline"`
}

// The kinds of components that are simulated.
const (
	ActionRow         = 1
	Button            = 2
	StringSelect      = 3
	TextInput         = 4
	UserSelect        = 5
	RoleSelect        = 6
	MentionableSelect = 7
	ChannelSelect     = 8
	TextDisplay       = 10
	Label             = 18
	FileUpload        = 19
)

// Component is a component of a message or of a modal.
type Component struct {
	Type        int            `json:"type"`
	ID          int            `json:"id,omitempty"`
	CustomID    string         `json:"custom_id,omitempty"`
	Style       int            `json:"style,omitempty"`
	Label       string         `json:"label,omitempty"`
	Description string         `json:"description,omitempty"`
	URL         string         `json:"url,omitempty"`
	Emoji       *Emoji         `json:"emoji,omitempty"`
	Disabled    bool           `json:"disabled,omitempty"`
	Placeholder string         `json:"placeholder,omitempty"`
	MinValues   *int           `json:"min_values,omitempty"`
	MaxValues   *int           `json:"max_values,omitempty"`
	MinLength   *int           `json:"min_length,omitempty"`
	MaxLength   *int           `json:"max_length,omitempty"`
	Required    *bool          `json:"required,omitempty"`
	Value       string         `json:"value,omitempty"`
	Content     string         `json:"content,omitempty"`
	Options     []SelectOption `json:"options,omitempty"`
	Components  []Component    `json:"components,omitempty"`
	Component   *Component     `json:"component,omitempty"` // what a label is for
}

// isMenu reports whether c is a select menu.
func (c Component) isMenu() bool {
	return c.Type == StringSelect || c.Type >= UserSelect && c.Type <= ChannelSelect
}

// Emoji is the emoji on a button.
type Emoji struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

// SelectOption is one entry of a select menu.
type SelectOption struct {
	Label       string `json:"label"`
	Value       string `json:"value"`
	Description string `json:"description,omitempty"`
	Default     bool   `json:"default,omitempty"`
}

// all returns c and every component in it, outermost first.
func (c Component) all() []Component {
	list := []Component{c}
	for _, inner := range c.Components {
		list = append(list, inner.all()...)
	}
	if c.Component != nil {
		list = append(list, c.Component.all()...)
	}
	return list
}

// Command is an application command as the bot registered it.
type Command struct {
	ID                       string            `json:"id"`
	ApplicationID            string            `json:"application_id"`
	GuildID                  string            `json:"guild_id,omitempty"`
	Version                  string            `json:"version"`
	Type                     int               `json:"type"` // 1 slash, 2 user, 3 message
	Name                     string            `json:"name"`
	NameLocalizations        map[string]string `json:"name_localizations"`
	Description              string            `json:"description"`
	DescriptionLocalizations map[string]string `json:"description_localizations"`
	DefaultMemberPermissions *string           `json:"default_member_permissions"`
	Contexts                 []int             `json:"contexts"`
	IntegrationTypes         []int             `json:"integration_types,omitempty"`
	NSFW                     bool              `json:"nsfw"`
	Options                  []CommandOption   `json:"options,omitempty"`
}

// CommandOption is an option of a slash command, or a subcommand.
type CommandOption struct {
	Type                     int               `json:"type"`
	Name                     string            `json:"name"`
	NameLocalizations        map[string]string `json:"name_localizations,omitempty"`
	Description              string            `json:"description"`
	DescriptionLocalizations map[string]string `json:"description_localizations,omitempty"`
	Required                 bool              `json:"required,omitempty"`
	Autocomplete             bool              `json:"autocomplete,omitempty"`
	Choices                  []Choice          `json:"choices,omitempty"`
	MinLength                *int              `json:"min_length,omitempty"`
	MaxLength                *int              `json:"max_length,omitempty"`
	MinValue                 *float64          `json:"min_value,omitempty"`
	MaxValue                 *float64          `json:"max_value,omitempty"`
	ChannelTypes             []int             `json:"channel_types,omitempty"`
	Options                  []CommandOption   `json:"options,omitempty"`
}

// size is what counts against the limit of a whole command: its texts and those
// of all that is in it, each in its longest translation, in characters.
func (c Command) size() int {
	n := longest(c.Name, c.NameLocalizations) + longest(c.Description, c.DescriptionLocalizations)
	for _, o := range c.Options {
		n += o.size()
	}
	return n
}

func (o CommandOption) size() int {
	n := longest(o.Name, o.NameLocalizations) + longest(o.Description, o.DescriptionLocalizations)
	for _, c := range o.Choices {
		n += longest(c.Name, c.NameLocalizations)
		if s, ok := c.Value.(string); ok {
			n += utf8.RuneCountInString(s)
		}
	}
	for _, inner := range o.Options {
		n += inner.size()
	}
	return n
}

// longest counts the characters of a text in its longest translation.
func longest(text string, translations map[string]string) int {
	n := utf8.RuneCountInString(text)
	for _, t := range translations {
		n = max(n, utf8.RuneCountInString(t))
	}
	return n
}

// Choice is a value that an option offers.
type Choice struct {
	Name              string            `json:"name"`
	NameLocalizations map[string]string `json:"name_localizations,omitempty"`
	Value             any               `json:"value"`
}

// allowedMentions says whom a message may ping.
type allowedMentions struct {
	Parse       []string `json:"parse"`
	Users       []string `json:"users"`
	Roles       []string `json:"roles"`
	RepliedUser *bool    `json:"replied_user"`
}

// reference points from a reply to what it answers.
type reference struct {
	Type            int    `json:"type"`
	MessageID       string `json:"message_id,omitempty"`
	ChannelID       string `json:"channel_id"`
	GuildID         string `json:"guild_id,omitempty"`
	FailIfNotExists *bool  `json:"fail_if_not_exists,omitempty"`
}

// messageBody is what a request that creates or edits a message holds. A nil
// pointer is a field that was left out or null.
type messageBody struct {
	Content         *string           `json:"content"`
	Embeds          *[]Embed          `json:"embeds"`
	Components      *[]Component      `json:"components"`
	AllowedMentions *allowedMentions  `json:"allowed_mentions"`
	Reference       *reference        `json:"message_reference"`
	Flags           int               `json:"flags"`
	Nonce           json.RawMessage   `json:"nonce"`
	EnforceNonce    bool              `json:"enforce_nonce"`
	TTS             bool              `json:"tts"`
	Attachments     *[]attachmentMeta `json:"attachments"`
	uploads         []upload

	// In a reply to autocompletion, and in a modal.
	Choices  []Choice `json:"choices"`
	CustomID string   `json:"custom_id"`
	Title    string   `json:"title"`
}

// The flags of a message that are simulated.
const (
	flagSuppressEmbeds = 1 << 2
	flagEphemeral      = 1 << 6
	flagLoading        = 1 << 7
	flagSilent         = 1 << 12
	flagComponentsV2   = 1 << 15
)
