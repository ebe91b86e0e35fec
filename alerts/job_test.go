package alerts

import (
	"bytes"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	day := 24 * time.Hour
	for _, test := range []struct {
		name     string
		from, to Job
	}{
		{"space and control characters",
			Job{Title: " Back-end\x00\t developer\u202e\u200b ", Text: "one\r\n\r\n two\u2028three\x1b[31m"},
			Job{Title: "Back-end developer", Text: "one\ntwo\nthree [31m"}},
		{"joiners that scripts and emoji need", Job{Title: "क्\u200dष 👩\u200d💻"}, Job{Title: "क्\u200dष 👩\u200d💻"}},
		{"mentions and Markdown are text", Job{Title: "@everyone **free** <@1>"}, Job{Title: "@everyone **free** <@1>"}},
		{"bytes that are no text", Job{Title: "caf\xe9"}, Job{Title: "caf\uFFFD"}},
		{"a date in the future", Job{Title: "x", Posted: now.Add(30 * day)}, Job{Title: "x", Posted: now}},
		{"dates that mean none", Job{Title: "x", Posted: time.Unix(0, 0), Closes: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)}, Job{Title: "x"}},
		{"another zone", Job{Title: "x", Posted: now.In(time.FixedZone("", 3600))}, Job{Title: "x", Posted: now}},
		{"a currency that is none", Job{Title: "x", Pay: &Pay{Min: 1, Currency: "rupees"}}, Job{Title: "x"}},
		{"a pay that is none", Job{Title: "x", Pay: &Pay{Min: math.NaN(), Max: -1, Currency: "INR"}}, Job{Title: "x"}},
		{"pay beyond any", Job{Title: "x", Pay: &Pay{Min: 10, Max: math.Inf(1), Currency: "inr", Period: "HOUR"}}, Job{Title: "x", Pay: &Pay{Min: 10, Currency: "INR", Period: Hour}}},
		{"pay the wrong way round", Job{Title: "x", Pay: &Pay{Min: 9, Max: 3, Currency: "USD"}}, Job{Title: "x", Pay: &Pay{Min: 3, Max: 9, Currency: "USD"}}},
		{"a kind as feeds write it", Job{Title: "x", Kind: "FULL_TIME", Level: "Mid-Senior level"}, Job{Title: "x", Kind: FullTime, Level: Mid}},
		{"places twice and empty", Job{Title: "x", Places: []string{"Pune", " ", "pune"}}, Job{Title: "x", Places: []string{"Pune"}}},
		{"a place that says remote", Job{Title: "x", Places: []string{"Remote - US"}}, Job{Title: "x", Places: []string{"Remote - US"}, Remote: RemoteYes}},
		{"a place that says hybrid", Job{Title: "x", Places: []string{"Remote/Hybrid, Pune"}}, Job{Title: "x", Places: []string{"Remote/Hybrid, Pune"}}},
		{"remote that is neither", Job{Title: "x", Remote: "maybe"}, Job{Title: "x"}},
		{"a copy that leads nowhere", Job{Title: "x", AlsoOn: []Copy{{"a", "1", "javascript:alert(1)"}}}, Job{Title: "x"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, j := range []*Job{&test.from, &test.to} {
				j.Source, j.ExternalID, j.Apply = "s", "1", "https://a.example/1"
			}
			got, err := test.from.Clean(now)
			if err != nil || !reflect.DeepEqual(got, test.to) {
				t.Errorf("got\n%+v, %v\nwant\n%+v", got, err, test.to)
			}
		})
	}
}

func TestCleanRefuses(t *testing.T) {
	for _, test := range []struct {
		job  Job
		want string
	}{
		{Job{Apply: "https://a.example"}, "the posting has no title"},
		{Job{Title: "\u200b \x00", Apply: "https://a.example"}, "the posting has no title"},
		{Job{Title: "Cook"}, `the posting "Cook" has no http or https link to apply at`},
		{Job{Title: "Cook", Apply: "javascript:alert(1)"}, `the posting "Cook" has no http or https link to apply at`},
		{Job{Title: "Cook", Apply: "https://bank.example@evil.example/"}, `the posting "Cook" has no http or https link to apply at`},
		{Job{Title: "Cook", Apply: "//a.example"}, `the posting "Cook" has no http or https link to apply at`},
	} {
		if _, err := test.job.Clean(now); err == nil || err.Error() != test.want {
			t.Errorf("%+v: %v", test.job, err)
		}
	}
}

