package session

import (
	"cmp"
	"crypto/rand"
	"encoding/binary"
	"slices"
	"time"
)

// groupSessions is how many sessions a GroupReceiver keeps a replay window of.
const groupSessions = 8

// NewGroupSender begins a group session, in which one end sends and any number receive. Its data are
// sealed with a key of its own, made of the secret and the session's id; without a secret they are clear.
//
// The id is the time in units of 1/256 s since 1970 (40 bits) and 24 random bits, so that receivers know the
// newest session. Counters start at random too: sessions that share an id by chance share no counter.
func NewGroupSender(psk *Key) *Session {
	var random [11]byte
	rand.Read(random[:]) // never fails
	now := time.Now()
	ticks := uint64(now.Unix())<<8 | uint64(now.Nanosecond())*256/1e9
	id := ticks<<24 | uint64(random[0])<<16 | uint64(random[1])<<8 | uint64(random[2])
	return newGroupSender(psk, id, binary.BigEndian.Uint64(random[3:])>>2)
}

func newGroupSender(psk *Key, id, first uint64) *Session {
	kind := KindGroup
	if psk == nil {
		kind = KindGroupClear
	}
	return newSession(newSealer(kind, id, groupKey(psk, id), first), nil)
}

// groupKey gives what seals the data of one group session, or nil where they are clear.
func groupKey(psk *Key, id uint64) *[32]byte {
	if psk == nil {
		return nil
	}
	key := derive(psk[:], string(binary.BigEndian.AppendUint64([]byte(labelGroup), id)))
	return &key
}

// GroupReceiver opens the packets of one group session at a time, the newest. Its methods are for one
// goroutine at a time.
type GroupReceiver struct {
	psk     *Key
	kind    Kind
	known   []*opener
	current *opener // nil before the first packet
	silent  bool
}

// NewGroupReceiver makes one for a secret, or for clear groups where there is none.
func NewGroupReceiver(psk *Key) *GroupReceiver {
	if psk == nil {
		return &GroupReceiver{kind: KindGroupClear}
	}
	key := *psk
	return &GroupReceiver{psk: &key, kind: KindGroup}
}

// Open authenticates and decrypts a packet in place, and gives the data in it and the session that it belongs
// to. The first packet of a newer session ends the one before. The error is ErrPacket, ErrForged, or
// ErrReplay, also for packets of older sessions; the packet's bytes are then worthless.
func (g *GroupReceiver) Open(packet []byte) (plain []byte, session uint64, err error) {
	if kind, ok := KindOf(packet); !ok || kind != g.kind {
		return nil, 0, ErrPacket
	}
	id := openingID(packet)
	if g.current != nil && id == g.current.id {
		plain, err = g.current.open(packet)
	} else {
		plain, err = g.follow(id, packet)
	}
	if err != nil {
		return nil, 0, err
	}
	g.silent = false
	return plain, id, nil
}

// follow goes over to another session with the first packet of it that opens.
func (g *GroupReceiver) follow(id uint64, packet []byte) ([]byte, error) {
	if g.current != nil && id < g.current.id && !g.silent {
		return nil, ErrReplay
	}
	at := slices.IndexFunc(g.known, func(o *opener) bool { return o.id == id })
	var next *opener
	if at >= 0 {
		next = g.known[at]
	} else {
		next = newOpener(g.kind, id, groupKey(g.psk, id))
	}
	plain, err := next.open(packet)
	if err != nil {
		return nil, err
	}
	if at < 0 {
		g.keep(next)
	}
	g.current = next
	return plain, nil
}

// keep makes room by forgetting the oldest session, so that no replay of old ones pushes out a newer.
func (g *GroupReceiver) keep(o *opener) {
	if len(g.known) == groupSessions {
		oldest := slices.MinFunc(g.known, func(a, b *opener) int { return cmp.Compare(a.id, b.id) })
		g.known = slices.DeleteFunc(g.known, func(o *opener) bool { return o == oldest })
	}
	g.known = append(g.known, o)
}

// Silent says that nothing opened for so long that the sender must be gone. The next packet that opens is then
// followed whatever its session, also that of a sender whose clock was set back.
func (g *GroupReceiver) Silent() { g.silent = true }
