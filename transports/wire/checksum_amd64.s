#include "textflag.h"

// func fold(state *[256]byte, data *byte, blocks int, keys *[2]uint64) uint32
TEXT ·fold(SB), NOSPLIT, $0-36
	MOVQ state+0(FP), DI
	MOVQ data+8(FP), SI
	MOVQ blocks+16(FP), CX
	MOVQ keys+24(FP), DX
	VBROADCASTI32X4 (DX), Z8
	VMOVDQU64 (DI), Z0
	VMOVDQU64 64(DI), Z1
	VMOVDQU64 128(DI), Z2
	VMOVDQU64 192(DI), Z3

loop:
	VPCLMULQDQ $0x00, Z8, Z0, Z4 // the lower halves of all lanes by the lower key
	VPCLMULQDQ $0x00, Z8, Z1, Z5
	VPCLMULQDQ $0x00, Z8, Z2, Z6
	VPCLMULQDQ $0x00, Z8, Z3, Z7
	VPCLMULQDQ $0x11, Z8, Z0, Z0 // the upper by the upper
	VPCLMULQDQ $0x11, Z8, Z1, Z1
	VPCLMULQDQ $0x11, Z8, Z2, Z2
	VPCLMULQDQ $0x11, Z8, Z3, Z3
	VPTERNLOGQ $0x96, (SI), Z4, Z0 // the XOR of all three
	VPTERNLOGQ $0x96, 64(SI), Z5, Z1
	VPTERNLOGQ $0x96, 128(SI), Z6, Z2
	VPTERNLOGQ $0x96, 192(SI), Z7, Z3
	ADDQ $256, SI
	DECQ CX
	JNZ  loop

	VMOVDQU64 Z0, (DI)
	VMOVDQU64 Z1, 64(DI)
	VMOVDQU64 Z2, 128(DI)
	VMOVDQU64 Z3, 192(DI)
	VZEROUPPER

	XORL AX, AX
	MOVQ $32, CX

last:
	CRC32Q (DI), AX
	ADDQ   $8, DI
	DECQ   CX
	JNZ    last
	MOVL   AX, remainder+32(FP)
	RET
