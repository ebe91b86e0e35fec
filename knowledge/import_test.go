package knowledge

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/text/cases"
)

// TestImport holds what becomes of texts and pages as they are found.
func TestImport(t *testing.T) {
	for _, file := range glob(t, "testdata/import/*.*") {
		if filepath.Ext(file) == ".golden" {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			src := readFile(t, file)
			im, err := Import(filepath.Base(file), src, ImportOptions{})
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			e := json.NewEncoder(&b)
			e.SetEscapeHTML(false)
			e.SetIndent("", "  ")
			if err := e.Encode(im); err != nil {
				t.Fatal(err)
			}
			b.WriteString("\n")
			b.Write(Format(im.Article))
			b.WriteString("\n")
			for _, d := range im.Dropped {
				fmt.Fprintf(&b, "%s: %s\n", d.Why, d.Text)
			}
			golden(t, file+".golden", b.Bytes())
			checkImported(t, textOf(t, filepath.Base(file), src), im)
		})
	}
}

// checkImported holds that an imported article is sound, and that no word of
// the file is lost.
func checkImported(t *testing.T, src string, im *Imported) {
	t.Helper()
	if _, faults := Parse("draft.md", Format(im.Article)); len(faults) > 0 {
		t.Errorf("the draft has faults: %v\n%s", faults, Format(im.Article))
	}
	checkRoundTrip(t, im.Article)
	for what, a := range map[string]*Article{"the draft": im.Article, "what was found": im.Found} {
		kept := []string{a.Title, a.Source.Name, im.asked}
		for _, s := range a.Sections {
			kept = append(kept, s.Heading)
			for _, p := range s.Passages {
				kept = append(kept, p.String())
			}
		}
		for _, q := range a.FAQs {
			kept = append(kept, q.Question, q.Answer)
		}
		for _, d := range im.Dropped {
			if d.Text == "" || d.Why == "" {
				t.Errorf("dropped: %+v", d)
			}
			kept = append(kept, d.Text)
		}
		have := map[string]bool{}
		for _, w := range lettered(strings.Join(kept, " ")) {
			have[w] = true
		}
		for _, w := range lettered(src) {
			if !have[w] {
				t.Errorf("%s has lost %q", what, w)
			}
		}
	}
}

// textOf gives the words of a file that must not be lost.
func textOf(t *testing.T, name string, src []byte) string {
	t.Helper()
	text, err := decode(name, src)
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case isOurs(text):
		return "" // it is read by Parse
	case isHTML(name, text):
		root, err := html.Parse(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return allText(root)
	}
	return text
}

var (
	letters    = regexp.MustCompile(`\pL{2,}`)
	moneyWords = regexp.MustCompile(`(?i)^(?:lpa?|pa|lakhs?|lacs?|crores?|cr|thousand|million|mn|rupees|inr|rs|us|usd|aud|sgd|aed|eur|gbp)$`)
)

// lettered gives the words of a text but for those of money, which is written
// anew, and those that are longer than a heading, which are cut.
func lettered(s string) []string {
	return slices.DeleteFunc(letters.FindAllString(cases.Fold().String(s), -1), func(w string) bool {
		return moneyWords.MatchString(w) || utf8.RuneCountInString(w) > MaxTitle
	})
}

