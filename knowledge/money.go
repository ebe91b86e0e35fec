package knowledge

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Money writes an amount in the one way in which it is written everywhere:
// rupees with Indian grouping, "₹4,86,091", and other currencies in thousands,
// "$120,000" or "AUD 120,000".
func Money(amount int64, currency string) string {
	digits := strconv.FormatInt(amount, 10)
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	step := 3
	if currency == "INR" {
		step = 2
	}
	var groups []string
	for size := 3; len(digits) > size; size = step {
		groups = append(groups, digits[len(digits)-size:])
		digits = digits[:len(digits)-size]
	}
	for i := len(groups) - 1; i >= 0; i-- {
		digits += "," + groups[i]
	}
	if symbol, ok := symbols[currency]; ok {
		return sign + symbol + digits
	}
	return sign + currency + " " + digits
}

// symbols are the currencies written with a sign of their own. Several share
// the dollar and the yen sign, so those other than the commonest keep their
// code.
var symbols = map[string]string{"INR": "₹", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}

// currencies are the codes of ISO 4217 in use.
const currencies = " AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD " +
	"CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD " +
	"HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD " +
	"MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG " +
	"QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD " +
	"TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG "

func validCurrency(code string) bool {
	return len(code) == 3 && strings.Contains(currencies, " "+code+" ")
}

// Amounts writes the figure for people: "₹4,86,091 a year (4.86 lakh)".
func (f Fact) Amounts() string {
	s := Money(f.Amount, f.Currency)
	short := shortRupees(f.Amount)
	if f.Upper > 0 {
		s += " to " + Money(f.Upper, f.Currency)
		short = shortRange(f.Amount, f.Upper)
	}
	s += " " + f.Period()
	if f.Currency == "INR" && short != "" {
		s += " (" + short + ")"
	}
	return s
}

// Period tells for how long the figure is paid: "a year", "an hour".
func (f Fact) Period() string {
	if f.Per == "hour" {
		return "an hour"
	}
	return "a " + f.Per
}

// Monthly gives a twelfth of a yearly figure, rounded to whole units; ok is
// false for figures that are not by the year. It is computed, not stated by
// the source, and whoever shows it has to say so.
func (f Fact) Monthly() (amount int64, ok bool) {
	if f.Per != "year" {
		return 0, false
	}
	return twelfth(f.Amount), true
}

func twelfth(yearly int64) int64 {
	month, rest := yearly/12, yearly%12
	if rest >= 6 {
		month++
	}
	return month
}

const (
	lakh  = 1_00_000
	crore = 1_00_00_000
)

// shortRupees writes "4.86 lakh" or "1.2 crore"; empty below a lakh.
func shortRupees(amount int64) string {
	if amount < lakh {
		return ""
	}
	if n := hundredths(amount, lakh); n < 100_00 {
		return decimal(n) + " lakh"
	}
	return decimal(hundredths(amount, crore)) + " crore"
}

// shortRange writes "1.23 to 10 lakh" or "50 lakh to 1.2 crore"; empty if the
// lower end is too small to be told in lakh.
func shortRange(low, high int64) string {
	upper := shortRupees(high)
	lower := shortRupees(low)
	if lower == "" && low >= lakh/100 && strings.HasSuffix(upper, " lakh") {
		lower = decimal(hundredths(low, lakh)) + " lakh"
	}
	if lower == "" || upper == "" {
		return ""
	}
	lowNumber, lowUnit, _ := strings.Cut(lower, " ")
	if strings.HasSuffix(upper, " "+lowUnit) {
		return lowNumber + " to " + upper
	}
	return lower + " to " + upper
}

// hundredths is amount/unit in hundredths, rounded.
func hundredths(amount, unit int64) int64 {
	part := unit / 100
	n := amount / part
	if amount%part >= part/2 {
		n++
	}
	return n
}

func decimal(hundredths int64) string {
	s := strconv.FormatInt(hundredths/100, 10)
	if rest := hundredths % 100; rest > 0 {
		s += strings.TrimRight("."+string([]byte{byte('0' + rest/10), byte('0' + rest%10)}), "0")
	}
	return s
}

// Amount is money found in a text.
type Amount struct {
	Value      int64  // whole units, rounded
	Currency   string // ISO 4217; empty where only a lakh or a crore is told
	Start, End int    // text[Start:End] is the amount with its currency and unit
}

// FindMoney finds the amounts of money in a text, however they are written:
// "₹4,86,091", "₹486,091", "Rs. 4.86 lakh", "INR 10,00,000", "4.86 LPA",
// "4 to 6 lakh". A number without a currency, a lakh or a crore is no money.
func FindMoney(text string) []Amount {
	numbers := findNumbers(text)
	for i := 1; i < len(numbers); i++ {
		joinRange(text, &numbers[i-1], &numbers[i])
	}
	var found []Amount
	for _, n := range numbers {
		if n.currency == "" && n.unit == 0 {
			continue
		}
		if value, ok := n.value(); ok {
			found = append(found, Amount{value, n.currency, n.start, n.end})
		}
	}
	return found
}

// moneyNumber is a number of a text with what stands around it.
type moneyNumber struct {
	digits     string // with commas and decimals
	currency   string
	unit       int64 // a lakh, a crore, …; 0 if there is none
	start, end int
}

var numberForm = regexp.MustCompile(`\d+(?:,\d+)*(?:\.\d+)?`)

