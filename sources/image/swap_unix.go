//go:build unix

package image

import (
	"errors"
	"os"
)

// swap puts next in old's place, so that at any moment one of them is there whole, and gives it open.
func swap(next, old *os.File, path string) (*os.File, error) {
	if err := os.Rename(next.Name(), path); err != nil {
		return nil, errors.Join(err, next.Close())
	}
	_ = old.Close() // what it held is in next
	return next, nil
}