// An article in our own format is taken as it is.
func TestImportOurs(t *testing.T) {
	for _, a := range Shipped().Articles {
		im, err := Import("a.txt", Format(a), ImportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(im.Article, a) || len(im.Dropped) > 0 {
			t.Errorf("%s is not what it was; dropped %v", a.ID, im.Dropped)
		}
	}
	_, err := Import("a.md", []byte(strings.Replace(small, "topic: overview", "topic: what", 1)), ImportOptions{})
	if faults, ok := errors.AsType[Faults](err); !ok || len(faults) != 1 {
		t.Errorf("a fault of the format: %v", err)
	}
}

func TestImportOptions(t *testing.T) {
	src := []byte("what is a baker?\n\nA baker bakes.\n\nbaker salary\n\nBakers earn ₹2,00,000 a year.\n")
	im, err := Import("page.txt", src, ImportOptions{Career: "bread-baker", Source: Source{Name: "Guild", URL: "https://example.org"}})
	if err != nil {
		t.Fatal(err)
	}
	a := im.Article
	if a.ID != "bread-baker" || a.Title != "Baker" || a.Source.URL != "https://example.org" || a.Facts[0].Source != "Guild" {
		t.Errorf("article: %+v", a)
	}
}

// What cannot be imported is refused, and the message says what to do.
func TestImportRefuses(t *testing.T) {
	for _, test := range []struct{ name, src, want string }{
		{"empty", " \n\n", "it is empty"},
		{"large", strings.Repeat("x", MaxImport+1), "larger than 1 MB"},
		{"pdf", "%PDF-1.7\n…", "it is a PDF"},
		{"docx", "PK\x03\x04…", "a zip or an office document"},
		{"binary", "\x00\x01\x02\x03what is a nurse?\x00\x00\x00", "it is no text"},
		{"no headings", "Nurses look after people. They work in hospitals.\n", "none of its headings"},
		{"one line of 1 MB", strings.Repeat("word ", MaxImport/5), "none of its headings"},
		{"no occupation", "salary\n\nPeople earn money.\n\nskills\n\nPatience.\n", "does not say which occupation"},
		{"other script", "what is a नर्स?\n\nText here.\n", "no Latin letters"},
		{"all furniture", "what is a nurse?\n\nview all jobs\n", "none of its headings"},
		{"deep", strings.Repeat("<div>", 100_000), "the page cannot be read"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Import(test.name+".txt", []byte(test.src), ImportOptions{})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %s", err, test.want)
			}
		})
	}
	if _, err := Import("a.txt", []byte("x"), ImportOptions{Career: "A B"}); err == nil || !strings.Contains(err.Error(), "not the ID of a career") {
		t.Errorf("a career that is no ID: %v", err)
	}
}

