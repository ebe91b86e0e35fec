package source

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/careerbot/careerbot/alerts"
)

// adzuna reads a search at Adzuna, described at
// https://developer.adzuna.com/docs/search. It wants an ID and a key, which the
// operator has. With a free key twenty searches can be read four times a day, and
// more of them less often. Texts are short extracts.
var adzuna = Kind{
	Name: "adzuna", Title: "Adzuna search",
	terms: Terms{
		Interval: 6 * time.Hour, Counted: true, Credit: "Jobs by Adzuna", CreditURL: "https://www.adzuna.com", Excerpt: 300,
		Read: "https://developer.adzuna.com/docs/terms_of_service",
	},
	limits:    []Limit{{25, time.Minute}, {250, day}, {1000, week}, {2500, month}},
	most:      8 * mb,
	recognise: recogniseAdzuna, sign: signAdzuna, read: readAdzuna,
}

// adzunaCountries are where Adzuna searches, its pages there, and in which
// currency it states pay.
var adzunaCountries = map[string]struct{ site, currency string }{
	"at": {"adzuna.at", "EUR"}, "au": {"adzuna.com.au", "AUD"}, "be": {"adzuna.be", "EUR"}, "br": {"adzuna.com.br", "BRL"},
	"ca": {"adzuna.ca", "CAD"}, "ch": {"adzuna.ch", "CHF"}, "de": {"adzuna.de", "EUR"}, "es": {"adzuna.es", "EUR"}, "fr": {"adzuna.fr", "EUR"},
	"gb": {"adzuna.co.uk", "GBP"}, "in": {"adzuna.in", "INR"}, "it": {"adzuna.it", "EUR"}, "mx": {"adzuna.com.mx", "MXN"}, "nl": {"adzuna.nl", "EUR"},
	"nz": {"adzuna.co.nz", "NZD"}, "pl": {"adzuna.pl", "PLN"}, "sg": {"adzuna.sg", "SGD"}, "us": {"adzuna.com", "USD"}, "za": {"adzuna.co.za", "ZAR"},
}

func recogniseAdzuna(u *url.URL) (string, error) {
	country, what, where := "", u.Query().Get("what"), u.Query().Get("where")
	parts := pathOf(u)
	if u.Hostname() == "api.adzuna.com" {
		if len(parts) < 5 || parts[0] != "v1" || parts[1] != "api" || parts[2] != "jobs" || parts[4] != "search" {
			return "", errAdzuna
		}
		country = parts[3]
	} else {
		host := strings.TrimPrefix(u.Hostname(), "www.")
		for code, c := range adzunaCountries {
			if c.site == host {
				country, what, where = code, u.Query().Get("q"), u.Query().Get("w")
			}
		}
		if country == "" {
			return "", nil
		}
	}
	if _, known := adzunaCountries[country]; !known || what == "" && where == "" {
		return "", errAdzuna
	}
	// Whatever else stood there is left out, an ID and a key above all.
	query := url.Values{"sort_by": {"date"}, "results_per_page": {"50"}}
	if what != "" {
		query.Set("what", what)
	}
	if where != "" {
		query.Set("where", where)
	}
	return "https://api.adzuna.com/v1/api/jobs/" + country + "/search/1?" + query.Encode(), nil
}

var errAdzuna = errors.New("this is no search at Adzuna: search there and give the address of the page with the results, like https://www.adzuna.co.uk/search?q=nurse&w=leeds")

func signAdzuna(address string, keys Keys) (string, error) {
	if keys.AdzunaID == "" || keys.AdzunaKey == "" {
		return "", errors.New("the operator has set no ID and key for Adzuna, which wants to know who asks: get them at https://developer.adzuna.com and put them into ADZUNA_APP_ID and ADZUNA_APP_KEY")
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", errAdzuna
	}
	query := u.Query()
	query.Set("app_id", keys.AdzunaID)
	query.Set("app_key", keys.AdzunaKey)
	u.RawQuery = query.Encode()
	return u.String(), nil
}

func readAdzuna(d document) (list, error) {
	var answer struct{ Results []json.RawMessage }
	if err := readJSON(d, &answer); err != nil {
		return list{}, err
	}
	if answer.Results == nil {
		return list{}, errors.New("there are no results in the answer of Adzuna: its form may have changed")
	}
	currency := ""
	if parts := pathOf(d.url); len(parts) > 3 {
		currency = adzunaCountries[parts[3]].currency
	}
	var l list
	each(&l, answer.Results, func(p adzunaPosting) {
		j := alerts.Job{
			ExternalID: string(p.ID),
			Title:      lineOf(p.Title),
			Company:    lineOf(p.Company.Name),
			Places:     placesOf(p.Location.Name),
			Remote:     remoteOf(p.Location.Name),
			Kind:       alerts.ParseKind(p.ContractType + " " + p.ContractTime),
			Posted:     when(string(p.Created)),
			Apply:      withoutTracking(p.RedirectURL),
			Text:       plain(p.Description),
		}
		if len(p.Location.Area) > 0 && len(j.Places) == 1 && !strings.Contains(j.Places[0], p.Location.Area[0]) {
			j.Places[0] += ", " + p.Location.Area[0]
		}
		// What Adzuna predicts, nobody has offered. It states pay by the year; less
		// than so much is that of an hour or a day, put in by mistake.
		if p.Predicted == "0" && max(p.Min, p.Max) >= 1000 {
			j.Pay = &alerts.Pay{Min: float64(p.Min), Max: float64(p.Max), Currency: currency, Period: alerts.Year}
		}
		l.jobs = append(l.jobs, j)
	})
	return l, nil
}

type adzunaPosting struct {
	ID          text
	Title       string
	Description string
	Created     text
	RedirectURL string `json:"redirect_url"`
	Company     struct {
		Name string `json:"display_name"`
	}
	Location struct {
		Name string   `json:"display_name"`
		Area []string // from the country down
	}
	ContractType string `json:"contract_type"`
	ContractTime string `json:"contract_time"`
	Min          figure `json:"salary_min"`
	Max          figure `json:"salary_max"`
	Predicted    text   `json:"salary_is_predicted"`
}

// withoutTracking takes out of an address what tells who asked: Adzuna puts the
// operator's ID there.
func withoutTracking(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	query := u.Query()
	for name := range query {
		if strings.HasPrefix(strings.ToLower(name), "utm_") {
			query.Del(name)
		}
	}
	u.RawQuery = query.Encode()
	return u.String()
}
