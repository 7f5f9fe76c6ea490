package secret

import (
	"sync"
	"time"
)

const (
	firstDelay = 100 * time.Millisecond
	mostDelay  = 3 * time.Second // shorter than a handshake may take, so that the answer still comes
	forget     = time.Minute     // without a wrong secret, after which a network begins anew
	mostKnown  = 1024            // networks that are remembered
)

// Limiter slows down whoever tries wrong secrets: the answer to each further one from the same network comes
// later. A right one is never delayed, also from a network from which wrong ones come. Its memory is
// bounded. The zero value is ready, and any goroutine may use it.
type Limiter struct {
	mu    sync.Mutex
	known map[string]tries
}

// tries are those of one network.
type tries struct {
	count int
	last  time.Time
}

// Wrong notes a wrong secret from a network (see address.Network) and gives how long its answer has to wait.
func (l *Limiter) Wrong(network string) time.Duration {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.known == nil {
		l.known = make(map[string]tries)
	}
	t, ok := l.known[network]
	if !ok && len(l.known) >= mostKnown {
		delete(l.known, l.oldest())
	}
	if now.Sub(t.last) >= forget {
		t.count = 0
	}
	delay := min(firstDelay<<min(t.count, 16), mostDelay)
	l.known[network] = tries{t.count + 1, now}
	return delay
}

// Right notes that somebody from a network knew the secret.
func (l *Limiter) Right(network string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.known, network)
}

// oldest gives the network from which nothing came for the longest time. The lock is held.
func (l *Limiter) oldest() (network string) {
	var last time.Time
	for n, t := range l.known {
		if network == "" || t.last.Before(last) {
			network, last = n, t.last
		}
	}
	return network
}