// A text reads the same in whatever encoding it comes.
func TestImportEncodings(t *testing.T) {
	const text = "what is a café owner?\n\nA café owner – “patron” – runs a café.\n"
	for name, src := range map[string]string{
		"UTF-8":        text,
		"BOM":          "\uFEFF" + text,
		"CRLF":         strings.ReplaceAll(text, "\n", "\r\n"),
		"CR":           strings.ReplaceAll(text, "\n", "\r"),
		"windows-1252": strings.NewReplacer("é", "\xe9", "–", "\x96", "“", "\x93", "”", "\x94").Replace(text),
	} {
		im, err := Import("a.txt", []byte(src), ImportOptions{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := im.Found.Sections[0].Passages[0].Text; im.Found.Title != "Café owner" || got != "A café owner – “patron” – runs a café." {
			t.Errorf("%s: %q, %q", name, im.Found.Title, got)
		}
	}
	page := "<html><head><meta charset=\"iso-8859-5\"><title>Baker</title></head><body><h2>What is a baker?</h2><p>\xb1\xb2</p></body></html>"
	im, err := Import("a.html", []byte(page), ImportOptions{})
	if err != nil || im.Found.Sections[0].Passages[0].Text != "БВ" {
		t.Errorf("a page that names its encoding: %+v, %v", im, err)
	}
}

func TestTopicOf(t *testing.T) {
	for _, test := range []struct {
		heading string
		want    Topic
	}{
		{"What is a data analyst?", Overview},
		{"About the profession", Overview},
		{"What does a data analyst do?", Duties},
		{"Roles and responsibilities of a data analyst", Duties},
		{"Day-to-day tasks", Duties},
		{"Average data analyst salary", Pay},
		{"How much does a data analyst make?", Pay},
		{"What do freshers earn?", Pay},
		{"Factors that affect data analysts' pay", PayFactors},
		{"What influences your salary", PayFactors},
		{"Why salaries differ", PayFactors},
		{"Types of data analysts", Types},
		{"Specialisations in data analysis", Types},
		{"Working as a data analyst", Workplace},
		{"Work environment", Workplace},
		{"What is it like to be a data analyst?", Workplace},
		{"Pros and cons of nursing", Workplace},
		{"Education and skills", Education},
		{"Skills and qualifications", Skills},
		{"How to become a data analyst", Education},
		{"Training and certification", Education},
		{"Data analyst skills and competencies", Skills},
		{"Qualities of a good nurse", Skills},
		{"FAQs about working as a data analyst", General},
		{"Frequently asked questions", General},
		{"Career outlook", ""},
		{"manpower consultancy", ""},
		{"find your developer jobs", ""},
	} {
		if got := topicOf(test.heading); got != test.want {
			t.Errorf("%q is on %q, want %q", test.heading, got, test.want)
		}
	}
}

func TestFindOccupation(t *testing.T) {
	for _, test := range []struct {
		headings, prose, want string
	}{
		{"what is a back-end developer?", "A back-end developer builds.", "Back-end developer"},
		{"What Is a Registered Nurse?|Registered Nurse Salary", "A registered nurse cares.", "Registered nurse"},
		{"How to Become an HR Manager", "", "HR manager"},
		{"UX designer career guide|Skills", "The UX designer draws.", "UX designer"},
		{"Types of accountants|Average accountant salary", "", "Accountant"},
		{"Working as a chef in India", "", "Chef"},
		{"Salary|Skills|Education", "", ""},
		{"What skills do you need?|What qualifications are needed?", "", ""},
	} {
		if got := findOccupation(strings.Split(test.headings, "|"), test.prose); got != test.want {
			t.Errorf("%s: %q, want %q", test.headings, got, test.want)
		}
	}
}

// Furniture is told from knowledge that looks like it.
func TestFurnitureOf(t *testing.T) {
	for _, test := range []struct {
		text      string
		furniture bool
	}{
		{"find your nursing jobs", true},
		{"Explore accountant vacancies near you", true},
		{"Apply now", true},
		{"Thank you for subscribing to our alerts.", true},
		{"Thanks for signing up!", true},
		{"Sign up for personalised job alerts", true},
		{"Your email address", true},
		{"We use cookies to make this site work.", true},
		{"© 2026 Example. All rights reserved.", true},
		{"Home > Careers > Nurse", true},
		{"Photo credit: Getty Images", true},
		{"Image description: a ward", true},
		{"Smiling woman holding a clipboard.", true},
		{"A man looking at two screens", true},
		{"Software engineer typing on a laptop.", true},
		{"Related articles", true},
		{"You might also like", true},
		{"5 min read", true},
		{"By Jane Doe", true},
		{"Share this", true},
		{"Facebook | Twitter | LinkedIn", true},
		{"***", true},

		{"Nurses look after people.", false},
		{"Your location affects what you earn.", false},
		{"Registered nurse", false},
		{"Receive training on the job.", false},
		{"Working as a nurse", false},
		{"Apply for entry-level positions and learn on the job as you go.", false},
		{"A nurse working nights earns more.", false},
		{"By then you have finished your degree.", false},
		{"Related work includes that of a midwife.", false},
		{"Stay up to date with what is new in medicine.", false},
		{"Some of the academic qualifications for nurses include:", false},
	} {
		if why := furnitureOf(test.text, false); (why != "") != test.furniture {
			t.Errorf("%q: furniture %q", test.text, why)
		}
	}
	for _, task := range []string{"Apply for a licence", "Share what you find", "Save", "Cookies and cakes", "Photo editing"} {
		if why := furnitureOf(task, true); why != "" {
			t.Errorf("the bullet %q: %s", task, why)
		}
	}
}

func TestFigures(t *testing.T) {
	for _, test := range []struct {
		sentence string
		want     string // kind amount[-upper] currency/per source
	}{
		{"According to Payscale, the average annual salary of a nurse is ₹486,091.", "average 486091 INR/year Payscale"},
		{"At the lower end, entry-level nurses typically earn upwards of ₹123,000 per year.", "entry 123000 INR/year"},
		{"With more experience, pay can reach as high as ₹10,00,000 per year.", "high 1000000 INR/year"},
		{"Nurses earn between $40,000 and $60,000 a year.", "range 40000-60000 USD/year"},
		{"Salaries range from ₹3 to 5 lakh per annum, says nobody.", "range 300000-500000 INR/year"},
		{"Pay is 4–6 LPA.", "range 400000-600000 INR/year"},
		{"Salaries are ₹2,00,000 for freshers and ₹8,00,000 for senior nurses, per year.", "entry 200000 INR/year, high 800000 INR/year"},
		{"Freshers earn £1,500 a month, while the average is £2,100 a month.", "entry 1500 GBP/month, average 2100 GBP/month"},
		{"The lowest salaries are about $12/hour.", "low 12 USD/hour"},
		{"Glassdoor reports an average of ₹5,00,000 per year.", "average 500000 INR/year Glassdoor"},
		{"Nurses earn ₹5,00,000.", "a figure whose period the text does not tell"},
		{"The hospital cost ₹5,00,000 a year.", "an amount of money that is no pay"},
		{"They earn well.", ""},
	} {
		c := &surroundings{currency: "INR", isPay: true}
		facts, why := c.figures(test.sentence)
		var list []string
		for _, f := range facts {
			s := fmt.Sprintf("%s %d", f.Kind, f.Amount)
			if f.Upper > 0 {
				s += fmt.Sprintf("-%d", f.Upper)
			}
			list = append(list, strings.TrimSpace(fmt.Sprintf("%s %s/%s %s", s, f.Currency, f.Per, f.Source)))
		}
		if why != "" {
			list = append(list, why)
		}
		if got := strings.Join(list, ", "); got != test.want {
			t.Errorf("%s\ngot  %s\nwant %s", test.sentence, got, test.want)
		}
	}
}

func TestSentences(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"One. Two! Three?", "One.|Two!|Three?"},
		{"It pays Rs. 5 lakh. Or more.", "It pays Rs. 5 lakh.|Or more."},
		{"Use Node.js, e.g. Express. Then deploy.", "Use Node.js, e.g. Express.|Then deploy."},
		{"“Why?” he asked. (It is so.) Yes.", "“Why?” he asked.|(It is so.)|Yes."},
		{"No end", "No end"},
		{"", ""},
	} {
		if got := strings.Join(sentences(test.text), "|"); got != test.want {
			t.Errorf("%q: %s", test.text, got)
		}
	}
}

