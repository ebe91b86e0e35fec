package alerts

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// mostMoney is the longest text that says what is paid and little else, in bytes.
const mostMoney = 200

// Money is what a text says of pay.
type Money struct {
	Amounts  []float64 // in whole units of the currency, in the order of the text
	Currency string    // ISO 4217; empty if none is named
	Period   Period    // empty if none is named
	Rest     string    // the text without its amounts and currencies
}

// ReadMoney reads pay as people and feeds write it: "$40k-50k per year",
// "18,50 € pro hour", "₹6-8 LPA", "Rs. 12,00,000 per annum". currency is that of
// a text that names none. The error says why a figure, or which currency is
// meant, cannot be told.
func ReadMoney(text, currency string) (Money, error) {
	if len(text) > mostMoney {
		return Money{}, errors.New("is too long")
	}
	figures, rest := figuresOf(text)
	for _, f := range figures {
		currency = cmp.Or(currency, f.unit.currency)
	}
	var m Money
	var err error
	if m.Currency, m.Rest, err = currencyOf(rest, currency); err != nil {
		return Money{}, err
	}
	for i, f := range figures {
		// "40-50k": what the second is counted in, the first is, too.
		if i+1 < len(figures) && f.unit.scale == 1 && figures[i+1].unit.scale > 1 && len(figures) == 2 {
			first, err1 := f.value("")
			second, err2 := figures[i+1].value("")
			if err1 == nil && err2 == nil && first < 2*second/figures[i+1].unit.scale {
				f.unit = figures[i+1].unit
			}
		}
		m.Period = cmp.Or(m.Period, f.unit.period)
		amount, err := f.value(m.Currency)
		if err != nil {
			return Money{}, err
		}
		m.Amounts = append(m.Amounts, amount)
	}
	m.Period = cmp.Or(m.Period, ParsePeriod(m.Rest))
	return m, nil
}

// ParseFloor reads the least pay: "800000 INR a year", "12 LPA", "$20 an hour".
// Without a time it is for a year. The error says what to write.
func ParseFloor(text string) (Floor, error) {
	wrong := func(what string) (Floor, error) {
		return Floor{}, fmt.Errorf("the least pay “%s” %s; write it like 800000 INR a year, 12 LPA or 20 USD an hour", text, what)
	}
	m, err := ReadMoney(text, "")
	switch {
	case err != nil:
		return wrong(err.Error())
	case len(m.Amounts) == 0:
		return wrong("has no figure")
	case len(m.Amounts) > 1:
		return wrong("has more than one figure")
	case m.Currency == "":
		return wrong("names no currency that is known")
	case m.Period == "" && strings.ContainsFunc(m.Rest, unicode.IsLetter):
		return wrong("does not say for which time: hour, day, week, month or year")
	}
	f := Floor{Amount: m.Amounts[0], Currency: m.Currency, Period: cmp.Or(m.Period, Year)}
	return f, Query{Career: "any", Floor: &f}.Check()
}

// String writes a floor as [ParseFloor] reads it, without what is unknown.
func (f Floor) String() string {
	per := "a " + string(f.Period)
	if f.Period == Hour {
		per = "an hour"
	}
	amount := strconv.FormatFloat(f.Amount, 'f', -1, 64)
	if _, fraction, _ := strings.Cut(amount, "."); len(fraction) == 3 {
		amount += "0" // three digits are read as thousands
	}
	return amount + " " + f.Currency + " " + per
}

// unit is what a figure counts, and what that says of it besides.
type unit struct {
	scale    float64
	currency string
	period   Period
}

var units = map[string]unit{
	"k": {scale: 1e3}, "thousand": {scale: 1e3}, "m": {scale: 1e6}, "mn": {scale: 1e6}, "million": {scale: 1e6},
	"l": {scale: 1e5}, "lakh": {scale: 1e5}, "lakhs": {scale: 1e5}, "lac": {scale: 1e5}, "lacs": {scale: 1e5},
	"cr": {scale: 1e7}, "crore": {scale: 1e7}, "crores": {scale: 1e7},
	"lpa": {1e5, "INR", Year}, "cpa": {1e7, "INR", Year}, // lakh and crore per annum
}

// figure is a number of a text and what it counts.
type figure struct {
	digits string // with what parts them
	unit   unit
}

var (
	// Thousands may be parted by spaces; what else parts them is looked at later.
	figureForm = regexp.MustCompile(`\d{1,3}(?:[ \x{A0}\x{202F}]\d{3})+(?:[.,]\d{1,2})?\b|\d[\d,.'’]*`)
	unitForm   = regexp.MustCompile(`^[\s-]?(?:([lLcC]\.?[pP]\.?[aA]\b\.?)|(\pL+))`)
	lettersEnd = regexp.MustCompile(`\pL+$`)
)

// figuresOf takes figures with their units out of a text. Digits with other
// letters beside them, "4th", are none.
func figuresOf(text string) (figures []figure, rest string) {
	var b strings.Builder
	done := 0
	for _, span := range figureForm.FindAllStringIndex(text, -1) {
		f := figure{digits: text[span[0]:span[1]], unit: unit{scale: 1}}
		end := span[1]
		if m := unitForm.FindStringSubmatch(text[end:]); m != nil {
			word := strings.ToLower(strings.ReplaceAll(cmp.Or(m[1], m[2]), ".", ""))
			whole := len(m[0])
			u, known := units[word]
			if !known && len(word) > 3 { // "60kEUR"
				if _, is := currencies().codes[strings.ToUpper(word[len(word)-3:])]; is {
					u, known = units[word[:len(word)-3]]
					whole -= 3
				}
			}
			beside, _ := utf8.DecodeRuneInString(m[0])
			switch {
			case known:
				f.unit, end = u, end+whole
			case unicode.IsLetter(beside) && !currencies().names(m[2]):
				continue
			}
		}
		if before := lettersEnd.FindString(text[done:span[0]]); before != "" && !currencies().names(before) {
			continue
		}
		b.WriteString(text[done:span[0]])
		b.WriteByte(' ')
		done = end
		figures = append(figures, f)
	}
	return figures, b.String() + text[done:]
}

