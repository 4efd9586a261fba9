// Package seed holds the directory of regions (跨域通办清单): who takes what for whom. It is sample data.
package seed

import _ "embed"

// Regions is the directory, read strictly.
//
//go:embed regions.yaml
var Regions []byte
