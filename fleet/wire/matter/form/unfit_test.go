package form

import (
	"encoding/json"
	"strings"
	"testing"

	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

// Every document that people are identified by fits "cn-cert"; a citizen's number that is not typed out does not.
func TestNumbersOfDocuments(t *testing.T) {
	for number, ok := range map[string]bool{
		"510799194603150066": true, "CAN519985031507": true, // citizen, foreigner's permit
		"E12345678": true, "EA1234567": true, "L898902C3": true, "C01X00T47": true, "123456789": true, // passports
		"H12345678": true, "M1234567801": true, "12345678": true, // permits of Hong Kong, Macao, Taiwan
		"5107991946": false, "510799": false, "51079919460315": false, "510799194603150067": false,
		"PASSPORT": false, "E123": false, "h12345678": false, "E12345678901": false, "Ｅ12345678": false, "": false,
	} {
		if got := cardNumber(number) == ""; got != ok {
			t.Errorf("%q: %v", number, got)
		}
	}
}

// What a document lacks is known before anything is filled in.
func TestUnfit(t *testing.T) {
	cert := func(f matter.Form) matter.Form {
		f.Schema = json.RawMessage(strings.Replace(string(f.Schema), `"id_number":{"type":"string","format":"cn-id"}`, `"id_number":{"type":"string","format":"cn-cert"}`, 1))
		return f
	}
	nation := func(f matter.Form, when *matter.Cond) matter.Form {
		f.Schema = json.RawMessage(strings.Replace(strings.Replace(string(f.Schema), `"name",`, `"name","nation",`, 1), `"properties":{`, `"properties":{"nation":{"type":"string"},`, 1))
		f.Groups = append(f.Groups, matter.Group{ID: "nation", When: when, Fields: []matter.Field{{Name: "nation", Label: "民族", Widget: "readonly", Source: "idcard.nation"}}})
		return f
	}
	citizen := wire.Person{Name: "马秀兰", IDNumber: "510799195607080047", Nation: "03"}
	foreigner := wire.Person{Name: "毕雅静", IDNumber: "CAN519985031507"}
	traveller := wire.Person{Name: "SAMPLE PERSON TWO", IDNumber: "L898902C3"}
	for _, c := range []struct {
		what string
		form matter.Form
		who  wire.Person
		want string
	}{
		{"a citizen", sample(), citizen, ""},
		{"a foreigner where only citizens go", sample(), foreigner, "要用居民身份证办"},
		{"a passport there", sample(), traveller, "要用居民身份证办"},
		{"a foreigner where every document goes", cert(sample()), foreigner, ""},
		{"a passport there", cert(sample()), traveller, ""},
		{"an entry that the document does not carry", nation(cert(sample()), nil), foreigner, "证件上要有民族"},
		{"an entry that may never be asked", nation(cert(sample()), &matter.Cond{Q: "card", Is: []string{"yes"}}), foreigner, ""},
		{"a form that takes nothing from a document", matter.Form{}, traveller, ""},
	} {
		if got := Unfit(&matter.Item{Form: c.form}, c.who); got != c.want {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
}
