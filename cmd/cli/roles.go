package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"framewire/configs"
	"framewire/pipeline/config"
)

// roleHelp says that configs need no file.
func roleHelp() string {
	return "CONFIG is a file, or one of the roles that the program carries:\n   " + strings.Join(configs.Roles(), ", ") + "."
}

// readConfig reads a config file or, where there is none, the role of that name.
func readConfig(name string) ([]byte, error) {
	text, err := config.ReadFile(name)
	if !errors.Is(err, fs.ErrNotExist) {
		return text, err
	}
	if text, ok := configs.Read(name); ok {
		return text, nil
	}
	if strings.ContainsAny(name, `/\.`) {
		return nil, err
	}
	return nil, fmt.Errorf("%w, and no role has that name: roles are %s", fs.ErrNotExist, strings.Join(configs.Roles(), ", "))
}
