//go:build !linux && !darwin && !windows

package filesystem

import (
	"errors"
	"fmt"
)

// KnowsFree says whether free disk space can be asked for here.
const KnowsFree = false

// Free gives errors.ErrUnsupported: the free space is not known here.
func Free(string) (int64, error) {
	return 0, fmt.Errorf("the free space is not known on this system: %w", errors.ErrUnsupported)
}
