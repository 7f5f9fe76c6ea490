package discovery

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/netip"
	"os"
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// The times of RFC 6762.
const (
	probeEvery = 250 * time.Millisecond // section 8.1
	probes     = 3
	tellings   = 2               // unasked, a second apart (section 8.3)
	quiet      = time.Second     // between two multicasts of one record (section 6)
	look       = 5 * time.Second // between two looks at the interfaces
)

// Announce lets others in the local network find a service, until ctx ends or stop is called. It never
// fails a stream: what is in the way is one warning in the service's log. Services on loopback are not
// announced. stop says goodbye and waits for everything that was started, well below a second.
func Announce(ctx context.Context, s Service) (stop func()) {
	if s.Host == "" {
		name, _ := os.Hostname()
		s.Host, _, _ = strings.Cut(name, ".")
	}
	return announce(ctx, s, openSockets)
}

func announce(ctx context.Context, s Service, open func() (medium, error)) (stop func()) {
	if s.Addr.Unmap().IsLoopback() {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		m, err := open()
		if err != nil {
			s.warn("cannot be announced in the local network, `announce: false` ends this warning", "cause", err)
			return
		}
		a := newAnnouncer(s, m)
		a.run(ctx)
	}()
	return func() {
		cancel()
		<-done
	}
}

func (s Service) warn(msg string, args ...any) {
	if s.Log != nil {
		s.Log.Warn(msg, args...)
	}
}

// announcer is a running announcement; everything of it belongs to one goroutine.
type announcer struct {
	offer   offer
	medium  medium
	links   map[int]*told
	renamed int

	asked    int       // probes sent
	probeAt  time.Time // next probe, or the moment the name counts as ours
	known    bool      // the name is ours, and is told
	lookAt   time.Time
	answered int // at once, in the second that began at
	second   time.Time
}

// told is what an interface was told.
type told struct {
	link
	left int       // unasked tellings that are still to come
	due  time.Time // next multicast; zero when there is none
	last time.Time
}

func newAnnouncer(s Service, m medium) *announcer {
	var id [4]byte
	_, _ = rand.Read(id[:]) // never fails
	return &announcer{
		offer:  offer{service: s, instance: s.instance(0), target: "framewire-" + hex.EncodeToString(id[:]) + ".local."},
		medium: m, links: map[int]*told{},
	}
}

func (a *announcer) run(ctx context.Context) {
	packets, received := receive(ctx, a.medium)
	defer func() {
		a.medium.close()
		<-received
	}()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case p := <-packets:
			a.take(p, time.Now())
		case <-timer.C:
			a.tick(time.Now())
		case <-ctx.Done():
			a.goodbye()
			return
		}
		timer.Reset(time.Until(a.next()))
	}
}

// receive reads a medium into a channel until it is closed. What comes after the end of ctx is lost.
func receive(ctx context.Context, m medium) (packets chan packet, received chan struct{}) {
	packets, received = make(chan packet, 16), make(chan struct{})
	go func() {
		defer close(received)
		m.receive(func(p packet) {
			select {
			case packets <- p:
			case <-ctx.Done():
			}
		})
	}()
	return packets, received
}

// next is when tick has to be called.
func (a *announcer) next() time.Time {
	next := a.lookAt
	if !a.known && a.probeAt.Before(next) {
		next = a.probeAt
	}
	for _, l := range a.links {
		if !l.due.IsZero() && l.due.Before(next) {
			next = l.due
		}
	}
	return next
}

// tick does what is due.
func (a *announcer) tick(now time.Time) {
	if !now.Before(a.lookAt) {
		a.look(now)
		a.lookAt = now.Add(look)
	}
	if !a.known && !now.Before(a.probeAt) {
		a.probe(now)
	}
	for _, l := range a.links {
		if l.due.IsZero() || now.Before(l.due) {
			continue
		}
		a.send(l, reply{asked: askedType})
		l.last, l.due = now, time.Time{}
		if l.left = max(l.left-1, 0); l.left > 0 {
			l.due = now.Add(quiet)
		}
	}
}

// look finds interfaces that came up or went away.
func (a *announcer) look(now time.Time) {
	links := map[int]*told{}
	for _, l := range a.medium.interfaces() {
		if len(a.addrs(l)) == 0 {
			continue
		}
		old := a.links[l.index]
		if old == nil {
			old = new(told)
			if a.known {
				old.left, old.due = tellings, now
			}
		}
		old.link = l
		links[l.index] = old
	}
	a.links = links
}

// addrs gives the addresses by which the service is reached through an interface: its own where it is bound
// to one.
func (a *announcer) addrs(l link) (list []netip.Addr) {
	bound := a.offer.service.Addr.Unmap().WithZone("")
	for _, p := range l.prefixes {
		addr := p.Addr().Unmap()
		switch {
		case addr.IsLoopback() || len(list) == maxAddresses:
		case !bound.IsValid(), bound.IsUnspecified() && (bound.Is6() || addr.Is4()), bound == addr.WithZone(""):
			list = append(list, addr)
		}
	}
	return list
}

// probe asks whether somebody has the name, and after the last answer could have come takes it.
func (a *announcer) probe(now time.Time) {
	if a.asked == probes {
		a.known = true
		if log := a.offer.service.Log; log != nil && len(a.links) > 0 {
			log.Info("announced in the local network", "name", a.offer.instance)
		}
		for _, l := range a.links {
			l.left, l.due = tellings, now
		}
		return
	}
	a.asked++
	a.probeAt = now.Add(probeEvery)
	message, err := question(dnsmessage.TypeALL, a.offer.name())
	if err != nil { // a name that DNS cannot carry: label has taken care of that
		return
	}
	for _, l := range a.links {
		_ = a.medium.multicast(message, l.link) // an interface that cannot send now may do so later
	}
}
