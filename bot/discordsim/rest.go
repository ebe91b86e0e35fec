package discordsim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"
)

// The REST side: one table of routes, and one path that every request takes:
// recorded, perhaps made to fail by script, authorised, counted against its
// limit, checked, answered.

// request is an API request with its JSON.
type request struct {
	*http.Request
	body    []byte   // of a multipart request, its payload_json
	uploads []upload // and its files
}

// route is an endpoint.
type route struct {
	pattern string
	open    bool // needs no token
	limit   limit
	serve   func(*Sim, *request) (int, any)
}

var routes = []route{
	{"GET /gateway", true, lenient, (*Sim).getGateway},
	{"GET /gateway/bot", false, lenient, (*Sim).getGatewayBot},
	{"GET /users/@me", false, lenient, (*Sim).getMe},
	{"GET /users/@me/guilds", false, lenient, (*Sim).listGuilds},
	{"GET /guilds/{guild}", false, lenient, (*Sim).getGuild},
	{"GET /guilds/{guild}/channels", false, lenient, (*Sim).listChannels},
	{"GET /guilds/{guild}/members/{user}", false, lenient, (*Sim).getMember},
	{"GET /applications/@me", false, lenient, (*Sim).getApplication},
	{"GET /oauth2/applications/@me", false, lenient, (*Sim).getApplication},
	{"POST /users/@me/channels", false, lenient, (*Sim).openDM},
	{"GET /channels/{channel}", false, lenient, (*Sim).getChannel},
	{"POST /channels/{channel}/typing", false, perChannel, (*Sim).typing},

	{"GET /channels/{channel}/messages", false, perChannel, (*Sim).listMessages},
	{"POST /channels/{channel}/messages", false, perChannel, (*Sim).createMessage},
	{"GET /channels/{channel}/messages/{message}", false, perChannel, (*Sim).getMessage},
	{"PATCH /channels/{channel}/messages/{message}", false, perChannel, (*Sim).editMessage},
	{"DELETE /channels/{channel}/messages/{message}", false, perChannel, (*Sim).deleteMessage},

	{"GET /applications/{app}/commands", false, lenient, (*Sim).listCommands},
	{"PUT /applications/{app}/commands", false, lenient, (*Sim).overwriteCommands},
	{"GET /applications/{app}/guilds/{guild}/commands", false, lenient, (*Sim).listCommands},
	{"PUT /applications/{app}/guilds/{guild}/commands", false, lenient, (*Sim).overwriteCommands},

	{"POST /interactions/{interaction}/{token}/callback", true, unlimited, (*Sim).callback},
	{"POST /webhooks/{app}/{token}", true, perWebhook, (*Sim).followUp},
	{"GET /webhooks/{app}/{token}/messages/{message}", true, perWebhook, (*Sim).getReply},
	{"PATCH /webhooks/{app}/{token}/messages/{message}", true, perWebhook, (*Sim).editReply},
	{"DELETE /webhooks/{app}/{token}/messages/{message}", true, perWebhook, (*Sim).deleteReply},
}

// failure is an error as Discord's API answers it.
type failure struct {
	Message string `json:"message"`
	Code    int    `json:"code"`
	Errors  any    `json:"errors,omitempty"`
	forced  bool   // by the network: whoever asked could not know better
}

// The refusals that are simulated, by Discord's code.
var (
	errNotFound       = failure{Message: "404: Not Found", Code: 0}
	errUnauthorized   = failure{Message: "401: Unauthorized", Code: 0}
	errUnknownApp     = failure{Message: "Unknown Application", Code: 10002}
	errUnknownChannel = failure{Message: "Unknown Channel", Code: 10003}
	errUnknownGuild   = failure{Message: "Unknown Guild", Code: 10004}
	errUnknownMember  = failure{Message: "Unknown Member", Code: 10007}
	errUnknownMessage = failure{Message: "Unknown Message", Code: 10008}
	errUnknownUser    = failure{Message: "Unknown User", Code: 10013}
	errUnknownWebhook = failure{Message: "Unknown Webhook", Code: 10015}
	errUnknownInter   = failure{Message: "Unknown interaction", Code: 10062}
	errAlreadyAcked   = failure{Message: "Interaction has already been acknowledged.", Code: 40060}
	errMissingAccess  = failure{Message: "Missing Access", Code: 50001}
	errNotAuthor      = failure{Message: "Cannot edit a message authored by another user", Code: 50005}
	errEmptyMessage   = failure{Message: "Cannot send an empty message", Code: 50006}
	errCannotDM       = failure{Message: "Cannot send messages to this user", Code: 50007}
	errNoMutualGuild  = failure{Message: "Cannot send messages to this user due to having no mutual guilds", Code: 50278}
	errNotPermitted   = failure{Message: "Missing Permissions", Code: 50013}
	errWebhookToken   = failure{Message: "Invalid Webhook Token", Code: 50027}
	errTooManyCreates = failure{Message: "Max number of daily application command creates has been reached (200)", Code: 30034}
	errTooManyFollows = failure{Message: "Maximum number of follow-up messages reached", Code: 40094}
	errLarge          = failure{Message: "Request entity too large", Code: 40005}
	errNoJSON         = failure{Message: "The request body contains invalid JSON.", Code: 50109}
)

