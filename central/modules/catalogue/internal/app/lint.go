package app

import (
	"fmt"
	"regexp"
	"slices"
	"unicode/utf8"

	"tongban/central/kernel/check"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/elements"
	"tongban/fleet/wire/matter"
)

// Lint returns what is wrong with a seed, all of it, in words for whoever wrote it (事项质检). It proves for each item that every way
// through the questions ends, that nothing is written down in vain, and that what the screen asks the form can hold.
func Lint(s Seed) []error {
	var faults []error
	codes, names, places := map[string]bool{}, map[string]bool{}, map[int]string{}
	categories := map[string]bool{}
	for _, c := range s.Categories {
		categories[c.Key] = true
	}
	if len(s.Items) == 0 {
		faults = append(faults, fmt.Errorf("the seed has no items"))
	}
	for i := range s.Items {
		it := &s.Items[i]
		l := &linter{en: it, it: &it.Item}
		l.refuse(codes[it.Code], "code is taken")
		l.refuse(names[it.Name], "name is taken")
		l.refuse(!categories[it.Category] || it.Category == matter.AllKey, "category %q is none", it.Category)
		if it.Frequent > 0 {
			l.refuse(places[it.Frequent] != "", "place %d of the frequent ones is taken by %s", it.Frequent, places[it.Frequent])
			places[it.Frequent] = it.Code
		}
		codes[it.Code], names[it.Name] = true, true
		faults = append(faults, l.lint()...)
	}
	return faults
}

// linter collects the faults of one item.
type linter struct {
	en     *catalogue.Entry
	it     *matter.Item // of the entry
	faults []error
}

func (l *linter) refuse(wrong bool, format string, args ...any) {
	if wrong {
		l.faults = append(l.faults, fmt.Errorf("item %s: %s", l.it.Code, fmt.Sprintf(format, args...)))
	}
}

func (l *linter) lint() []error {
	l.limits()
	l.law()
	if !elements.FullyWorked(l.en) {
		return l.faults
	}
	l.face()
	l.questions()
	l.materials()
	l.form()
	l.inventory()
	l.signers()
	l.points()
	l.ways()
	return l.faults
}

// Bounds of the screens the texts stand on.
const (
	maxName  = 24 // two lines
	maxShort = 8
	maxTitle = 16 // of a question, one line and a half
)

var codeForm = regexp.MustCompile(`^[a-z][a-z0-9]{1,11}$`)

func (l *linter) face() {
	it := l.it
	l.refuse(!codeForm.MatchString(it.Code), "code wants 2 to 12 lower-case letters and digits")
	l.refuse(it.Name == "" || runes(it.Name) > maxName, "name has %d characters, want 1 to %d", runes(it.Name), maxName)
	l.refuse(it.Short == "" || runes(it.Short) > maxShort, "short name has %d characters, want 1 to %d", runes(it.Short), maxShort)
	l.refuse(it.Office == "" || it.DocMark == "" || it.Summary == "" || it.Icon == "", "office, doc_mark, summary and icon are wanted")
	l.refuse(!check.Verify(check.USCC, it.OfficeCode).OK(), "office_code is no unified credit code")
	l.refuse(it.TaskCode != "" && !check.Verify(check.Task, it.TaskCode).OK(), "task_code is none")
	l.refuse(it.Minutes < 1 || it.Minutes > 60, "minutes %d, want 1 to 60", it.Minutes)
	l.refuse(it.Fee == "", "fee is wanted, also where it is 不收费")
	l.refuse(len(it.Keywords) == 0, "keywords: by what other names do people ask for it?")
	l.refuse(repeated(it.Keywords), "a keyword stands twice")
	l.refuse(len(it.Notice) != 3, "notice has %d paragraphs, the screen says three", len(it.Notice))
	for _, p := range it.Notice {
		l.refuse(p.Title == "" || p.Text == "", "a notice paragraph is empty")
	}
	l.refuse(len(it.Uses) == 0, "uses: which personal data is used?")
	l.refuse(len(it.Conditions) == 0, "conditions: who may apply?")
	l.refuse(it.Result.Name == "" || it.Result.How == "", "result wants a name and how it is got")
	l.refuse(!slices.Contains([]string{"licence", "proof", "registration", "payment"}, it.Result.Type), "result type %q is none", it.Result.Type)
	l.refuse(it.Result.Type == "proof" && it.Result.Template == "", "a proof wants a template")
	l.refuse(!slices.Contains(it.Needs, "idcard"), "needs: nobody is identified without idcard")
	l.refuse(repeated(it.Needs), "needs: a device stands twice")
	for _, n := range it.Needs {
		l.refuse(!slices.Contains([]string{"idcard", "scanner", "receipt"}, n), "needs: no device kind %q", n)
	}
}

func (l *linter) limits() {
	it := l.it
	for name, limit := range map[string]matter.Limit{"statutory": it.Statutory, "promise": it.Promise} {
		l.refuse(limit.Unit != matter.Working && limit.Unit != matter.Natural, "%s unit %q, want working or natural", name, limit.Unit)
		l.refuse(limit.Days < 0 || limit.Days > 365, "%s has %d days", name, limit.Days)
	}
	l.refuse(span(it.Promise) > span(it.Statutory), "promise is longer than the law allows")
	switch it.Handling {
	case matter.Immediate:
		l.refuse(it.Promise.Days != 0, "immediate, but promises %d days", it.Promise.Days)
	case matter.Promised:
		l.refuse(it.Promise.Days == 0, "promised within 0 days: say immediate")
	default:
		l.refuse(true, "handling %q is none", it.Handling)
	}
}

// span makes working and natural days comparable, by whole weeks of five.
func span(l matter.Limit) int {
	if l.Unit == matter.Working {
		return (l.Days*7 + 4) / 5
	}
	return l.Days
}

func (l *linter) law() {
	l.refuse(len(l.it.Law) == 0, "no law: what does the item stand on?")
	for _, law := range l.it.Law {
		l.refuse(law.Name == "" || law.Article == "", "a law wants its name and article")
	}
}

func runes(s string) int { return utf8.RuneCountInString(s) }

func repeated(list []string) bool {
	sorted := slices.Sorted(slices.Values(list))
	return len(slices.Compact(sorted)) != len(list)
}
