//go:build !linux

package file

import "testing"

func smallDisk(t *testing.T) string {
	t.Helper()
	t.Skip("a small disk is mounted on Linux only")
	return ""
}