// Handler serves the API, the gateway and what is attached, below /api/,
// /gateway and /attachments/. It is for whoever gives Options.URL.
func (s *Sim) Handler() http.Handler {
	api := http.NewServeMux()
	for _, rt := range routes {
		api.HandleFunc(rt.pattern, func(w http.ResponseWriter, r *http.Request) { s.answer(w, r, rt) })
	}
	api.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusNotFound, errNotFound) })
	mux := http.NewServeMux()
	mux.HandleFunc("GET /attachments/{channel}/{file}/{name}", s.serveFile)
	mux.HandleFunc("/gateway/", s.serveGateway)
	mux.HandleFunc("/gateway", s.serveGateway)
	for _, version := range []string{"v10", "v9"} {
		prefix := "/api/" + version
		mux.Handle(prefix+"/", http.StripPrefix(prefix, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s.receive(w, r, version, api)
		})))
	}
	return mux
}

// receive records a request, lets a scripted fault have it, and passes it on.
func (s *Sim) receive(w http.ResponseWriter, r *http.Request, version string, next http.Handler) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		s.mu.Lock()
		s.violate("%s %s: the request is too large", r.Method, r.URL.Path)
		s.mu.Unlock()
		reply(w, http.StatusRequestEntityTooLarge, errLarge)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))

	s.mu.Lock()
	call := &Call{Method: r.Method, Path: r.URL.Path, Version: version, Body: body, Header: r.Header.Clone()}
	s.calls = trim(s, append(s.calls, call), done)
	fault := s.fault(r.Method, r.URL.Path)
	s.touch()
	s.mu.Unlock()

	out := &recorder{ResponseWriter: w}
	if fault == nil {
		next.ServeHTTP(out, r)
	} else {
		fault.meet(out, r, next)
	}
	s.mu.Lock()
	call.Status = out.status
	s.touch()
	s.mu.Unlock()
}

// recorder remembers the status of an answer.
type recorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the status and passes it on.
func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// answer takes a request through what every endpoint asks.
func (s *Sim) answer(w http.ResponseWriter, r *http.Request, rt route) {
	if !rt.open && r.Header.Get("Authorization") != "Bot "+s.opts.Token {
		reply(w, http.StatusUnauthorized, errUnauthorized)
		return
	}
	if wait, global := s.count(w.Header(), r, rt); wait > 0 {
		tooMany(w, wait, global)
		return
	}
	req := &request{Request: r}
	if !s.read(w, req) {
		return
	}
	status, body := rt.serve(s, req)
	if f, failed := body.(failure); failed && !f.forced && faulty(f.Code) {
		s.mu.Lock()
		detail, _ := json.Marshal(f)
		s.violate("%s %s: %d %s", r.Method, r.URL.Path, status, detail)
		s.mu.Unlock()
	}
	if s.opts.Spec != nil {
		s.honest(r, status, body)
	}
	reply(w, status, body)
}

// honest notes an answer that is not as Discord describes it: a fault of the
// simulation, and not of the bot.
func (s *Sim) honest(r *http.Request, status int, body any) {
	var raw []byte
	if body != nil {
		raw, _ = json.Marshal(body)
	}
	if err := s.opts.Spec.Answer(r.Method, r.URL.Path, status, raw); err != nil {
		s.mu.Lock()
		s.violate("the simulation answers %s %s wrongly: %v", r.Method, r.URL.Path, err)
		s.mu.Unlock()
	}
}

// faulty reports whether a refusal with that code shows a fault of the bot.
func faulty(code int) bool {
	switch code {
	case 40060, 10062, 50035, 50006, 50109:
		return true
	}
	return false
}

// read finds the JSON of a request, and has it checked against Discord's own
// description when there is one.
func (s *Sim) read(w http.ResponseWriter, req *request) bool {
	var err error
	if req.body, req.uploads, err = contentOf(req.Request); err != nil {
		s.mu.Lock()
		s.violate("%s %s: %v", req.Method, req.URL.Path, err)
		s.mu.Unlock()
		if errors.Is(err, errTooLarge) {
			reply(w, http.StatusRequestEntityTooLarge, errLarge)
		} else {
			reply(w, http.StatusBadRequest, errNoJSON)
		}
		return false
	}
	if s.opts.Spec == nil {
		return true
	}
	if err := s.opts.Spec.Request(req.Method, req.URL.Path, req.body); err != nil {
		s.mu.Lock()
		s.violate("%s %s: against the description: %v", req.Method, req.URL.Path, err)
		s.mu.Unlock()
		reply(w, http.StatusBadRequest, failure{Message: "Invalid Form Body", Code: 50035, Errors: map[string]any{"_errors": []map[string]any{{"code": "SPEC", "message": err.Error()}}}})
		return false
	}
	return true
}