// value reads a figure. A point or a comma parts thousands where three digits
// follow it, as in "20.000", or two and then three, as in "1,20,000"; else it
// begins the fraction, as in "12,50".
func (f figure) value(currency string) (float64, error) {
	digits := strings.NewReplacer("'", "", "’", "", " ", "", "\u00a0", "", "\u202f", "").Replace(strings.TrimRight(f.digits, ".,'’"))
	unreadable := fmt.Errorf("has the figure %s, which cannot be read", digits)
	whole, fraction := digits, ""
	if last := strings.LastIndexAny(digits, ".,"); last >= 0 {
		mark := digits[last : last+1]
		before, after := digits[:last], digits[last+1:]
		switch other := strings.Trim(".,", mark); {
		case strings.Contains(before, other) && !strings.Contains(before, mark):
			if !grouped(strings.Split(before, other), other) {
				return 0, unreadable
			}
			whole, fraction = strings.ReplaceAll(before, other, ""), after
		case strings.Contains(before, other):
			return 0, unreadable
		case grouped(strings.Split(digits, mark), mark) && !(mark == "." && f.unit.scale > 1 && strings.Count(digits, mark) == 1):
			if mark == "." && currencies().fine[currency] && !strings.Contains(before, mark) {
				return 0, fmt.Errorf("can be %s or %s%s: leave out the point, or the last digit", digits, before, after)
			}
			whole = strings.ReplaceAll(digits, mark, "")
		case strings.Contains(before, mark) || mark == "," && len(after) > 2 && before != "0":
			return 0, unreadable
		default:
			whole, fraction = before, after
		}
	}
	n, err := strconv.ParseFloat(whole+"."+cmp.Or(fraction, "0"), 64)
	if err != nil {
		return 0, unreadable
	}
	return math.Round(n*f.unit.scale*1000) / 1000, nil // 8.2 lakh are no 819999.9999999999
}

// grouped says whether a mark parts a number into thousands or, if it is a
// comma, lakhs and crores.
func grouped(parts []string, mark string) bool {
	n := len(parts)
	if n < 2 || len(parts[0]) > 3 || strings.HasPrefix(parts[0], "0") || len(parts[n-1]) != 3 {
		return false
	}
	between := parts[1 : n-1]
	sized := func(size int) bool {
		return !slices.ContainsFunc(between, func(s string) bool { return len(s) != size })
	}
	return sized(3) || mark == "," && len(parts[0]) <= 2 && sized(2)
}

// currencyTable is data/currencies.txt.
type currencyTable struct {
	codes  map[string]bool
	ways   map[string]string // other ways to write a currency, in small letters
	shared map[string]string // ways that yield to others
	fine   map[string]bool   // with three digits after the point
}

var currencies = sync.OnceValue(func() *currencyTable {
	t := &currencyTable{map[string]bool{}, map[string]string{}, map[string]string{}, map[string]bool{}}
	section := ""
	for _, l := range dataLines("data/currencies.txt", &section) {
		columns := append(strings.Split(l, "|"), "", "")
		code := strings.TrimSpace(columns[0])
		t.codes[code] = true
		t.fine[code] = strings.TrimSpace(columns[2]) == "3"
		for _, way := range commas(strings.ToLower(columns[1])) {
			if shared, yields := strings.CutSuffix(way, "?"); yields {
				t.shared[shared] = code
			} else {
				t.ways[way] = code
			}
		}
	}
	return t
})

// names says whether a word names a currency.
func (t *currencyTable) names(s string) bool {
	low := strings.ToLower(s)
	return t.codes[strings.ToUpper(s)] || t.ways[low] != "" || t.shared[low] != ""
}

var currencyForm = regexp.MustCompile(`\pL*\p{Sc}|\pL+`)

// currencyOf takes out of a text the currency that it names, or gives the usual
// one. Codes in small letters may be words of other meaning, "all", and count
// only if nothing else does.
func currencyOf(text, usual string) (code, rest string, err error) {
	t := currencies()
	var sure, shared, small []string
	rest = currencyForm.ReplaceAllStringFunc(text, func(s string) string {
		sign := strings.TrimLeftFunc(s, unicode.IsLetter)
		if letters := strings.TrimSuffix(s, sign); sign != "" && t.codes[letters] { // "USD$"
			s = letters
		}
		large := strings.ToUpper(s)
		switch low := strings.ToLower(s); {
		case t.codes[s]:
			sure = append(sure, s)
		case t.ways[low] != "":
			sure = append(sure, t.ways[low])
		case t.shared[low] != "":
			shared = append(shared, t.shared[low])
		case t.codes[large] && usual == "":
			small = append(small, large)
		default:
			return s
		}
		return " "
	})
	for _, found := range [][]string{sure, shared, small} {
		slices.Sort(found)
		switch found = slices.Compact(found); len(found) {
		case 0:
			continue
		case 1:
			return found[0], rest, nil
		}
		return "", "", errors.New("names more than one currency: " + strings.Join(found, ", "))
	}
	return usual, rest, nil
}
