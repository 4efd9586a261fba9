// Package rows reads items that are one line of a table each (事项行表): one file for each department, with what all its items have in
// common in departments.yaml. Such an item is a guide with its materials by name and is applied for at a window; an item that is
// worked out to the last field is a YAML file of its own.
package rows

import (
	"fmt"
	"slices"

	"tongban/central/kernel/check"
)

// Department is a body that decides, and what all its items have in common (实施主体).
type Department struct {
	Key       string `json:"key"` // name of its file of rows
	Name      string `json:"name"`
	Code      string `json:"code"`  // unified credit code
	Level     string `json:"level"` // 行使层级
	Type      string `json:"type"`  // 实施主体性质
	DocMark   string `json:"doc_mark"`
	Category  string `json:"category"`
	Central   string `json:"central"`
	Link      string `json:"link"`
	Supervise string `json:"supervise"`
	Windows   string `json:"windows"`
	Center    string `json:"center,omitempty"` // hall that it has a counter in
	Review    Relief `json:"review"`
	Court     Court  `json:"court"`
	Topic     Topic  `json:"topic"`
}

// Relief is where a decision is reviewed (行政复议).
type Relief struct {
	Dept    string `json:"dept"`
	Address string `json:"address"`
}

// Court is where it is taken to court (行政诉讼).
type Court struct {
	Name    string `json:"name"`
	Address string `json:"address"`
}

// Topic is under which heading people look for its items (主题).
type Topic struct {
	Person string `json:"person"`
	Corp   string `json:"corp"`
}

// check says what is wrong with the departments.
func checkDepartments(all []Department) error {
	var keys, codes []string
	for _, d := range all {
		switch v := check.Verify(check.USCC, d.Code); {
		case d.Key == "" || d.Name == "" || d.DocMark == "" || d.Level == "" || d.Type == "":
			return fmt.Errorf("department %s: key, name, doc_mark, level and type are wanted", d.Key)
		case !v.OK():
			return fmt.Errorf("department %s: code %s", d.Key, v)
		case slices.Contains(keys, d.Key) || slices.Contains(codes, d.Code):
			return fmt.Errorf("department %s: its key or code stands twice", d.Key)
		}
		keys, codes = append(keys, d.Key), append(codes, d.Code)
	}
	return nil
}
