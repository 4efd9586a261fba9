// Package mrz emulates a reader of machine readable zones (机读区阅读器) on a serial line: a hand draws a document through it, and
// it sends the lines with the marks that it is set to.
package mrz

import (
	"fmt"
	"strings"

	"tongban/deploy/sim/passport"
)

// Document is one invented document with what a right reading of it is.
type Document struct {
	Key, Label                      string
	Lines                           []string
	Format, Type, State, Number     string
	Surname, Given, NameCN          string
	Nationality, Sex, Birth, Expiry string // male, female; YYYY-MM-DD
}

// digit is the check digit of ICAO 9303: weights 7, 3, 1 over the values of the characters.
func digit(s string) string {
	n := 0
	for i, c := range s {
		v := strings.IndexRune("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", c)
		n += max(v, 0) * []int{7, 3, 1}[i%3]
	}
	return fmt.Sprint(n % 10)
}

func with(s string) string { return s + digit(s) }

func pad(s string, n int) string { return (s + strings.Repeat("<", n))[:n] }

// permit is a document in the mainland's own order (往来港澳通行证、往来台湾通行证); the overall digit, of which it is not public what it
// covers, is left 0.
func permit(code, number, name, latin string) []string {
	return []string{
		code + with(number) + "<" + with("300101") + "<" + with("900101") + "<0",
		pad(name, 12) + pad(latin, 18),
		pad("F", 30),
	}
}

// Documents are the ones at hand.
func Documents() []Document {
	out := []Document{
		{
			Key: "home", Label: "港澳居民来往内地通行证", Lines: permit("CR", "H51079903", "NFMFNGKE", "ZHANG<<ZHENG"), Format: "CN-permit", Type: "CR", State: "CHN",
			Number: "H51079903", Surname: "ZHANG", Given: "ZHENG", NameCN: "张证", Sex: "female", Birth: "1990-01-01", Expiry: "2030-01-01",
		},
		{
			Key: "td2", Label: "两行三十六字的外国证件", Lines: []string{
				"I<UTOSAMPLE<<TWO<<<<<<<<<<<<<<<<<<<<",
				with("D23145890") + "UTO" + with("740812") + "M" + with("320415") + "<<<<<<<" + digit(with("D23145890")+with("740812")+with("320415")+"<<<<<<<"),
			}, Format: "TD2", Type: "I", State: "UTO", Number: "D23145890", Surname: "SAMPLE", Given: "TWO", Nationality: "UTO", Sex: "male",
			Birth: "1974-08-12", Expiry: "2032-04-15",
		},
	}
	for _, d := range passport.Documents() {
		format, nationality, name := "TD3", d.State, ""
		switch {
		case d.Letters != "":
			format, nationality, name = "CN-permit", "", d.NameCN
		case d.Permit:
			format = "TD1"
		}
		out = append(out, Document{
			Key: d.Key, Label: d.Label, Lines: strings.Split(d.Zone(), "\n"), Format: format, Type: d.Type, State: d.State, Number: d.Number,
			Surname: d.Surname, Given: d.Given, NameCN: name, Nationality: nationality, Sex: map[string]string{"M": "male", "F": "female"}[d.Sex],
			Birth: d.BirthLong, Expiry: d.ExpiresLong,
		})
	}
	return out
}
