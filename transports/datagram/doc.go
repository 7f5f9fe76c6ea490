// Package datagram cuts frames into datagrams and puts them together again: fragments, parity, the
// reassembler that decides what is complete, what is given up and what is worth asking for, and the small
// control messages beside them. It is pure bytes: no sockets, no encryption and no clock of its own; times are
// handed in. docs/wire-format.md describes the layouts, chapter "Datagrams".
//
// A frame's way:
//
//  1. Splitter.Split lays a frame out as a message (the data, then a tail with head and checksum), cuts the
//     message into shards of one size and the shards into blocks, and adds parity to each block
//     (Reed-Solomon over GF(2^8)). The shards of data are the frame's own memory.
//  2. Message.AppendPacket writes one shard with its header, for as many peers and as often as needed.
//  3. ParseFragment bounds everything that a header claims; Reassembler.Add puts the shard in its place.
//  4. When every block has as many shards as it has data shards, what is missing is computed, the checksum
//     and the frame are verified, and Reassembler.Next gives the frame, in order and once.
//  5. Reassembler.Missing names the shards that are worth asking for; what misses its deadline is given up.
//
// What comes is from strangers. Memory is taken for what arrived and never for what a header claims; each
// peer's share and that of all peers together (Budget) are bounded.
package datagram
