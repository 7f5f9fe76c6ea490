//go:build !linux

package batch

import "syscall"

// grow asks for large buffers, and for less where they are refused.
func grow(udp socket, _ syscall.RawConn, opts Options) Buffers {
	return Buffers{
		Read:  growOne(udp.SetReadBuffer, wanted(opts.ReadBuffer)),
		Write: growOne(udp.SetWriteBuffer, wanted(opts.WriteBuffer)),
	}
}

func growOne(set func(int) error, bytes int) int {
	for ; bytes >= 4096; bytes /= 2 {
		if set(bytes) == nil {
			return bytes
		}
	}
	return 0
}

// offloads: there are none here.
func offloads(syscall.RawConn) (send, receive bool) { return false, false }

// ownGroupsOnly does nothing here: only Linux gives a socket the groups of others.
func ownGroupsOnly(syscall.RawConn) {}
