package wire

import (
	"encoding/binary"
	"hash/crc32"

	"golang.org/x/sys/cpu"
)

const (
	foldBlock = 256           // bytes that one step of fold takes
	foldLeast = 4 * foldBlock // below which the standard library is as fast
)

// folds tells whether this processor can fold: 64 bytes in one instruction.
var folds = cpu.X86.HasAVX512F && cpu.X86.HasAVX512VPCLMULQDQ

// foldKeys are what the first and the second half of 16 bytes are multiplied by to be moved one block ahead.
var foldKeys = [2]uint64{foldKey(8*foldBlock + 64), foldKey(8 * foldBlock)}

// foldKey gives x^n modulo the polynomial, as the processor multiplies it: bits reflected, and one power
// less, which the product of reflected factors has too much.
func foldKey(n int) uint64 {
	r := uint32(1) << 31 // x^0
	for range n - 1 {
		r = r>>1 ^ crc32.Castagnoli*(r&1)
	}
	return uint64(r) << 32
}

// fold takes one block or more at data into the state, so that the state has the remainder of all that it took,
// and gives that (V. Gopal and others, Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction,
// Intel 2009).
//
//go:noescape
func fold(state *[foldBlock]byte, data *byte, blocks int, keys *[2]uint64) (remainder uint32)

// update is crc32.Update for the polynomial of Castagnoli, twice as fast where the processor can fold.
func update(sum uint32, data []byte) uint32 {
	if len(data) < foldLeast || !folds {
		return crc32.Update(sum, castagnoli, data)
	}
	var state [foldBlock]byte
	copy(state[:], data)
	binary.LittleEndian.PutUint32(state[:], binary.LittleEndian.Uint32(state[:])^^sum)
	blocks := len(data)/foldBlock - 1
	sum = ^fold(&state, &data[foldBlock], blocks, &foldKeys)
	return crc32.Update(sum, castagnoli, data[(blocks+1)*foldBlock:])
}
