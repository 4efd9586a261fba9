package rows

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"tongban/central/modules/catalogue"
	"tongban/fleet/wire/matter"
)

var limitForm = regexp.MustCompile(`^(\d{1,3})(工作日|自然日)$`)

func limit(to *matter.Limit, cell string) error {
	m := limitForm.FindStringSubmatch(cell)
	if m == nil {
		return fmt.Errorf("%q is no limit such as 20工作日 or 60自然日", cell)
	}
	days, err := strconv.Atoi(m[1])
	if err != nil {
		return err
	}
	*to = matter.Limit{Days: days, Unit: matter.Working}
	if m[2] == "自然日" {
		to.Unit = matter.Natural
	}
	return nil
}

// entries parts a cell into its entries, and each into its parts.
func entries(cell string) [][]string {
	var out [][]string
	for e := range strings.SplitSeq(cell, ";") {
		if strings.TrimSpace(e) == "" {
			continue
		}
		parts := strings.Split(e, "|")
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		out = append(out, parts)
	}
	return out
}

func fees(en *catalogue.Entry, cell string) error {
	for _, p := range entries(cell) {
		if len(p) < 3 || len(p) > 4 {
			return fmt.Errorf("want 收费项目|标准|依据[|减免], not %q", strings.Join(p, "|"))
		}
		f := catalogue.Fee{Name: p[0], Standard: p[1], Law: p[2]}
		if len(p) == 4 {
			f.Relief = p[3]
		}
		en.Fees = append(en.Fees, f)
	}
	return nil
}

func faq(en *catalogue.Entry, cell string) error {
	for _, p := range entries(cell) {
		if len(p) != 2 || p[0] == "" || p[1] == "" {
			return fmt.Errorf("want 问|答, not %q", strings.Join(p, "|"))
		}
		en.Faq = append(en.Faq, catalogue.Faq{Q: p[0], A: p[1]})
	}
	return nil
}

var countForm = regexp.MustCompile(`^(?:原件(\d))?(?:复印件(\d))?$`)

// materials reads 名称|原件1复印件1|自备[|非必要[:什么情形]].
func materials(en *catalogue.Entry, cell string) error {
	for i, p := range entries(cell) {
		for len(p) < 4 {
			p = append(p, "")
		}
		if len(p) > 4 || p[0] == "" {
			return fmt.Errorf("want 名称|原件1复印件1|来源[|非必要], not %q", strings.Join(p, "|"))
		}
		m := matter.Material{Code: "m" + strconv.Itoa(i+1), Name: p[0], Plain: p[0], MaxPages: 10, Copies: 1}
		t := catalogue.Trait{Code: m.Code, Need: "always", Format: "paper"}
		if err := amount(&m, &t, p[1]); err != nil {
			return err
		}
		if err := source(&t, p[2]); err != nil {
			return err
		}
		if need, words, _ := strings.Cut(p[3], ":"); need == "非必要" {
			t.Need, t.Fill = "when", words
			m.How = words
		} else if need != "" {
			return fmt.Errorf("material %s: %q is not 非必要", p[0], p[3])
		}
		en.Materials, en.Papers = append(en.Materials, m), append(en.Papers, t)
	}
	return nil
}

func amount(m *matter.Material, t *catalogue.Trait, cell string) error {
	form := strings.Contains(m.Name, "申请表") || strings.Contains(m.Name, "申请书") || strings.Contains(m.Name, "登记表") || strings.Contains(m.Name, "备案表")
	if cell == "电子件" {
		t.Type, t.Format, t.Standard, m.Copies = "copy", "electronic", "文件能打开，内容清楚完整", 0
		return nil
	}
	counted := countForm.FindStringSubmatch(cell)
	if counted == nil {
		return fmt.Errorf("material %s: %q is not such as 原件1复印件1 or 电子件", m.Name, cell)
	}
	originals, copies := digit(counted[1]), digit(counted[2])
	m.Original, m.Copies = originals > 0, copies
	switch {
	case form:
		t.Type, t.Standard, m.Copies, m.Original = "form", "填写完整，签名或者盖章", max(originals, copies, 1), false
	case originals > 0:
		t.Type, t.Standard = "original", "原件清楚完整，在有效期内，和申请人一致"
	default:
		t.Type, t.Standard, m.Copies = "copy", "复印件清楚完整，和原件一致", max(copies, 1)
	}
	return nil
}

func digit(s string) int {
	if s == "" {
		return 0
	}
	return int(s[0] - '0')
}

func source(t *catalogue.Trait, cell string) error {
	kind, by, _ := strings.Cut(cell, ":")
	switch kind {
	case "", "自备":
		t.Source, t.SourceBy = "self", "申请人"
	case "部门":
		t.Source, t.SourceBy = "government", by
	case "其他":
		t.Source, t.SourceBy = "other", by
	default:
		return fmt.Errorf("%q is no source such as 自备, 部门:市场监督管理局 or 其他:银行", cell)
	}
	if t.Source != "self" && by == "" {
		return fmt.Errorf("source %q does not say who issues it", cell)
	}
	return nil
}
