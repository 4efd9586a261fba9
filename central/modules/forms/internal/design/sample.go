package design

import (
	"tongban/central/modules/forms"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
	"tongban/fleet/wire/matter/form"
	"tongban/fleet/wire/matter/mattertest"
)

// nobody is a made-up person; the county code 510799 is not assigned.
var nobody = wire.Person{
	Name: "周晓岚", Sex: "female", Nation: "01", Birth: "1985-12-31", Address: "四川省绵阳市涪城区样例路18号1栋1单元101", IDNumber: "510799198512310026",
}

// Sample fills a form in as a made-up person would (样张), so that a paper can be looked at.
func Sample(d forms.Design) map[string]any {
	values := form.Prefill(d.Form(), nobody)
	for i := range d.Screens { // a condition looks at what was filled in before it
		for _, g := range matter.Shown(d.Screens[:i+1], values) {
			if g.ID != d.Screens[i].ID {
				continue
			}
			for name, v := range mattertest.Fill(d.Form(), g, values) {
				values[name] = v
			}
		}
	}
	return values
}
