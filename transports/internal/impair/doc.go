// Package impair is the bad network of the transports' tests: seeded random loss and bursts of it, delay,
// jitter, reordering, duplication, a rate with a queue, an MTU and partitions.
//
// It has two forms with the same Conditions. A Link is a network in memory that keeps the time of the
// bubble it is made in (testing/synctest), so that minutes of a stream pass in a moment and exactly the same each
// time. A Proxy stands between real UDP sockets on this machine.
//
// What happens to a packet depends on the seed, its direction and its number in that direction alone; with a
// rate also on the time when it comes. In this order a packet meets the partition, the MTU, the loss, the
// queue of the rate, and the delay.
package impair
