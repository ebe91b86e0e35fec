package knowledge

import (
	"strconv"
	"strings"
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
	s += " " + f.period()
	if f.Currency == "INR" && short != "" {
		s += " (" + short + ")"
	}
	return s
}

func (f Fact) period() string {
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
