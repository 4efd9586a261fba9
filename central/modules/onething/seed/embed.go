// Package seed holds the themes the product comes with (一件事种子): one file a theme.
package seed

import "embed"

// FS holds the files.
//
//go:embed themes
var FS embed.FS
