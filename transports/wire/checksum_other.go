//go:build !amd64

package wire

import "hash/crc32"

// update is crc32.Update for the polynomial of Castagnoli, which uses what the processor has.
func update(sum uint32, data []byte) uint32 { return crc32.Update(sum, castagnoli, data) }
