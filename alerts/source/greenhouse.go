package source

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/careerbot/careerbot/alerts"
)

// greenhouse reads a company's whole board at Greenhouse, described at
// https://developers.greenhouse.io/job-board.html.
var greenhouse = Kind{
	Name: "greenhouse", Title: "Greenhouse board",
	terms: Terms{Interval: time.Hour, Read: "https://developers.greenhouse.io/job-board.html"},
	most:  32 * mb, whole: true,
	recognise: recogniseGreenhouse, read: readGreenhouse,
}

func recogniseGreenhouse(u *url.URL) (string, error) {
	if !strings.HasSuffix(u.Hostname(), ".greenhouse.io") {
		return "", nil
	}
	parts := pathOf(u)
	board := ""
	switch {
	case strings.HasPrefix(u.Hostname(), "boards-api.") && len(parts) > 2 && parts[0] == "v1" && parts[1] == "boards":
		board = parts[2]
	case strings.HasPrefix(u.Hostname(), "boards-api."):
	case len(parts) > 0 && parts[0] == "embed":
		board = u.Query().Get("for")
	case len(parts) > 0:
		board = parts[0]
	}
	if !plainToken(board) {
		return "", errors.New("this is no address of a Greenhouse board: give one like https://boards.greenhouse.io/company")
	}
	return "https://boards-api.greenhouse.io/v1/boards/" + strings.ToLower(board) + "/jobs?content=true", nil
}

func readGreenhouse(d document) (list, error) {
	var board struct{ Jobs []json.RawMessage }
	if err := readJSON(d, &board); err != nil {
		return list{}, err
	}
	if board.Jobs == nil {
		return list{}, errors.New("there is no list of jobs in the answer of Greenhouse: see whether the board still exists")
	}
	token := ""
	if parts := pathOf(d.url); len(parts) > 2 {
		token = parts[2]
	}
	var l list
	each(&l, board.Jobs, func(p greenhousePosting) {
		// A prospect post invites people to leave their name: there is no job.
		if string(p.InternalID) == "null" {
			return
		}
		j := alerts.Job{
			ExternalID: string(p.ID),
			Title:      lineOf(p.Title),
			Company:    first(lineOf(p.Company), d.name, token),
			Places:     placesOf(p.Location.Name),
			Remote:     remoteOf(p.Location.Name),
			Posted:     when(first(p.First, p.Updated)), // an edit is no news
			Closes:     until(p.Deadline),
			Apply:      p.URL,
			Text:       plain(p.Content),
			Pay:        payOfGreenhouse(p.PayRanges),
		}
		if p.Location.Name == "" {
			for _, o := range p.Offices {
				j.Places = append(j.Places, placesOf(first(o.Location, o.Name))...)
			}
		}
		l.jobs = append(l.jobs, j)
	})
	return l, nil
}

type greenhousePosting struct {
	ID         text            `json:"id"`
	InternalID json.RawMessage `json:"internal_job_id"`
	Title      string
	Company    string `json:"company_name"`
	URL        string `json:"absolute_url"`
	First      string `json:"first_published"`
	Updated    string `json:"updated_at"`
	Deadline   string `json:"application_deadline"`
	Content    string // HTML, escaped as if it were text
	Location   struct{ Name string }
	Offices    []struct{ Name, Location string }
	PayRanges  []greenhousePay `json:"pay_input_ranges"`
}

type greenhousePay struct {
	Min      float64 `json:"min_cents"`
	Max      float64 `json:"max_cents"`
	Currency string  `json:"currency_type"`
	Title    string
}

// payOfGreenhouse joins the ranges that a posting has for several places, if
// they are in one currency and for one time.
func payOfGreenhouse(ranges []greenhousePay) *alerts.Pay {
	var pay *alerts.Pay
	for _, r := range ranges {
		p := alerts.Pay{Min: r.Min / 100, Max: r.Max / 100, Currency: r.Currency, Period: alerts.ParsePeriod(r.Title)}
		switch {
		case pay == nil:
			pay = &p
		case pay.Currency != p.Currency || pay.Period != p.Period:
			return nil
		default:
			pay.Min, pay.Max = min(pay.Min, p.Min), max(pay.Max, p.Max)
		}
	}
	return pay
}