// before are the ways to write a currency before a number. No letter may stand
// before the words. Most codes of ISO 4217 are missing: "PHP 8" and "ALL 10"
// are seldom money.
var before = []struct {
	re       *regexp.Regexp
	currency string
}{
	{endingIn(`₹`), "INR"},
	{endingInWord(`(?i:Rs\.?|INR|rupees)`), "INR"},
	{endingInWord(`US\$|USD`), "USD"},
	{endingInWord(`A\$|AUD`), "AUD"},
	{endingInWord(`C\$`), "CAD"},
	{endingInWord(`S\$|SGD`), "SGD"},
	{endingInWord(`AED`), "AED"},
	{endingInWord(`EUR`), "EUR"},
	{endingInWord(`GBP`), "GBP"},
	{endingIn(`\$`), "USD"},
	{endingIn(`€`), "EUR"},
	{endingIn(`£`), "GBP"},
	{endingIn(`¥`), "JPY"},
}

// gap is a space that may stand between a number and what belongs to it; web
// pages keep them together with one that does not break.
const gap = `[\s\x{A0}\x{202F}]?`

func endingIn(sign string) *regexp.Regexp {
	return regexp.MustCompile(`((?:` + sign + `)` + gap + `)$`)
}

func endingInWord(words string) *regexp.Regexp {
	return regexp.MustCompile(`(?:^|[^\pL\pN])((?:` + words + `)` + gap + `)$`)
}

// units are the ways to write what a number counts. Those that are short and
// may mean something else count only after a currency.
var units = []struct {
	re       *regexp.Regexp
	unit     int64
	currency string // that the unit tells by itself
	needs    bool   // a currency before the number
}{
	{beginningWith(`l\.?p\.?a`), lakh, "INR", false},
	{beginningWith(`-?(?:lakhs?|lacs?)`), lakh, "", false},
	{beginningWith(`-?crores?`), crore, "", false},
	{beginningWith(`l`), lakh, "", true},
	{beginningWith(`cr`), crore, "", true},
	{beginningWith(`k|thousand`), 1_000, "", true},
	{beginningWith(`million|mn`), 1_000_000, "", true},
}

var (
	rupeesAfter = beginningWith(`rupees|INR|Rs`)
	dashAfter   = regexp.MustCompile(`^/-`) // as written on Indian cheques
	rangeForm   = regexp.MustCompile(`^` + gap + `(?:-|–|—|to|and)` + gap + `$`)
)

// beginningWith matches what has the words as its submatch. \b would end a word
// at a letter beyond ASCII.
func beginningWith(words string) *regexp.Regexp {
	return regexp.MustCompile(`^(` + gap + `(?i:` + words + `))(?:[^\pL\pN_]|$)`)
}

func findNumbers(text string) []moneyNumber {
	var found []moneyNumber
	end := 0
	for _, span := range numberForm.FindAllStringIndex(text, -1) {
		n := moneyNumber{digits: text[span[0]:span[1]], start: span[0], end: span[1]}
		n.readBefore(text[end:span[0]])
		if last, _ := utf8.DecodeLastRuneInString(text[:n.start]); n.start == span[0] && (unicode.IsLetter(last) || last == '.') {
			continue // part of a word or of a longer number
		}
		n.readAfter(text[span[1]:])
		end = n.end
		found = append(found, n)
	}
	return found
}

// readBefore looks for a currency before the number.
func (n *moneyNumber) readBefore(s string) {
	const enough = 16 // for the longest of them and the letter before it
	if len(s) > enough {
		s = s[len(s)-enough:]
	}
	for _, b := range before {
		m := b.re.FindStringSubmatchIndex(s)
		if m == nil {
			continue
		}
		n.currency = b.currency
		n.start -= len(s) - m[2]
		return
	}
}

// readAfter looks for a unit and a currency after the number.
func (n *moneyNumber) readAfter(s string) {
	for _, u := range units {
		if m := u.re.FindStringSubmatch(s); m != nil && (n.currency != "" || !u.needs) {
			n.unit = u.unit
			n.currency = cmp.Or(n.currency, u.currency)
			n.end += len(m[1])
			s = s[len(m[1]):]
			break
		}
	}
	if m := rupeesAfter.FindStringSubmatch(s); m != nil && n.currency == "" {
		n.currency = "INR"
		n.end += len(m[1])
		s = s[len(m[1]):]
	}
	if m := dashAfter.FindString(s); m != "" && n.currency != "" {
		n.end += len(m)
	}
}

// joinRange gives the ends of a range what is written at one of them only:
// "₹4 to 6 lakh", "₹4,00,000 to 6,00,000".
func joinRange(text string, a, b *moneyNumber) {
	if !rangeForm.MatchString(text[a.end:b.start]) {
		return
	}
	if b.unit > 0 && a.unit == 0 && len(a.digits) <= len("99.99") {
		a.unit = b.unit
		a.currency = cmp.Or(a.currency, b.currency)
	}
	if a.currency != "" && b.currency == "" && (b.unit > 0 || len(b.digits) >= 4) {
		b.currency = a.currency
	}
}

// value is the number in whole units, rounded; ok is false if it is beyond all
// money.
func (n moneyNumber) value() (v int64, ok bool) {
	const most = 1_000_000_000_000_000
	whole, decimals, _ := strings.Cut(strings.ReplaceAll(n.digits, ",", ""), ".")
	v, err := strconv.ParseInt(whole, 10, 64)
	unit := max(n.unit, 1)
	if err != nil || v >= most/unit {
		return 0, false
	}
	v *= unit
	rest, size := int64(0), int64(1)
	for _, d := range decimals[:min(len(decimals), 8)] {
		rest, size = rest*10+int64(d-'0'), size*10
	}
	return v + (rest*unit+size/2)/size, true
}
