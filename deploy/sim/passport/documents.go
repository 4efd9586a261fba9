// Package passport emulates a reader with an electronic travel document on it (电子护照与通行证): the chip's files signed by
// test states of its own, both ways of opening it, chip authentication, and the faults of documents and of hands. It is
// written from ICAO 9303 alone and shares nothing with any driver.
package passport

import (
	"fmt"
	"strings"
)

// Document is one invented document (样例证件).
type Document struct {
	Key, Label             string
	Type, State            string
	Surname, Given, NameCN string
	Number                 string
	Sex                    string // M, F
	Birth, Expires         string // YYMMDD
	BirthLong, ExpiresLong string // YYYY-MM-DD
	CAN                    string
	Permit                 bool   // TD1 instead of TD3
	Letters                string // the Chinese name in the letters of a mainland permit, whose zone has an order of its own
	PhotoBytes             int
}

// Documents are the ones at hand.
func Documents() []Document {
	return []Document{
		{
			Key: "xie", Label: "谢样例的护照", Type: "P", State: "CHN", Surname: "XIE", Given: "YANGLI", NameCN: "谢样例", Number: "E51079901",
			Sex: "F", Birth: "900101", BirthLong: "1990-01-01", Expires: "310520", ExpiresLong: "2031-05-20", CAN: "510799", PhotoBytes: 15000,
		},
		{
			Key: "muster", Label: "外国样例的护照", Type: "P", State: "UTO", Surname: "SAMPLE", Given: "PERSON TWO", Number: "L898902C3",
			Sex: "M", Birth: "740812", BirthLong: "1974-08-12", Expires: "320415", ExpiresLong: "2032-04-15", CAN: "123456", PhotoBytes: 9000,
		},
		{
			Key: "card", Label: "外国样例的身份证件", Type: "I", State: "UTO", Surname: "SAMPLE", Given: "CARD", Number: "D23145890",
			Sex: "F", Birth: "850228", BirthLong: "1985-02-28", Expires: "290831", ExpiresLong: "2029-08-31", CAN: "654321", Permit: true,
			PhotoBytes: 12000,
		},
		{
			Key: "hk", Label: "张样例的往来港澳通行证", Type: "CS", State: "CHN", Surname: "ZHANG", Given: "ZHENG", NameCN: "张证", Letters: "NFMFNGKE",
			Number: "C51079902", Sex: "F", Birth: "900101", BirthLong: "1990-01-01", Expires: "300101", ExpiresLong: "2030-01-01", CAN: "510702",
			PhotoBytes: 12000,
		},
		{
			Key: "tw", Label: "张样例的往来台湾通行证", Type: "CD", State: "CHN", Surname: "ZHANG", Given: "ZHENG", NameCN: "张证", Letters: "NFMFNGKE",
			Number: "L51079903", Sex: "M", Birth: "850228", BirthLong: "1985-02-28", Expires: "310520", ExpiresLong: "2031-05-20", CAN: "510703",
			PhotoBytes: 12000,
		},
	}
}

func pad(s string, n int) string { return (s + strings.Repeat("<", n))[:n] }

// weigh is the check digit of a field.
func weigh(s string) string {
	n := 0
	for i, c := range s {
		v := strings.IndexRune("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", c)
		if v < 0 {
			v = 0
		}
		n += v * []int{7, 3, 1}[i%3]
	}
	return fmt.Sprint(n % 10)
}

// Zone is the printed machine readable zone, with line ends.
func (d Document) Zone() string {
	name := d.Surname + "<<" + strings.ReplaceAll(d.Given, " ", "<")
	number, birth, expires := pad(d.Number, 9), d.Birth+weigh(d.Birth), d.Expires+weigh(d.Expires)
	number += weigh(number)
	if d.Letters != "" { // the overall digit, of which it is not public what it covers, is left 0
		return d.Type + number + "<" + expires + "<" + birth + "<0\n" + pad(d.Letters, 12) + pad(name, 18) + "\n" + pad(d.Sex, 30)
	}
	if d.Permit {
		one := pad(pad(d.Type, 2)+d.State+number, 30)
		two := birth + d.Sex + expires + d.State + strings.Repeat("<", 11)
		return one + "\n" + two + weigh(one[5:]+birth+expires+two[18:29]) + "\n" + pad(name, 30)
	}
	optional := strings.Repeat("<", 14) + "0"
	two := number + d.State + birth + d.Sex + expires + optional
	return pad(pad(d.Type, 2)+d.State+name, 44) + "\n" + two + weigh(number+birth+expires+optional)
}

// secret is what the keys come from.
func (d Document) secret() string {
	number := pad(d.Number, 9)
	return number + weigh(number) + d.Birth + weigh(d.Birth) + d.Expires + weigh(d.Expires)
}
