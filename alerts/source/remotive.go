package source

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/careerbot/careerbot/alerts"
)

// remotive reads Remotive's public list, described at
// https://github.com/remotive-com/remote-jobs-api. It asks to be read four times
// a day at most, to be named and linked to, and shows its jobs a day late.
var remotive = Kind{
	Name: "remotive", Title: "Remotive",
	terms: Terms{
		Interval: 6 * time.Hour, Counted: true, Delay: 24 * time.Hour, Credit: "Remotive", CreditURL: "https://remotive.com", Excerpt: 300,
		Read: "https://github.com/remotive-com/remote-jobs-api",
	},
	most:      32 * mb,
	recognise: recogniseRemotive, read: readRemotive,
}

func recogniseRemotive(u *url.URL) (string, error) {
	if host := strings.TrimPrefix(u.Hostname(), "www."); host != "remotive.com" && host != "remotive.io" || isFeedPath(u) {
		return "", nil
	}
	parts := pathOf(u)
	query := url.Values{}
	for _, name := range []string{"category", "search", "company_name"} {
		if value := u.Query().Get(name); value != "" {
			query.Set(name, value)
		}
	}
	switch {
	case len(parts) == 0 || len(parts) == 1 && parts[0] == "remote-jobs" || len(parts) == 2 && parts[0] == "api" && parts[1] == "remote-jobs":
	case len(parts) == 2 && parts[0] == "remote-jobs":
		query.Set("category", parts[1])
	default:
		return "", errors.New("this is no list of jobs on Remotive: give https://remotive.com/remote-jobs, or the page of a category")
	}
	address := "https://remotive.com/api/remote-jobs"
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	return address, nil
}

func readRemotive(d document) (list, error) {
	var answer struct{ Jobs []json.RawMessage }
	if err := readJSON(d, &answer); err != nil {
		return list{}, err
	}
	if answer.Jobs == nil {
		return list{}, errors.New("there is no list of jobs in the answer of Remotive: its form may have changed")
	}
	var l list
	each(&l, answer.Jobs, func(p remotivePosting) {
		l.jobs = append(l.jobs, alerts.Job{
			ExternalID: string(p.ID),
			Title:      lineOf(p.Title),
			Company:    lineOf(p.Company),
			Places:     placesOf(strings.ReplaceAll(p.Location, ",", ";")), // countries
			Remote:     alerts.RemoteYes,                                   // it lists nothing else
			Kind:       alerts.ParseKind(p.Type),
			Pay:        payOf(string(p.Salary), ""),
			Posted:     when(string(p.Published)),
			Apply:      p.URL,
			Text:       plain(p.Description),
		})
	})
	return l, nil
}

type remotivePosting struct {
	ID          text
	URL         string
	Title       string
	Company     string `json:"company_name"`
	Type        string `json:"job_type"`
	Published   text   `json:"publication_date"`
	Location    string `json:"candidate_required_location"`
	Salary      text   // in words
	Description string
}
