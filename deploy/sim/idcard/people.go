// Package idcard emulates an ID-card reader (居民身份证阅读机) with its security module, as a driver meets it on a serial
// line: frames, card life, delays and faults. It is written from the protocol alone and shares nothing with any driver.
package idcard

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
)

//go:embed people.json
var peopleFile []byte

// Person is one invented card holder (样例人). County code 510799 is not assigned to anybody.
type Person struct {
	Key          string `json:"key"`
	Label        string `json:"label"`
	Type         string `json:"type"`
	Name         string `json:"name"`
	NameEN       string `json:"name_en"`
	Sex          string `json:"sex"`
	Nation       string `json:"nation"`
	Birth        string `json:"birth"`
	Address      string `json:"address"`
	AddressAdded string `json:"address_added"`
	IDNumber     string `json:"id_number"`
	Issuer       string `json:"issuer"`
	ValidFrom    string `json:"valid_from"`
	ValidTo      string `json:"valid_to"`
	PermitNumber string `json:"permit_number"`
	IssueCount   string `json:"issue_count"`
	Nationality  string `json:"nationality"`
	CardVersion  string `json:"card_version"`
	Authority    string `json:"authority"`
	Renewals     string `json:"renewals"`
	Former       string `json:"former"`
	Fingerprint  bool   `json:"fingerprint"`
}

// People reads the built-in set.
func People() []Person {
	var out []Person
	if err := json.Unmarshal(peopleFile, &out); err != nil {
		panic(fmt.Sprintf("people.json: %v", err)) // embedded: a broken build, not a run-time condition
	}
	return out
}

// ParsePeople reads a set from a file of the same shape, so that a test can bring its own cards.
func ParsePeople(b []byte) ([]Person, error) {
	var out []Person
	if err := json.Unmarshal(b, &out); err != nil {
		return nil, fmt.Errorf("parse people: %w", err)
	}
	for _, p := range out {
		if _, err := p.Text(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Number is the number printed on the card.
func (p Person) Number() string {
	if p.IDNumber != "" {
		return p.IDNumber
	}
	return p.PermitNumber
}

// Tail is what the bench may show of the number.
func (p Person) Tail() string {
	n := p.Number()
	return "…" + n[max(0, len(n)-4):]
}

// SexWord is 男 or 女.
func (p Person) SexWord() string {
	switch p.Sex {
	case "1":
		return "男"
	case "2":
		return "女"
	}
	return "未说明"
}

func (p Person) is(key string) bool {
	return key != "" && (p.Key == key || strings.EqualFold(p.Number(), key))
}
