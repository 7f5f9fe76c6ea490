package datagram

import "fmt"

const (
	// MaxBlock is how many data shards a block has at most: computing what is missing costs their number
	// times that of the missing ones.
	MaxBlock = 200
	// MaxShards is how many shards a block has at most, data and parity.
	MaxShards = 255
	// MinShard is the smallest size of a shard in bytes where a message has more than one, so that a claimed
	// length stands for few shards.
	MinShard = 512

	maxBlocks = 1 << 16
)

// Layout is how a message lies in shards. It follows from what every fragment carries: the message's
// length, the size of a shard and the parity of a block. Data shards have Shard bytes each, the last one what
// is left; they are dealt to blocks in order, whose sizes differ by one at most, larger ones first.
type Layout struct {
	Length int // bytes of the message
	Shard  int // bytes of a shard
	Parity int // parity shards of each block
	Data   int // data shards of the message
	Blocks int
}

// LayoutOf gives the layout for what a fragment claims, or why there can be none.
func LayoutOf(length uint32, shard uint16, parity uint8) (Layout, error) {
	l := Layout{Length: int(length), Shard: int(shard), Parity: int(parity)}
	switch {
	case int64(length) > maxInt:
		return Layout{}, fmt.Errorf("message of %d bytes: more than this machine can address", length)
	case l.Length < minMessage:
		return Layout{}, fmt.Errorf("message of %d bytes, the least is %d", length, minMessage)
	case l.Shard < MinShard && l.Shard != l.Length:
		return Layout{}, fmt.Errorf("shards of %d bytes, the least is %d", shard, MinShard)
	case l.Shard > l.Length:
		return Layout{}, fmt.Errorf("shards of %d bytes for a message of %d", shard, length)
	}
	l.Data = dataShards(l.Length, l.Shard)
	l.Blocks = (l.Data + MaxBlock - 1) / MaxBlock
	if l.Blocks > maxBlocks {
		return Layout{}, fmt.Errorf("message of %d bytes in shards of %d: more than %d blocks", length, shard, maxBlocks)
	}
	if _, largest := l.Block(0); largest+l.Parity > MaxShards {
		return Layout{}, fmt.Errorf("block of %d data and %d parity shards, the limit is %d", largest, parity, MaxShards)
	}
	return l, nil
}

const maxInt = int64(^uint(0) >> 1)

func dataShards(length, shard int) int { return (length-1)/shard + 1 }

// Block gives the first data shard of a block, counted over the message, and how many the block has.
func (l Layout) Block(i int) (first, data int) {
	if l.Blocks == 1 { // most often, and asked several times for each packet
		return 0, l.Data
	}
	least, more := l.Data/l.Blocks, l.Data%l.Blocks
	first = i*least + min(i, more)
	if i < more {
		return first, least + 1
	}
	return first, least
}

// Shards is how many shards a block has, data and parity.
func (l Layout) Shards(block int) int {
	_, data := l.Block(block)
	return data + l.Parity
}

// Packets is how many shards there are, data and parity. As packets they are numbered block by block, the
// data shards of each before its parity.
func (l Layout) Packets() int { return l.Data + l.Blocks*l.Parity }

// Index gives the number of the packet with that shard of that block; shards from the block's data count
// on are parity.
func (l Layout) Index(block, index int) int {
	first, _ := l.Block(block)
	return first + block*l.Parity + index
}

// Locate is the reverse of Index.
func (l Layout) Locate(packet int) (block, index int) {
	least, more := l.Data/l.Blocks+l.Parity, l.Data%l.Blocks
	if large := more * (least + 1); packet >= large {
		packet -= large
		return more + packet/least, packet % least
	}
	return packet / (least + 1), packet % (least + 1)
}

// Size is how many bytes of payload the packet with that shard has.
func (l Layout) Size(block, index int) int {
	first, _ := l.Block(block)
	if first+index == l.Data-1 && block == l.Blocks-1 {
		return l.Length - (l.Data-1)*l.Shard
	}
	return l.Shard
}

// Parity gives how many parity shards each block gets of a message of that many data shards: the
// percentage of a block's data shards, rounded up, at least that many, and at most what fits a block. Without
// a percentage above zero there is none.
func Parity(data int, percent float64, least int) int {
	if percent <= 0 || data <= 0 {
		return 0
	}
	blocks := (data + MaxBlock - 1) / MaxBlock
	largest := (data + blocks - 1) / blocks
	wanted := min(float64(largest)*percent/100, MaxShards)
	parity := int(wanted)
	if float64(parity) < wanted {
		parity++
	}
	return min(max(parity, least), MaxShards-largest)
}
