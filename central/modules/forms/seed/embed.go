// Package seed holds the library of data elements (数据元库) and the papers that were drawn by hand for forms that items carry;
// the other forms get a paper by program.
package seed

import "embed"

// FS holds elements.yaml, the lists that elements name, and papers/<form>.yaml.
//
//go:embed *.yaml papers
var FS embed.FS
