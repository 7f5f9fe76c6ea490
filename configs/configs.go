// Package configs holds one commented config for each role. They are files to copy and change; the program
// carries them all, to run one by its name.
package configs

import (
	"embed"
	"strings"
)

//go:embed *.yaml
var files embed.FS

// Read gives the text of a role's config; name is that of its file, with or without .yaml.
func Read(name string) (text []byte, ok bool) {
	if strings.ContainsAny(name, `/\`) {
		return nil, false
	}
	text, err := files.ReadFile(strings.TrimSuffix(name, ".yaml") + ".yaml")
	return text, err == nil
}

// Roles lists the names, without .yaml, in alphabetical order.
func Roles() []string {
	entries, _ := files.ReadDir(".") // it was there when the program was built
	names := make([]string, len(entries))
	for i, entry := range entries {
		names[i] = strings.TrimSuffix(entry.Name(), ".yaml")
	}
	return names
}
