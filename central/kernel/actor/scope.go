package actor

import (
	"fmt"
	"slices"
	"strings"
)

// Reach says how far a grant goes (权限范围).
type Reach string

// The reaches of a grant. The rows of the database and the interfaces use these words.
const (
	ReachAll        Reach = "all"        // 全部
	ReachRegion     Reach = "region"     // 本行政区划及以下
	ReachDepartment Reach = "department" // 本部门及下属
	ReachOwn        Reach = "own"        // 本人经办
)

// Place says where a thing belongs, to be held against a Scope. An empty field belongs nowhere: only an unlimited scope
// covers it.
type Place struct {
	Region     string // 行政区划代码, twelve digits
	Department string // id of the department
	Handler    string // account of the person who works on it
}

// Scope is where one permission counts (权限的范围). The zero value is nowhere. It is not changed after it was made.
type Scope struct {
	all         bool
	regions     [][2]string // lowest and highest code that is covered
	departments []string
	handler     string
}

// Everywhere is the scope without limits.
func Everywhere() Scope { return Scope{all: true} }

// InRegion covers a region and all regions below it. A code that is no region's covers nothing.
func InRegion(code string) Scope {
	low, high, ok := RegionSpan(code)
	if !ok {
		return Scope{}
	}
	return Scope{regions: [][2]string{{low, high}}}
}

// InDepartments covers exactly these departments; whoever knows the tree adds those below.
func InDepartments(ids ...string) Scope {
	ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == "" })
	slices.Sort(ids)
	return Scope{departments: slices.Compact(ids)}
}

// OwnOf covers what one person works on.
func OwnOf(account string) Scope { return Scope{handler: account} }

// Join covers what either covers.
func (s Scope) Join(o Scope) Scope {
	if s.all || o.all {
		return Everywhere()
	}
	out := Scope{handler: s.handler, departments: slices.Concat(s.departments, o.departments), regions: slices.Concat(s.regions, o.regions)}
	if out.handler == "" {
		out.handler = o.handler
	}
	slices.Sort(out.departments)
	out.departments = slices.Compact(out.departments)
	return out
}

// Everywhere reports whether s has no limits.
func (s Scope) Everywhere() bool { return s.all }

// Nowhere reports whether s covers nothing.
func (s Scope) Nowhere() bool {
	return !s.all && len(s.regions) == 0 && len(s.departments) == 0 && s.handler == ""
}

// Covers reports whether a thing at p lies within s.
func (s Scope) Covers(p Place) bool {
	if s.all {
		return true
	}
	if p.Handler != "" && p.Handler == s.handler || p.Department != "" && slices.Contains(s.departments, p.Department) {
		return true
	}
	return slices.ContainsFunc(s.regions, func(span [2]string) bool {
		return span[0] <= p.Region && p.Region <= span[1]
	})
}

// Columns are the names under which a table keeps a Place; a table that lacks one leaves it empty.
type Columns struct{ Region, Department, Handler string }

// Where returns the condition that keeps the rows within s, and its arguments; the first placeholder is $first. It says
// the same as Covers, so that a list shows exactly what can be opened.
func (s Scope) Where(c Columns, first int) (condition string, args []any) {
	if s.all {
		return "1 = 1", nil
	}
	var parts []string
	mark := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", first+len(args)-1)
	}
	if c.Region != "" {
		for _, span := range s.regions {
			parts = append(parts, fmt.Sprintf("%s BETWEEN %s AND %s", c.Region, mark(span[0]), mark(span[1])))
		}
	}
	if c.Department != "" && len(s.departments) > 0 {
		marks := make([]string, len(s.departments))
		for i, d := range s.departments {
			marks[i] = mark(d)
		}
		parts = append(parts, c.Department+" IN ("+strings.Join(marks, ", ")+")")
	}
	if c.Handler != "" && s.handler != "" {
		parts = append(parts, c.Handler+" = "+mark(s.handler))
	}
	if len(parts) == 0 {
		return "1 = 0", nil
	}
	return "(" + strings.Join(parts, " OR ") + ")", args
}

// regionDigits is the length of a code of GB/T 2260 extended by GB/T 10114 and the statistical codes: two digits each
// for province, city and county, three each for township and village.
const regionDigits = 12

// RegionSpan returns the lowest and the highest code of a region and everything below it; ok is false when code is not
// twelve digits.
func RegionSpan(code string) (low, high string, ok bool) {
	if len(code) != regionDigits || strings.Trim(code, "0123456789") != "" || strings.Trim(code, "0") == "" {
		return "", "", false
	}
	for _, n := range []int{2, 4, 6, 9} {
		if strings.Trim(code[n:], "0") == "" {
			return code, code[:n] + strings.Repeat("9", regionDigits-n), true
		}
	}
	return code, code, true
}

// RegionParent returns the code one level above, "" for a province.
func RegionParent(code string) string {
	if len(code) != regionDigits {
		return ""
	}
	for _, n := range []int{9, 6, 4, 2} {
		if strings.Trim(code[n:], "0") != "" {
			return code[:n] + strings.Repeat("0", regionDigits-n)
		}
	}
	return ""
}
