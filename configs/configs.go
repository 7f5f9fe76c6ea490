// Package configs holds one commented config for each role. They are files to copy and change; the demo
// runs its own from here.
package configs

import _ "embed"

// Demo is the text of demo.yaml.
//
//go:embed demo.yaml
var Demo []byte
