package wire

import "hash/crc32"

// Checksum is the CRC-32C (Castagnoli, RFC 3720 section 12.1) of data that follows on data with that sum;
// it begins with 0.
func Checksum(sum uint32, data []byte) uint32 { return update(sum, data) }

var castagnoli = crc32.MakeTable(crc32.Castagnoli)
