// Package wire is what goes over a connection, byte by byte: the handshake, the messages and the clock
// exchange. All layouts are fixed and all numbers are big endian; docs/wire-format.md describes them for
// other languages. The package does no I/O of its own beyond an io.Reader that it is given, opens no
// connection and keeps no time: that is the business of the transports.
//
// Everything that it parses comes from strangers. A length is compared with its bound before memory is
// taken for it, a header is checked by its own checksum before the lengths in it are believed, and the
// memory for a payload grows with the bytes that really arrive.
package wire
