// Package demo lets people try the bot in a browser: a web page over a simulated
// Discord, with a server, three people, and a feed of jobs that are made up. It
// knows nothing of the bot, which connects to it as it would to Discord.
//
// All of it is served at one address of the own machine, and nothing is loaded
// from anywhere else. What a person sees is settled here, by the rules of
// bot/discordsim; the page shows what it is sent.
package demo

import (
	"context"
	"crypto/rand"
	"embed"
	"io/fs"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/careerbot/careerbot/bot/discordsim"
)

// Config is what a demo needs.
type Config struct {
	// URL is where Handler will be served, "http://127.0.0.1:8080".
	URL string
	// Dir is the folder in which to keep how far the clock is ahead and which jobs
	// were posted; empty if nothing is kept.
	Dir string
	// Read and Send do at once what the bot would do within the hour. Read reads the
	// feed; it is called when somebody has posted a job. Send sends what is due by
	// the clock and waits until it is sent; it is called when that was moved.
	Read, Send func(context.Context) error
}

// Demo is a simulated Discord with a page.
type Demo struct {
	Sim   *discordsim.Sim
	Clock *Clock

	cfg      Config
	feed     *feed
	people   []person
	channels []channel // of the server
	roles    []role

	moving sync.Mutex // held while the clock is set forward

	mu     sync.Mutex
	opened []openModal // the latest ones
}

// person is somebody whom a visitor can be.
type person struct {
	*discordsim.User
	key  string // in the address
	role string // what they are, for people
}

// channel is a channel of the server.
type channel struct {
	*discordsim.Channel
	topic string
}

// role is a role of the server.
type role struct {
	*discordsim.Role
}

// New makes a server with three people. Whenever it is made its IDs are the
// same, so that what the bot has kept of it is true when the program is started
// again.
func New(cfg Config) (*Demo, error) {
	var clockFile, jobsFile string
	if cfg.Dir != "" {
		clockFile, jobsFile = filepath.Join(cfg.Dir, "clock"), filepath.Join(cfg.Dir, "jobs.json")
	}
	clock, err := newClock(clockFile)
	if err != nil {
		return nil, err
	}
	sim, err := discordsim.New(discordsim.Options{
		URL: cfg.URL, Token: rand.Text(), Now: clock.Now, Worker: 1,
		Keep: 1000, // of each kind, for a demo that is left running
	})
	if err != nil {
		return nil, err
	}
	d := &Demo{Sim: sim, Clock: clock, cfg: cfg}
	server := sim.Guild("Career corner")
	moderators := server.Role("moderators", discordsim.ManageGuild)
	general, careers, mods := server.General(), server.Channel("careers"), server.Channel("mods")
	mods.Deny(server.ID, discordsim.ViewChannel)
	mods.Allow(moderators.ID, discordsim.ViewChannel)
	mods.Allow(sim.Bot().ID, discordsim.ViewChannel)
	d.channels = []channel{
		{general, "Whatever you like"}, {careers, "What work is like, what it pays, how to get into it"}, {mods, "Moderators only"},
	}
	d.roles = []role{{moderators}}
	d.people = []person{
		{server.Member("asha"), "asha", "member"}, {server.Member("ravi"), "ravi", "another member"},
		{server.Member("meera", moderators), "meera", "moderator"},
	}
	for _, p := range d.people {
		p.DM() // so that its ID, too, is the same
	}
	clock.start()
	server.Since(clock.Now()) // so that the bot greets it
	d.feed, err = newFeed(cfg.URL, jobsFile, clock.Now)
	if err != nil {
		sim.Close()
		return nil, err
	}
	return d, nil
}

// Close ends the connections of the bot.
func (d *Demo) Close() { d.Sim.Close() }

// FeedURL is where the made-up jobs are.
func (d *Demo) FeedURL() string { return d.cfg.URL + feedPath }

//go:embed page
var page embed.FS

