package knowledge

import (
	"fmt"
	"reflect"
	"testing"
	"unicode/utf8"
)

func TestMoney(t *testing.T) {
	tests := []struct {
		amount   int64
		currency string
		want     string
	}{
		{0, "INR", "₹0"},
		{999, "INR", "₹999"},
		{1000, "INR", "₹1,000"},
		{99999, "INR", "₹99,999"},
		{486091, "INR", "₹4,86,091"},
		{1000000, "INR", "₹10,00,000"},
		{1234567890, "INR", "₹1,23,45,67,890"},
		{-486091, "INR", "-₹4,86,091"},
		{-9223372036854775808, "INR", "-₹92,23,37,20,36,85,47,75,808"},
		{486091, "USD", "$486,091"},
		{1234567, "EUR", "€1,234,567"},
		{50000, "GBP", "£50,000"},
		{5000000, "JPY", "¥5,000,000"},
		{120000, "AUD", "AUD 120,000"},
		{-1200, "CHF", "-CHF 1,200"},
	}
	for _, test := range tests {
		if got := Money(test.amount, test.currency); got != test.want {
			t.Errorf("Money(%d, %s) = %s, want %s", test.amount, test.currency, got, test.want)
		}
	}
}

func TestAmounts(t *testing.T) {
	tests := []struct {
		amount, upper int64
		currency, per string
		want          string
	}{
		{486091, 0, "INR", "year", "₹4,86,091 a year (4.86 lakh)"},
		{123000, 0, "INR", "year", "₹1,23,000 a year (1.23 lakh)"},
		{1000000, 0, "INR", "year", "₹10,00,000 a year (10 lakh)"},
		{1050000, 0, "INR", "year", "₹10,50,000 a year (10.5 lakh)"},
		{100000, 0, "INR", "year", "₹1,00,000 a year (1 lakh)"},
		{99999, 0, "INR", "month", "₹99,999 a month"},
		{100499, 0, "INR", "year", "₹1,00,499 a year (1 lakh)"},
		{100500, 0, "INR", "year", "₹1,00,500 a year (1.01 lakh)"},
		{9999499, 0, "INR", "year", "₹99,99,499 a year (99.99 lakh)"},
		{9999500, 0, "INR", "year", "₹99,99,500 a year (1 crore)"},
		{12500000, 0, "INR", "year", "₹1,25,00,000 a year (1.25 crore)"},
		{123000, 1000000, "INR", "year", "₹1,23,000 to ₹10,00,000 a year (1.23 to 10 lakh)"},
		{5000000, 12000000, "INR", "year", "₹50,00,000 to ₹1,20,00,000 a year (50 lakh to 1.2 crore)"},
		{90000, 120000, "INR", "year", "₹90,000 to ₹1,20,000 a year (0.9 to 1.2 lakh)"},
		{500, 120000, "INR", "month", "₹500 to ₹1,20,000 a month"},
		{90000, 12000000, "INR", "year", "₹90,000 to ₹1,20,00,000 a year"},
		{500, 900, "INR", "hour", "₹500 to ₹900 an hour"},
		{120000, 0, "USD", "year", "$120,000 a year"},
		{90000, 120000, "SGD", "year", "SGD 90,000 to SGD 120,000 a year"},
	}
	for _, test := range tests {
		f := Fact{Amount: test.amount, Upper: test.upper, Currency: test.currency, Per: test.per}
		if got := f.Amounts(); got != test.want {
			t.Errorf("Amounts of %d to %d = %q, want %q", test.amount, test.upper, got, test.want)
		}
	}
}

func TestMonthly(t *testing.T) {
	tests := []struct {
		amount int64
		per    string
		want   int64
		ok     bool
	}{
		{486091, "year", 40508, true},
		{123000, "year", 10250, true},
		{1000000, "year", 83333, true},
		{6, "year", 1, true},
		{5, "year", 0, true},
		{486091, "month", 0, false},
	}
	for _, test := range tests {
		got, ok := Fact{Amount: test.amount, Per: test.per}.Monthly()
		if got != test.want || ok != test.ok {
			t.Errorf("Monthly of %d a %s = %d, %t", test.amount, test.per, got, ok)
		}
	}
}

