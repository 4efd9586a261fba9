package matter

// Merged is one form made of several (一张表单): each data element is asked once.
type Merged struct {
	Form      Form                 `json:"form"`
	Map       map[string][]Mapping `json:"map"`       // property of the merged form → where it goes
	Conflicts []MergeConflict      `json:"conflicts"` // what the editor has to decide; the narrower rule is taken meanwhile
}

// Mapping is one place that a merged value fills.
type Mapping struct {
	Form  string `json:"form"`
	Field string `json:"field"`
}

// MergeConflict is two forms that want different things of one data element (合表冲突).
type MergeConflict struct {
	Element string    `json:"element"`
	Places  []Mapping `json:"places"`
	What    string    `json:"what"`  // length, codes, type, required
	Words   string    `json:"words"` // 税务那张最长 80 字，取 80
	Fatal   bool      `json:"fatal"` // no value can please both
}

// Split hands merged values back to each official form (拆回各部门表).
func (m Merged) Split(values map[string]any) map[string]map[string]any {
	out := map[string]map[string]any{}
	for name, places := range m.Map {
		v, ok := values[name]
		if !ok {
			continue
		}
		for _, p := range places {
			if out[p.Form] == nil {
				out[p.Form] = map[string]any{}
			}
			out[p.Form][p.Field] = v
		}
	}
	return out
}