func TestCleanCuts(t *testing.T) {
	long := strings.Repeat("é", 10_000)
	j, err := Job{Title: long, Company: long, Text: strings.Repeat("word ", 100_000), ExternalID: long, Apply: "https://a.example", Places: []string{long}}.Clean(now)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []struct {
		name, text string
		most       int
	}{{"title", j.Title, mostTitle}, {"company", j.Company, mostCompany}, {"text", j.Text, mostText}, {"place", j.Places[0], mostPlace}} {
		if n := utf8.RuneCountInString(f.text); n > f.most || n < f.most-2 || !strings.HasSuffix(f.text, "…") {
			t.Errorf("the %s has %d characters and ends in %q", f.name, n, f.text[len(f.text)-5:])
		}
	}
	other, _ := Job{Title: "x", ExternalID: long + "2", Apply: "https://a.example"}.Clean(now)
	if j.ExternalID == other.ExternalID || len(j.ExternalID) > mostID {
		t.Error("IDs that differ at the end have to stay different")
	}
	if none, _ := (Job{Title: "x", Apply: "https://a.example/?utm_source=1"}).Clean(now); none.ExternalID == "" {
		t.Error("a posting without an ID gets none")
	} else if again, _ := (Job{Title: "x", Apply: "https://a.example/?utm_source=2"}).Clean(now); again.ExternalID != none.ExternalID {
		t.Error("it gets another each time")
	}
}

// Whatever a feed holds, what is kept is clean, and cleaning it again changes
// nothing.
func FuzzClean(f *testing.F) {
	f.Add("Back-end developer", "Acme", "Pune", "text\n\ntext", "https://a.example/?a=b", "id", 1.0, "INR", "hour")
	f.Add("\x00\u202e", "é\xff", "Remote / \u200d", "a\u2028b", "HTTP://A.example:80/%zz", strings.Repeat("x", 300), math.Inf(-1), "us", "per-year-salary")
	f.Fuzz(func(t *testing.T, title, company, place, text, apply, id string, pay float64, currency, period string) {
		j, err := Job{
			Source: "s", ExternalID: id, Title: title, Company: company, Places: []string{place, company}, Text: text, Apply: apply,
			Pay: &Pay{Min: pay, Max: 5, Currency: currency, Period: Period(period)}, Kind: Kind(title), Level: Level(title),
			AlsoOn: []Copy{{company, id, apply}},
		}.Clean(now)
		if err != nil {
			return
		}
		for _, s := range []string{j.Title, j.Company, j.Text, j.Apply, j.ExternalID, strings.Join(j.Places, "")} {
			if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return r != '\n' && unicode.IsControl(r) || invisible(r) }) {
				t.Errorf("%q is not clean", s)
			}
		}
		again, err := j.Clean(now)
		if err != nil || !reflect.DeepEqual(again, j) {
			t.Errorf("cleaned again it is\n%+v, %v\nnot\n%+v", again, err, j)
		}
		var b bytes.Buffer
		if err := WriteJobs(&b, []Job{j}); err != nil {
			t.Fatal(err)
		}
		if read, err := ReadJobs(&b); err != nil || !reflect.DeepEqual(read, []Job{j}) {
			t.Errorf("read back it is\n%+v, %v\nnot\n%+v", read, err, j)
		}
	})
}

func TestReadJobs(t *testing.T) {
	const lines = `{"source":"acme","id":"7","title":"Cook","company":"Acme","places":["Pune"],"remote":"no","kind":"full-time","level":"junior","pay":{"min":1,"max":2.5,"currency":"INR","period":"month"},"posted":"2026-11-01T00:00:00Z","closes":"2026-12-01T00:00:00Z","apply":"https://a.example/7","text":"Cook.","also_on":[{"source":"b","id":"9","apply":"https://b.example/9"}]}
{"source":"acme","id":"8","title":"Baker","apply":"https://a.example/8"}
`
	jobs, err := ReadJobs(strings.NewReader(strings.ReplaceAll(lines, "\n", "\n\n")))
	if err != nil || len(jobs) != 2 {
		t.Fatalf("%d jobs, %v", len(jobs), err)
	}
	var b strings.Builder
	if err := WriteJobs(&b, jobs); err != nil || b.String() != lines {
		t.Errorf("written as\n%s", b.String())
	}
	jobs, err = ReadJobs(strings.NewReader(lines + "{\"title\": 3}\n"))
	if err == nil || !strings.HasPrefix(err.Error(), "line 3 is no job in JSON: ") || len(jobs) != 2 {
		t.Errorf("%d jobs, %v", len(jobs), err)
	}
	if _, err := ReadJobs(strings.NewReader(strings.Repeat("x", mostLine+1))); err == nil || !strings.HasPrefix(err.Error(), "line 1: ") {
		t.Error(err)
	}
}

