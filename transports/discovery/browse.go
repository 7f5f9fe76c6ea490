package discovery

import (
	"context"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

const (
	// browseLimit is how long a search takes at most.
	browseLimit = 2 * time.Second
	// settled is when everybody there is has answered: announcers are silent for a second after a telling.
	settled = 1500 * time.Millisecond
	// askAgain is when a search asks for the second time, since questions get lost; each pause after that is
	// twice as long as the one before.
	askAgain = 300 * time.Millisecond
	// maxFound is how many services a search gives; a network has no more, unless somebody makes them up.
	maxFound = 64
)

// Browse lists who is announced in the local network, in two seconds, ordered by role and name.
// networks are "tcp" and "udp".
func Browse(ctx context.Context, networks ...string) ([]Found, error) {
	return browse(ctx, openSockets, networks, nil)
}

// Find gives the address, HOST:PORT, of the one end that fits: at once where it is asked for by name,
// after one and a half seconds where the only one is wanted. When there are several, or none in two
// seconds, the error says which there are.
func Find(ctx context.Context, q Query) (string, error) {
	return find(ctx, openSockets, q)
}

func find(ctx context.Context, open func() (medium, error), q Query) (string, error) {
	began := time.Now()
	list, err := browse(ctx, open, []string{q.Network}, func(list []Found) bool {
		if !slices.ContainsFunc(list, q.fits) {
			return false
		}
		exact := func(f Found) bool { return q.Name != "" && q.fits(f) && strings.EqualFold(f.Name, q.Name) }
		return slices.ContainsFunc(list, exact) || time.Since(began) >= settled
	})
	if err != nil {
		return "", err
	}
	f, err := pick(list, q)
	if err != nil {
		return "", err
	}
	return f.Address.String(), nil
}

// browse asks and listens until the time is over or there is enough.
func browse(ctx context.Context, open func() (medium, error), networks []string, enough func([]Found) bool) ([]Found, error) {
	m, err := open()
	if err != nil {
		return nil, err
	}
	life, cancel := context.WithCancel(ctx)
	packets, received := receive(life, m)
	defer func() {
		cancel()
		m.close()
		<-received
	}()
	var types []string
	for _, network := range networks {
		types = append(types, typeName(network))
	}
	message, err := question(dnsmessage.TypePTR, types...)
	if err != nil {
		return nil, err
	}
	links := m.interfaces()
	ask, pause := time.NewTimer(0), askAgain
	defer ask.Stop()
	still := time.NewTimer(settled)
	defer still.Stop()
	limit := time.NewTimer(browseLimit)
	defer limit.Stop()
	var list []Found
	for enough == nil || !enough(list) {
		select {
		case <-ask.C:
			for _, l := range links {
				_ = m.multicast(message, l) // another interface may do
			}
			ask.Reset(pause)
			pause *= 2
		case p := <-packets:
			list = collect(list, p, networks)
		case <-still.C: // what there is may be enough now
		case <-limit.C:
			slices.SortFunc(list, byName)
			return list, nil
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	slices.SortFunc(list, byName)
	return list, nil
}

// collect adds what a message tells to the list.
func collect(list []Found, p packet, networks []string) []Found {
	said, err := parseAnswers(p.data)
	if err != nil || p.direct {
		return list
	}
	found, gone := said.found(p)
	for _, f := range gone {
		list = slices.DeleteFunc(list, f.same)
	}
	for _, f := range found {
		if !slices.Contains(networks, f.Network) {
			continue
		}
		at := slices.IndexFunc(list, f.same)
		switch {
		case at < 0 && len(list) < maxFound:
			list = append(list, f)
		case at >= 0 && (f.Address.Addr().Is4() || !list[at].Address.Addr().Is4()):
			list[at] = f
		}
	}
	return list
}

// same reports whether both are the same service.
func (f Found) same(other Found) bool {
	return f.Network == other.Network && strings.EqualFold(f.Name, other.Name)
}
