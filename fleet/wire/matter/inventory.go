package matter

import (
	"fmt"
	"slices"
	"strings"

	"tongban/fleet/wire"
)

// Datum is one piece of personal data that an item collects (字段清单的一项): PIPL art. 6, GB/T 35273-2020 5.2. What is not
// listed is neither stored nor sent.
type Datum struct {
	Field   string `json:"field"`   // applicant.birth, form.phone, signer.name
	Class   string `json:"class"`   // field class, see central/kernel/privacy
	Purpose string `json:"purpose"` // why, in words for the citizen
	Keep    string `json:"keep"`    // retention rule that ends it
}

// What may be listed of those who stand at the terminal; type and time of the identification are facts about the visit.
var (
	applicantData = []string{"name", "id_number", "sex", "nation", "birth", "address"}
	signerData    = []string{"name", "id_number"}
)

// Known reports whether a listed field can hold anything at all.
func (d Datum) Known(form []string) bool {
	of, name, _ := strings.Cut(d.Field, ".")
	switch of {
	case "applicant":
		return slices.Contains(applicantData, name)
	case "signer":
		return slices.Contains(signerData, name)
	case "form":
		return slices.Contains(form, name)
	}
	return false
}

// Lists reports whether the item collects the field. An item of a version from before there were inventories collects what
// its form asks for.
func (i *Item) Lists(field string) bool {
	return len(i.Inventory) == 0 || slices.ContainsFunc(i.Inventory, func(d Datum) bool { return d.Field == field })
}

// ClassOf is the field class that the inventory gives a field, "" where it lists none.
func (i *Item) ClassOf(field string) string {
	for _, d := range i.Inventory {
		if d.Field == field {
			return d.Class
		}
	}
	return ""
}

// person is what a record from a card holds, by name, so that it can be looked at and emptied.
func person(p *wire.Person) map[string]*string {
	return map[string]*string{"name": &p.Name, "id_number": &p.IDNumber, "sex": &p.Sex, "nation": &p.Nation, "birth": &p.Birth, "address": &p.Address}
}

// Minimise takes out of a submission what the item does not collect (最小必要): the terminal calls it before it seals.
func (i *Item) Minimise(s *wire.Submission) {
	for name, v := range person(&s.Applicant) {
		if !i.Lists("applicant." + name) {
			*v = ""
		}
	}
	for k := range s.Signatures {
		if !i.Lists("signer.id_number") {
			s.Signatures[k].IDNumber = ""
		}
	}
}

// Unlisted names what a submission holds beyond the item's inventory, sorted; the centre refuses it.
func (i *Item) Unlisted(s wire.Submission) []string {
	var out []string
	add := func(field string, holds bool) {
		if holds && !i.Lists(field) && !slices.Contains(out, field) {
			out = append(out, field)
		}
	}
	for name, v := range person(&s.Applicant) {
		add("applicant."+name, *v != "")
	}
	for name, v := range s.Form {
		add("form."+name, v != nil && fmt.Sprint(v) != "")
	}
	for _, g := range s.Signatures {
		add("signer.name", g.Name != "")
		add("signer.id_number", g.IDNumber != "")
	}
	slices.Sort(out)
	return out
}