func TestParse(t *testing.T) {
	for _, test := range []struct{ written, kind, level, period string }{
		{"FULL_TIME", "full-time", "", ""}, {"Regular Full Time (Salary)", "full-time", "", ""}, {"Permanent, part-time", "part-time", "", ""},
		{"Permanent Part Time", "part-time", "", ""}, {"Permanent Full Time", "full-time", "", ""}, {"Permanent", "", "", ""},
		{"FULL_TIME PART_TIME", "part-time", "", ""}, {"Full-time internship", "internship", "intern", ""}, {"Full-Time Contract", "contract", "", ""},
		{"Part-time contract", "part-time", "", ""}, {"Contractor", "contract", "", ""}, {"Other", "", "", ""}, {"", "", "", ""},
		{"Sr. Backend Engineer", "", "senior", ""}, {"Lead Generation Specialist", "", "", ""}, {"Tech Lead", "", "lead", ""},
		{"Associate Director", "", "executive", ""}, {"Account Executive", "", "", ""}, {"executive", "", "executive", ""},
		{"Staff Nurse", "", "", ""}, {"Staff Engineer", "", "lead", ""}, {"Intern, Data", "internship", "intern", ""},
		{"per-year-salary", "", "", "year"}, {"p.a.", "", "", "year"}, {"per-hour-wage", "", "", "hour"}, {"MONTH", "", "", "month"},
	} {
		if k, l, p := ParseKind(test.written), ParseLevel(test.written), ParsePeriod(test.written); string(k) != test.kind || string(l) != test.level || string(p) != test.period {
			t.Errorf("%q is %q, %q, %q", test.written, k, l, p)
		}
	}
	for _, k := range Kinds {
		if ParseKind(string(k)) != k {
			t.Errorf("%s is not read as itself", k)
		}
	}
	for _, l := range Levels {
		if ParseLevel(string(l)) != l {
			t.Errorf("%s is not read as itself", l)
		}
	}
}

func TestURLKey(t *testing.T) {
	for _, group := range [][]string{
		{"https://Example.com/jobs/1", "http://www.example.com/jobs/1/?utm_source=x&UTM_medium=y", "https://example.com:443/jobs/1?gh_src=abc#apply"},
		{"https://example.com/jobs?id=1&x=2", "https://example.com/jobs?x=2&id=1&ref=feed"},
		{"https://example.com/jobs?id=2&x=2"},
		{"https://example.com/Jobs/1"},
		{"https://boards.greenhouse.io/acme/jobs/123", "https://job-boards.greenhouse.io/Acme/jobs/123?gh_src=1", "https://boards.greenhouse.io/embed/job_app?for=acme&token=123"},
		{"https://boards.greenhouse.io/acme/jobs/124"},
		{"https://jobs.lever.co/acme/33538a2f-aaaa", "https://jobs.lever.co/acme/33538a2f-aaaa/apply?lever-source=x"},
		{"https://jobs.ashbyhq.com/acme/33538a2f-aaaa", "https://jobs.ashbyhq.com/acme/33538a2f-aaaa/application"},
		{"https://jobs.smartrecruiters.com/Acme/743-cook", "https://jobs.smartrecruiters.com/acme/743"},
		{"https://www.adzuna.co.uk/jobs/land/ad/4058?se=1&v=2", "https://www.adzuna.co.uk/jobs/details/4058?se=9"},
	} {
		key := Job{Apply: group[0]}.URLKey()
		for _, address := range group[1:] {
			if got := (Job{Apply: address}).URLKey(); got != key {
				t.Errorf("%s is %q, and %s is %q", address, got, group[0], key)
			}
		}
	}
	if a, b := (Job{Apply: "https://example.com/jobs?id=1"}).URLKey(), (Job{Apply: "https://example.com/jobs?id=2"}).URLKey(); a == b {
		t.Error("two pages have one key")
	}
}

func TestFingerprint(t *testing.T) {
	job := Job{Source: "a", ExternalID: "1", Company: "Acme Pvt. Ltd.", Title: "Back-end Developer (m/f/d)", Places: []string{"Bangalore"}}
	same := []Job{
		{Source: "b", Company: "ACME", Title: "Back-end developer", Places: []string{"Bengaluru, Karnataka, India"}},
		{Source: "b", Company: "Acmé", Title: "back end developer - Remote", Places: []string{"Bengaluru", "bangalore, IN"}, Remote: RemoteNo},
	}
	other := []Job{
		{Source: "a", Company: "Acme", Title: "Back-end developer", Places: []string{"Pune"}},
		{Source: "a", Company: "Acme", Title: "Back-end developer", Places: []string{"Bangalore"}, Remote: RemoteYes},
		{Source: "a", Company: "Ajax", Title: "Back-end developer", Places: []string{"Bangalore"}},
		{Source: "a", Company: "Acme", Title: "C++ developer", Places: []string{"Bangalore"}},
		{Source: "a", Company: "", Title: "Back-end Developer", Places: []string{"Bangalore"}},
	}
	for _, j := range same {
		if j.Fingerprint() != job.Fingerprint() {
			t.Errorf("%+v has another fingerprint", j)
		}
	}
	seen := map[string]bool{job.Fingerprint(): true}
	for _, j := range other {
		if seen[j.Fingerprint()] {
			t.Errorf("%+v has the fingerprint of another", j)
		}
		seen[j.Fingerprint()] = true
	}
	if a, b := (Job{Title: "x", Source: "s", ExternalID: "1"}), (Job{Title: "x", Source: "s", ExternalID: "2"}); a.Fingerprint() == b.Fingerprint() {
		t.Error("postings without a company are one")
	}
}
