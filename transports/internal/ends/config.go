package ends

import (
	"errors"
	"fmt"

	"framewire/pipeline"
	"framewire/pipeline/config"
)

// CheckMaxFrame checks the setting max_frame.
func CheckMaxFrame(n config.ByteSize) error {
	if n < 1<<10 || n > 1<<30 {
		return pipeline.FieldErrorf("max_frame", "", "%s is not between 1KiB and 1GiB", n)
	}
	return nil
}

// CheckPeers checks the settings min_peers and max_peers of a sending end; dial and group are its addresses,
// or empty.
func CheckPeers(least, most int, dial, group string) error {
	var errs []error
	if most < 1 || most > 65535 {
		errs = append(errs, pipeline.FieldErrorf("max_peers", "", "%d is not between 1 and 65535", most))
	}
	switch {
	case least < 1 || least > most:
		errs = append(errs, pipeline.FieldErrorf("min_peers", "", "%d is not between 1 and max_peers, which is %d", least, most))
	case least > 1 && dial != "":
		errs = append(errs, pipeline.FieldErrorf("min_peers", "use `listen` here and `dial` in the receivers", "%d receivers cannot be waited for by dialling one", least))
	case least > 1 && group != "":
		errs = append(errs, pipeline.FieldErrorf("min_peers", "leave it out", "%d receivers cannot be waited for in a group, where nobody answers", least))
	}
	return errors.Join(errs...)
}

// Receivers counts them in words.
func Receivers(n int) string {
	if n == 1 {
		return "1 receiver"
	}
	return fmt.Sprintf("%d receivers", n)
}
