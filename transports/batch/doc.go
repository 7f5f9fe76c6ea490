// Package batch is a UDP socket that moves many datagrams with one system call. It knows sockets and the
// kernel, and nothing of what the datagrams mean: that is the business of the transports.
//
// The life of a socket:
//
//  1. Listen opens it and asks the kernel for large buffers, for datagrams that are never fragmented on
//     their way, and for segmentation and receive offload. What it lacks is worked around and can be asked
//     for with Offload and Buffers.
//  2. One goroutine calls Read in a loop. Each call waits for datagrams and gives many of those that are there.
//  3. Any number of goroutines call WriteTo. One buffer holds a burst of datagrams of equal size, which
//     the kernel or the network card cuts.
//  4. Where the offload turns out not to work for a device, the burst goes packet by packet, and so do all
//     that follow.
//  5. Close ends a waiting Read with net.ErrClosed.
//
// One socket serves all peers, over IPv4 and IPv6; addresses are always given unmapped.
package batch
