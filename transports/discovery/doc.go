// Package discovery finds the other end in the local network: an end that listens announces itself by
// multicast DNS (RFC 6762) as a DNS-SD service (RFC 6763) of the type _framewire._tcp or _framewire._udp,
// and an end that dials `auto` looks for those. Nothing here is trusted: what is found is an address to
// dial, and who answers there has to prove the secret like anybody.
//
// The life of an announcement:
//
//  1. It asks three times, 250 ms apart, whether somebody has its name, and takes another if so.
//  2. It tells every interface twice what it offers, and interfaces that come up later too.
//  3. It answers questions, on each interface at most once a second; those from another port than 5353
//     (one-shot queriers) by unicast.
//  4. When the end closes it takes its word back.
//
// Every message carries all records of a service, and a browser reads each message by itself: there is no
// cache, and what strangers send takes no memory beyond the few services that a search may give.
package discovery
