package source

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/careerbot/careerbot/alerts"
)

// lever reads a company's whole site at Lever, described at
// https://github.com/lever/postings-api. Companies in the European Union may
// have theirs on hosts of its own.
var lever = Kind{
	Name: "lever", Title: "Lever site",
	terms: Terms{Interval: time.Hour, Read: "https://github.com/lever/postings-api"},
	most:  32 * mb, whole: true,
	recognise: recogniseLever, read: readLever,
}

// leverHosts are where people find a site, and where programs do.
var leverHosts = map[string]string{
	"jobs.lever.co": "api.lever.co", "api.lever.co": "api.lever.co",
	"jobs.eu.lever.co": "api.eu.lever.co", "api.eu.lever.co": "api.eu.lever.co",
}

func recogniseLever(u *url.URL) (string, error) {
	host := leverHosts[u.Hostname()]
	if host == "" {
		return "", nil
	}
	parts := pathOf(u)
	if len(parts) > 1 && parts[0] == "v0" && parts[1] == "postings" {
		parts = parts[2:]
	}
	if len(parts) == 0 || !plainToken(parts[0]) {
		return "", errors.New("this is no address of a company's jobs at Lever: give one like https://jobs.lever.co/company")
	}
	return "https://" + host + "/v0/postings/" + parts[0] + "?mode=json", nil
}

func readLever(d document) (list, error) {
	var postings []json.RawMessage
	if err := readJSON(d, &postings); err != nil {
		return list{}, err
	}
	site := ""
	if parts := pathOf(d.url); len(parts) > 2 {
		site = parts[2]
	}
	var l list
	each(&l, postings, func(p leverPosting) {
		var places []string
		for _, place := range append([]string{p.Categories.Location}, p.Categories.AllLocations...) {
			places = append(places, placesOf(place)...)
		}
		if len(places) == 0 && p.Country != "" {
			places = []string{p.Country}
		}
		parts := []string{first(p.DescriptionPlain, plain(p.Description))}
		for _, part := range p.Lists {
			parts = append(parts, lineOf(part.Text), plain(part.Content))
		}
		parts = append(parts, first(p.AdditionalPlain, plain(p.Additional)))
		j := alerts.Job{
			ExternalID: p.ID,
			Title:      lineOf(p.Text),
			Company:    first(d.name, site),
			Places:     places,
			Remote:     leverRemote[strings.ToLower(p.WorkplaceType)],
			Kind:       alerts.ParseKind(p.Categories.Commitment),
			Level:      alerts.ParseLevel(p.Categories.Level),
			Posted:     epoch(float64(p.CreatedAt)), // in milliseconds
			Apply:      first(p.HostedURL, p.ApplyURL),
			Text:       strings.Join(parts, "\n"),
		}
		if j.Remote == alerts.RemoteUnknown {
			j.Remote = remoteOf(append(p.Categories.AllLocations, p.Categories.Location)...)
		}
		if s := p.SalaryRange; s != nil {
			j.Pay = &alerts.Pay{Min: float64(s.Min), Max: float64(s.Max), Currency: s.Currency, Period: alerts.ParsePeriod(s.Interval)}
		}
		l.jobs = append(l.jobs, j)
	})
	return l, nil
}

type leverPosting struct {
	ID         string
	Text       string // the title
	HostedURL  string
	ApplyURL   string
	Categories struct {
		Commitment, Location, Level string
		AllLocations                []string
	}
	CreatedAt        figure
	WorkplaceType    string
	Country          string
	Description      string
	DescriptionPlain string
	Lists            []struct{ Text, Content string }
	Additional       string
	AdditionalPlain  string
	SalaryRange      *struct {
		Min, Max           figure
		Currency, Interval string
	}
}

var leverRemote = map[string]alerts.Remote{
	"remote": alerts.RemoteYes, "hybrid": alerts.RemoteNo, "on-site": alerts.RemoteNo, "onsite": alerts.RemoteNo,
}
