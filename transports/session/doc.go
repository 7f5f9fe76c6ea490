// Package session makes datagrams private. It holds a handshake between two ends that share a secret, and
// seals and opens the packets of the session that comes of it, or of a group that one end sends to. It works
// on bytes: sockets, addresses, repeating and limits are the transport's, what is in the data is package
// datagram's. The clock is read once, for the id of a group session.
//
// # A session of two
//
//  1. The initiator sends an initiation: kind 1 (1 byte), its session id (8 bytes, random) and the first
//     message of Noise_NNpsk0_25519_AESGCM_SHA256: an ephemeral key (32) and, encrypted, the length of the
//     payload (2), the payload, and zeros up to 1200 bytes altogether.
//  2. The responder opens it, for which it needs hashing and one decryption. Only who knows the secret can
//     make one that opens. An ephemeral key that it saw before is refused.
//  3. It answers with a response: kind 2, the initiator's session id, and the second message: its ephemeral key
//     and, encrypted, its own session id (8) and a payload. That is never longer than the initiation.
//  4. From then on packets have a header of 17 bytes: kind 3, the session id that their receiver chose,
//     and a counter from 0 (8 bytes). The data are sealed by AES-256-GCM with one key for each direction, the two
//     that the handshake ends with. The nonce is 4 zero bytes and the counter, the additional data the header.
//  5. The first such packet that opens at the responder confirms the session: it shows that the initiation was
//     no replay and its address no false one.
//
// The prologue of the handshake is "framewire udp 1 sealed" and the first 9 bytes of the initiation; the
// pre-shared key is made of the stretched secret by HKDF-SHA256 with that text as info. Ends without a secret
// do the same with "framewire udp 1 clear" for the text and for the secret, and send their data as they are,
// in packets of kind 4. All numbers are big endian.
//
// # A group
//
// A group's packets have the same header with kind 5, the sender's session id, and a counter that starts at
// random. Their key is made of the stretched secret by HKDF-SHA256 with the info "framewire udp 1 group" and
// the 8 bytes of the id. The id grows with the time of the start; receivers follow the greatest that they
// saw. Without a secret the data are clear, in packets of kind 6.
//
// # What this protects
//
//   - Who does not know the secret reads nothing, changes nothing, adds nothing and gets no answer.
//   - A secret that gets known later does not open sessions that were recorded before: their keys come from
//     ephemeral keys. With a generated secret that nobody learns, a quantum computer does not either.
//   - A packet opens once, at the end that it was made for, in its session. Those that come back to their
//     sender, from another session or a second time do not. A counter is spent only by a packet that is
//     authentic, and up to 4096 of them may come in another order.
//   - An initiation is answered once. Responders remember the last 16384, and only those whose senders knew
//     the secret. A false address gets one response, no longer than what asked for it, and nothing more.
//
// # What it does not
//
//   - All who know the secret are equal. Each can be either end, and sit between two others. Roles are in
//     the payload and the same secret proves both.
//   - An initiation lets whoever sees it try passphrases against it, at the price of stretching each. After the
//     passphrase is found, sessions that begin can be attacked by who stands in their way, recorded ones not.
//   - After a restart, or 16384 initiations later, a replayed one gets one response, and never data.
//   - Who sees an initiation and has a copy at the responder before it gets the one response. The initiator
//     begins anew; somebody that fast can go on with it, as can whoever cuts the line.
//   - Sizes, times and addresses of packets, and that this is Framewire, are visible.
//   - Two running copies of one process, as from a snapshot of a virtual machine, would seal different data with
//     the same key and counter, which gives both away. End the sessions before a snapshot is resumed twice. A
//     restarted process has new keys.
//   - A group's members all have the key: each can send in the sender's name. It has no forward secrecy: who
//     learns the secret reads what was recorded. A member is put out only by a new secret.
//   - A group session that this receiver has not seen, or had to forget after 8 others, can be replayed while no
//     newer one is heard; one whose sender's clock was ahead also later, until the clocks have passed it.
//   - A clear session shows that the other end could be reached where it says to be, and no more. Who sees its
//     packets can add to them; who does not has to guess a session id of 64 bits. A clear group shows nothing.
package session