// contentOf returns the JSON of a request, which is its body or the payload_json
// of a multipart one, and the files of that.
func contentOf(r *http.Request) (body []byte, uploads []upload, err error) {
	body, err = io.ReadAll(r.Body)
	if err != nil || len(body) == 0 {
		return nil, nil, err
	}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return nil, nil, fmt.Errorf("content type: %w", err)
	}
	if kind == "multipart/form-data" {
		body, uploads, err = readForm(body, params["boundary"])
		if err != nil {
			return nil, nil, err
		}
		if len(body) == 0 {
			body = []byte("{}") // files alone are a message
		}
	}
	if !json.Valid(body) {
		return nil, nil, fmt.Errorf("body is not JSON: %.100q", body)
	}
	return body, uploads, nil
}

// reply writes an answer; a nil body is an empty one.
func reply(w http.ResponseWriter, status int, body any) {
	if body == nil {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // who asked may have left
}

func (s *Sim) getGateway(*request) (int, any) {
	return http.StatusOK, map[string]any{"url": s.gatewayURL()}
}

func (s *Sim) getGatewayBot(*request) (int, any) {
	return http.StatusOK, map[string]any{
		"url": s.gatewayURL(), "shards": 1,
		"session_start_limit": map[string]any{"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1},
	}
}

func (s *Sim) getMe(*request) (int, any) {
	w := s.bot.wire()
	return http.StatusOK, struct {
		wireUser
		MFA    bool   `json:"mfa_enabled"`
		Locale string `json:"locale"`
	}{w, false, "en-US"}
}

func (s *Sim) getApplication(*request) (int, any) {
	installs := map[string]any{}
	for _, kind := range s.opts.Installs {
		installs[strconv.Itoa(kind)] = map[string]any{}
	}
	return http.StatusOK, map[string]any{
		"id": s.appID, "name": s.opts.Name, "icon": nil, "description": "", "type": nil, "bot": s.bot.wire(), "owner": s.bot.wire(), "team": nil,
		"bot_public": true, "bot_require_code_grant": false, "verify_key": "", "flags": 0, "flags_new": "0", "redirect_uris": []string{},
		"interactions_endpoint_url": nil, "role_connections_verification_url": nil, "explicit_content_filter": 0, "eligible_oauth2_scopes": []string{},
		"approximate_guild_count": 1, "approximate_user_install_count": 0, "approximate_user_authorization_count": 0,
		"integration_types_config": installs,
	}
}

func (s *Sim) openDM(r *request) (int, any) {
	var body struct {
		Recipient string `json:"recipient_id"`
	}
	if json.Unmarshal(r.body, &body) != nil {
		return http.StatusBadRequest, errNoJSON
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[body.Recipient]
	if u == nil {
		return http.StatusNotFound, errUnknownUser
	}
	return http.StatusOK, s.direct(u, s.bot).wire()
}

func (s *Sim) getChannel(r *request) (int, any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, status, fail := s.channelOf(r, ViewChannel)
	if c == nil {
		return status, fail
	}
	return http.StatusOK, c.wire()
}

func (s *Sim) typing(r *request) (int, any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, status, fail := s.channelOf(r, SendMessages); c == nil {
		return status, fail
	}
	return http.StatusNoContent, nil
}

// channelOf finds the channel of a request, if the bot may do there what it
// asks. The caller holds mu.
func (s *Sim) channelOf(r *request, needs Permission) (*Channel, int, any) {
	c := s.channels[r.PathValue("channel")]
	if c == nil {
		return nil, http.StatusNotFound, errUnknownChannel
	}
	may := c.may(s.bot)
	if may&ViewChannel == 0 {
		return nil, http.StatusForbidden, errMissingAccess
	}
	if may&needs != needs {
		return nil, http.StatusForbidden, errNotPermitted
	}
	return c, 0, nil
}

// tooMany answers 429.
func tooMany(w http.ResponseWriter, wait time.Duration, global bool) {
	h := w.Header()
	h.Set("Retry-After", fmt.Sprint(int(wait.Seconds())+1))
	h.Set("X-RateLimit-Scope", "user")
	if global {
		h.Set("X-RateLimit-Global", "true")
		h.Set("X-RateLimit-Scope", "global")
	}
	reply(w, http.StatusTooManyRequests, map[string]any{
		"message": "You are being rate limited.", "code": 0, "retry_after": wait.Seconds(), "global": global,
	})
}
