//go:build !linux && !darwin && !windows

package store

import "errors"

// KnowsFree says whether free disk space can be asked for here.
const KnowsFree = false

func freeBytes(string) (int64, error) { return 0, errors.ErrUnsupported }
