package discovery

import (
	"crypto/rand"
	"net/netip"
	"strings"
	"time"
)

// Answers of several machines are spread, in milliseconds (RFC 6762, section 6).
const (
	spreadLeast = 20
	spread      = 100
)

// perSecond is how many questions are answered at once in a second: those of one-shot queriers, whose
// addresses anybody can make up.
const perSecond = 10

// take handles one message.
func (a *announcer) take(p packet, now time.Time) {
	if p.direct {
		return
	}
	if queries, err := parseQueries(p.data); err == nil && a.known {
		for _, q := range queries {
			a.answer(p, q, now)
		}
	}
	if said, err := parseAnswers(p.data); err == nil {
		if s, ok := said.services[strings.ToLower(a.offer.name())]; ok && !s.gone && s.target != "" && s.target != a.offer.target {
			a.conflict(s.target, now)
		}
	}
}

// conflict handles another machine that has our name. Who has not told the name yet gives it up; of two
// that have, the one whose host name is smaller.
func (a *announcer) conflict(other string, now time.Time) {
	if a.known && a.offer.target > other || a.renamed == maxRenames {
		return
	}
	a.renamed++
	a.offer.instance = a.offer.service.instance(a.renamed)
	a.known, a.asked, a.probeAt = false, 0, now
	for _, l := range a.links {
		l.left, l.due = 0, time.Time{}
	}
}

// answer answers a question, if it is about us: by multicast a little later, to one-shot queriers at once.
func (a *announcer) answer(p packet, q query, now time.Time) {
	what := a.offer.wants(q.question)
	if what == askedNothing {
		return
	}
	for _, l := range a.links {
		if p.index != 0 && p.index != l.index {
			continue
		}
		if p.index != 0 && p.legacy() {
			if l.near(p.from.Addr()) && a.mayAnswer(now) {
				a.sendTo(p.from, l, reply{asked: what, legacy: &q})
			}
			continue
		}
		if what == askedMeta { // a browser of everything, which asks for our type next
			if a.mayAnswer(now) {
				a.send(l, reply{asked: askedMeta})
			}
			continue
		}
		at := now.Add((spreadLeast + randomBelow(spread)) * time.Millisecond)
		if earliest := l.last.Add(quiet); at.Before(earliest) {
			at = earliest
		}
		if l.due.IsZero() || at.Before(l.due) {
			l.due = at
		}
	}
}

// mayAnswer bounds the answers that are given at once.
func (a *announcer) mayAnswer(now time.Time) bool {
	if now.Sub(a.second) >= time.Second {
		a.second, a.answered = now, 0
	}
	a.answered++
	return a.answered <= perSecond
}

func randomBelow(n int) time.Duration {
	var b [1]byte
	_, _ = rand.Read(b[:])
	return time.Duration(int(b[0]) * n / 256)
}

// goodbye says that the service is no more.
func (a *announcer) goodbye() {
	if !a.known {
		return
	}
	for _, l := range a.links {
		a.send(l, reply{asked: askedType, goodbye: true})
	}
}

// send multicasts to an interface. One that cannot send now is told when it asks.
func (a *announcer) send(l *told, r reply) {
	r.addrs = a.addrs(l.link)
	if message, err := a.offer.message(r); err == nil {
		_ = a.medium.multicast(message, l.link)
	}
}

func (a *announcer) sendTo(to netip.AddrPort, l *told, r reply) {
	r.addrs = a.addrs(l.link)
	if message, err := a.offer.message(r); err == nil {
		_ = a.medium.unicast(message, to)
	}
}