// FuzzImport holds that whatever is imported is sound and complete, and that
// all else is refused with a reason.
func FuzzImport(f *testing.F) {
	f.Add("a.txt", []byte("what is a baker?\n\nSalary\n\nBakers earn 4 LPA, up to ₹9,00,000 a year.\n\nfaqs\n\nIs it hard?\n\nYes. It is.\n"))
	f.Add("a.html", []byte("<h1>Baker</h1><h2>Salary</h2><ul><li><b>x:</b> $5 to $6 an hour<li>y</ul><dl><dt>q<dd>a</dl>"))
	f.Add("a.md", []byte("# Baker\n\n## Duties\n\n- **a:** b\n\nSetext\n---\n\n> quoted\n\n| a | b |\n|---|---|\n| c | d |\n"))
	f.Add("0", []byte("00yer?\n\nPay\n\nBakers earn ₹90,,0 a year.\n\nFaqs\n\nIs it hard?\n\nYes. It rs."))
	f.Fuzz(func(t *testing.T, name string, src []byte) {
		im, err := Import(name, src, ImportOptions{})
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without a reason")
			}
			return
		}
		checkImported(t, textOf(t, name, src), im)
	})
}

// BenchmarkImport measures the largest file that is taken.
func BenchmarkImport(b *testing.B) {
	src := bytes.Repeat(readFile(b, "testdata/import/nurse.txt"), 1)
	more := []byte("\nA nurse writes down what is done for each patient, and hands that on to whoever comes next.\n")
	src = append(src, bytes.Repeat(more, (MaxImport-len(src))/len(more))...)
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		if _, err := Import("nurse.txt", src, ImportOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
