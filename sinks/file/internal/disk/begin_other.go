//go:build !linux

package disk

// BeginSync does nothing: no other system can be asked for that.
func (file) BeginSync(int64, int64) {}
