// Package secure makes a TCP connection private and lets both ends prove that they belong together: TLS 1.3
// from the standard library, with a shared secret, with certificates, or with both. It knows nothing of
// frames, and of the hello only its first byte.
//
// The handshake, which the caller bounds in time by the connection's deadline:
//
//  1. The end that listens looks at the first byte. What is no TLS is a MismatchError, and the caller can
//     still read it from the start, to say who that is and what is missing.
//  2. TLS 1.3, both ends naming the protocol "framewire/1" (ALPN, RFC 7301). With `tls` both have a
//     certificate and both check the other's, by authority, by fingerprint or by both. Without it the end
//     that listens has one that was made when it opened and that nobody checks.
//  3. With a secret the end that dialled sends its proof: an HMAC-SHA256 under a key made of the secret, over
//     material that both ends export from this one TLS connection (RFC 8446, section 7.5; RFC 9266 describes
//     the idea). Somebody in the middle has two connections with different material, so that he can pass
//     no proof on. The end that listens compares in constant time, and only then proves itself in turn:
//     whoever does not know the secret gets nothing from it to guess at.
//  4. What follows is what the caller says inside the connection.
package secure
