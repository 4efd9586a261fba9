// Package seed holds the scenes of a fresh centre (消息场景初始数据).
package seed

import _ "embed"

// Scenes are the scenes as the program brings them.
//
//go:embed scenes.yaml
var Scenes []byte
