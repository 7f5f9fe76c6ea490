package impair

import "time"

// Conditions are what happens to the packets of one direction. The zero value delivers everything at once.
type Conditions struct {
	// Seed chooses the sequence of random numbers. It counts when a Link or Proxy is made.
	Seed uint64
	// Loss is the share of packets that never arrive, from 0 to 1.
	Loss float64
	// Burst is the mean number of packets that are lost in a row (Gilbert's model: a state in which all
	// packets are lost and one in which none are). Up to 1 packets are lost independently of each other.
	Burst float64
	// Delay is how long every packet takes.
	Delay time.Duration
	// Jitter is how much longer a packet takes at most, uniformly. Packets stay in order.
	Jitter time.Duration
	// Reorder is the share of packets that are held back by ReorderBy, so that later ones overtake them.
	Reorder float64
	// ReorderBy defaults to 5ms.
	ReorderBy time.Duration
	// Duplicate is the share of packets that arrive twice.
	Duplicate float64
	// Rate is how many bits/s pass, counting the payloads of datagrams; 0 means any number.
	Rate int
	// Queue is how many bytes wait for the Rate, beyond which packets are dropped; 0 is 100ms at that rate.
	Queue int
	// MTU is the largest IP packet that passes, in bytes; 0 means any. Larger ones are dropped and counted.
	MTU int
}

// Stats count the packets of one direction.
type Stats struct {
	Sent       uint64 // by the one end
	Bytes      uint64 // of those
	Delivered  uint64 // to the other end, duplicates too
	Lost       uint64 // by Loss
	Overflowed uint64 // dropped by the queue of the Rate, or because the end does not read
	Oversized  uint64 // dropped by the MTU
	Cut        uint64 // dropped by a partition
	Reordered  uint64
	Duplicated uint64
	Largest    int // datagram, in bytes without IP and UDP headers
}
