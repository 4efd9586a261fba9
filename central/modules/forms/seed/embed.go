// Package seed holds the library of data elements (数据元库) and the official forms that the product comes with.
package seed

import "embed"

// FS holds elements.yaml, the lists that elements name, and one file for each form.
//
//go:embed *.yaml
var FS embed.FS