// Handler serves the page, the simulated Discord and the feed to whoever sits at
// this machine: a page of another site that is opened there reaches none of it.
func (d *Demo) Handler() http.Handler {
	assets, err := fs.Sub(page, "page")
	if err != nil {
		panic(err) // it is embedded
	}
	mux := http.NewServeMux()
	sim := d.Sim.Handler()
	mux.Handle("/api/", sim)
	mux.Handle("/gateway", sim)
	mux.Handle("/gateway/", sim)
	mux.Handle("GET /attachments/", attachments(sim))
	mux.HandleFunc("GET "+feedPath, d.feed.serve)
	mux.HandleFunc("GET "+postingPath+"{id}", d.feed.servePosting)
	mux.HandleFunc("GET /chat/{person}/events", d.serveEvents)
	mux.HandleFunc("POST /chat/{person}/{act}", d.serveAct)
	mux.HandleFunc("POST /post-job", d.control(d.postJob))
	mux.HandleFunc("POST /nine", d.control(d.nine))
	mux.Handle("/", http.FileServerFS(assets))
	var strange http.CrossOriginProtection
	return guard(d.cfg.URL, strange.Handler(mux))
}

// guard answers only those who ask for this very address, and tells their
// browser to load nothing from elsewhere.
func guard(address string, next http.Handler) http.Handler {
	hosts := []string{strings.TrimPrefix(address, "http://")}
	if u, err := url.Parse(address); err == nil {
		hosts = append(hosts, "localhost:"+u.Port())
	}
	for _, host := range slices.Clone(hosts) { // browsers leave the usual port out
		hosts = append(hosts, strings.TrimSuffix(host, ":80"))
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !slices.Contains(hosts, r.Host) { // a name that somebody has led here
			http.Error(w, "This demo is at "+address+".", http.StatusMisdirectedRequest)
			return
		}
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// attachments serves what people attach so that it does nothing in the browser:
// pictures are shown, everything else is saved.
func attachments(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
		next.ServeHTTP(&saved{w}, r)
	})
}

// saved is a response that is shown only if it is a picture.
type saved struct{ http.ResponseWriter }

func (s *saved) WriteHeader(status int) {
	if !strings.HasPrefix(s.Header().Get("Content-Type"), "image/") {
		s.Header().Set("Content-Disposition", "attachment")
	}
	s.ResponseWriter.WriteHeader(status)
}

// find gives the person of a request.
func (d *Demo) find(r *http.Request) (person, bool) {
	for _, p := range d.people {
		if p.key == r.PathValue("person") {
			return p, true
		}
	}
	return person{}, false
}

// gathered is how long the bot gathers jobs before it tells those who want to
// know of them as they come.
const gathered = 10 * time.Minute

// postJob posts a job, and lets as much time pass as it takes until those who
// wait for it are told.
func (d *Demo) postJob(ctx context.Context) error {
	if err := d.feed.post(); err != nil {
		return err
	}
	if err := d.cfg.Read(ctx); err != nil {
		return err
	}
	return d.pass(ctx, d.Clock.Now().Add(gathered))
}

// overnight is how many jobs are posted until it is nine.
const overnight = 3

// nine lets the time pass until nine o'clock of the next day. Meanwhile some jobs
// are posted.
func (d *Demo) nine(ctx context.Context) error {
	now := d.Clock.Now().UTC()
	nine := time.Date(now.Year(), now.Month(), now.Day()+1, 9, 0, 0, 0, time.UTC)
	for i := range overnight {
		if err := d.pass(ctx, now.Add(nine.Sub(now)*time.Duration(i+1)/(overnight+1))); err != nil {
			return err
		}
		if err := d.postJob(ctx); err != nil {
			return err
		}
	}
	return d.pass(ctx, nine)
}

// stride is how far the clock is set forward at a time. It meets each hour of
// each zone.
const stride = 15 * time.Minute

// pass lets the time pass until a moment. The bot sends again and again on the
// way, so that it says each thing when that is due.
func (d *Demo) pass(ctx context.Context, until time.Time) error {
	for {
		next := d.Clock.Now().Truncate(stride).Add(stride)
		over := !next.Before(until)
		if over {
			next = until
		}
		if err := d.Clock.Set(next); err != nil {
			return err
		}
		if err := d.cfg.Send(ctx); err != nil || over {
			return err
		}
	}
}

// control serves a control of the demo itself.
func (d *Demo) control(do func(context.Context) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		d.moving.Lock() // who presses it twice is served one after the other
		defer d.moving.Unlock()
		if err := do(r.Context()); err != nil {
			reply(w, http.StatusServiceUnavailable, failure{"That did not work: " + err.Error()})
			return
		}
		reply(w, http.StatusOK, struct{}{})
	}
}