func TestFindMoney(t *testing.T) {
	type found struct {
		value    int64
		currency string
		text     string
	}
	tests := []struct {
		text string
		want []found
	}{
		{"", nil},
		{"no money: 42, 2026-11-23, v4.8, PHP 8, top 10, 10 years", nil},
		{"It is ₹4,86,091.", []found{{486091, "INR", "₹4,86,091"}}},
		{"₹486,091, or so", []found{{486091, "INR", "₹486,091"}}},
		{"₹ 486091", []found{{486091, "INR", "₹ 486091"}}},
		{"₹\u00a0486091", []found{{486091, "INR", "₹\u00a0486091"}}},
		{"about Rs. 4.86 lakh", []found{{486000, "INR", "Rs. 4.86 lakh"}}},
		{"Rs500 or rs 500/-", []found{{500, "INR", "Rs500"}, {500, "INR", "rs 500/-"}}},
		{"5 hrs 500 times", nil},
		{"INR 10,00,000", []found{{1000000, "INR", "INR 10,00,000"}}},
		{"10,00,000 INR or 500 rupees", []found{{1000000, "INR", "10,00,000 INR"}, {500, "INR", "500 rupees"}}},
		{"4.86 LPA", []found{{486000, "INR", "4.86 LPA"}}},
		{"40 LPAé, 5 lakhü", nil},
		{"12lpa, 12 L.P.A.", []found{{1200000, "INR", "12lpa"}, {1200000, "INR", "12 L.P.A"}}},
		{"10 lakh, 1.5 crores and 3 lacs", []found{{1000000, "", "10 lakh"}, {15000000, "", "1.5 crores"}, {300000, "", "3 lacs"}}},
		{"a 10-lakh package", []found{{1000000, "", "10-lakh"}}},
		{"₹12L, ₹50k, ₹2 cr", []found{{1200000, "INR", "₹12L"}, {50000, "INR", "₹50k"}, {20000000, "INR", "₹2 cr"}}},
		{"50k users, 5 L of water", nil},
		{"4-6 LPA", []found{{400000, "INR", "4"}, {600000, "INR", "6 LPA"}}},
		{"₹4 to 6 lakh", []found{{400000, "INR", "₹4"}, {600000, "INR", "6 lakh"}}},
		{"between 1.23 and 10 lakh", []found{{123000, "", "1.23"}, {1000000, "", "10 lakh"}}},
		{"₹4,00,000 – 6,00,000", []found{{400000, "INR", "₹4,00,000"}, {600000, "INR", "6,00,000"}}},
		{"₹4,00,000 - 2 years", []found{{400000, "INR", "₹4,00,000"}}},
		{"$120,000, US$ 5, €50, £7, ¥800, A$9, S$3, AED 4", []found{
			{120000, "USD", "$120,000"},
			{5, "USD", "US$ 5"},
			{50, "EUR", "€50"},
			{7, "GBP", "£7"},
			{800, "JPY", "¥800"},
			{9, "AUD", "A$9"},
			{3, "SGD", "S$3"},
			{4, "AED", "AED 4"},
		}},
		{"$1.5 million", []found{{1500000, "USD", "$1.5 million"}}},
		{"₹1.005", []found{{1, "INR", "₹1.005"}}},
		{"₹1.5", []found{{2, "INR", "₹1.5"}}},
		{"₹99999999999999999999", nil},
		{"₹9999999999 crore", nil},
	}
	for _, test := range tests {
		var got []found
		for _, m := range FindMoney(test.text) {
			got = append(got, found{m.Value, m.Currency, test.text[m.Start:m.End]})
		}
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("FindMoney(%q) = %v, want %v", test.text, got, test.want)
		}
	}
}

// FuzzFindMoney holds that what is found lies in the text, in order, and that
// an amount written in the one way is found as it is.
func FuzzFindMoney(f *testing.F) {
	for _, s := range []string{
		"₹4,86,091 a year (4.86 lakh)", "Rs. 4.86 lakh", "INR 10,00,000/-", "4-6 LPA", "1.2.3,4,5", "₹₹1", "Rs.Rs 1 to $2k",
		"1 to 2 to 3 lakh", "US$1", "9999999999999999 crore", "1.99999999999 lakh", "\xff₹1\xff",
	} {
		f.Add(s, int64(486091), "INR")
		f.Add(s, int64(120000), "USD")
	}
	f.Fuzz(func(t *testing.T, text string, amount int64, currency string) {
		end := 0
		for _, m := range FindMoney(text) {
			if m.Start < end || m.End <= m.Start || m.End > len(text) || m.Value < 0 {
				t.Fatalf("%+v in %q", m, text)
			}
			if utf8.ValidString(text) && !utf8.ValidString(text[m.Start:m.End]) {
				t.Errorf("%+v cuts a character of %q", m, text)
			}
			end = m.End
		}
		if _, ok := symbols[currency]; !ok || amount < 0 || amount >= 1_000_000_000_000_000 {
			return
		}
		written := fmt.Sprintf("pays %s a year", Money(amount, currency))
		want := []Amount{{amount, currency, len("pays "), len(written) - len(" a year")}}
		if got := FindMoney(written); !reflect.DeepEqual(got, want) {
			t.Errorf("FindMoney(%q) = %+v, want %+v", written, got, want)
		}
		if !tells(written, Money(amount, currency)) {
			t.Errorf("%q does not tell its amount", written)
		}
	})
}
