package papers

import (
	"tongban/central/kernel/paper/official"
	"tongban/central/modules/window/internal/app"
)

func delivery(f app.PaperFacts) official.Delivery {
	d := f.Delivery
	p := official.Delivery{
		Common: common(f), Applicant: applicant(f), Item: f.Item, At: official.Moment{Day: day(f.On), Hour: f.At.Hour(), Minute: f.At.Minute()},
		Recipient: d.Recipient.Reveal(), RecipientNote: d.IDMasked, Relation: d.Relation, Way: d.Way, Certificate: d.Certificate, Signed: d.Signed,
	}
	for _, x := range f.Delivered {
		p.Papers = append(p.Papers, official.Fact{Name: x.Label, Value: x.Value})
	}
	for _, x := range d.Handed {
		p.Papers = append(p.Papers, official.Fact{Name: x.Label, Value: x.Value})
	}
	return p
}
