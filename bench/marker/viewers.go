package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"sync"
	"time"

	"framewire/pipeline"
)

// patience bounds the time until every viewer has its first picture.
const patience = 30 * time.Second

// pause is between two viewers that dial: a sender may let few wait (GStreamer five), and who finds no place is
// let in a second later.
const pause = 2 * time.Millisecond

// viewers connects many receivers to one sender, lets them watch for a while and prints what they saw. They
// decode nothing and keep nothing.
func viewers(s streams, args []string) error {
	set := flag.NewFlagSet("marker viewers", flag.ContinueOnError)
	n := set.Int("n", 1, "viewers")
	dial := set.String("dial", "", "HOST:PORT of a sender that listens; either this or listen")
	listen := set.String("listen", "", "HOST:PORT on which a sender connects to every viewer")
	protocol := set.String("protocol", "framewire", "framewire, or jpeg for pictures one after the other")
	settle := set.Duration("settle", 500*time.Millisecond, "time from the last viewer's first picture until it counts")
	watch := set.Duration("for", 3*time.Second, "time that counts")
	stamps := set.String("stamps", "", "file that feed wrote, read at the end; without it the time in the picture counts")
	pid := set.Int("pid", 0, "process of the sender, whose processor time is measured meanwhile")
	if err := parse(s, set, args); err != nil {
		return err
	}
	if *n < 1 || (*dial == "") == (*listen == "") {
		return usageError{errors.New("wants -n above 0 and either -dial or -listen")}
	}
	if *protocol != "framewire" && *protocol != "jpeg" {
		return usageError{fmt.Errorf("-protocol %q is not framewire or jpeg", *protocol)}
	}
	c := crowd{protocol: *protocol, pool: pipeline.NewPool()}
	defer c.leave()
	if err := c.gather(*n, *dial, *listen); err != nil {
		return err
	}
	time.Sleep(*settle)
	v, err := c.look(*watch, *pid)
	if err != nil {
		return err
	}
	c.leave()
	sum, err := v.summarize(&c, *stamps)
	if err != nil {
		return err
	}
	return json.NewEncoder(s.out).Encode(sum)
}

// pictures is a connection that pictures come from.
type pictures interface {
	// next waits for a picture and gives its key in the album.
	next() (key uint64, err error)
}

// viewer is one receiver.
type viewer struct {
	conn        net.Conn
	pictures    pictures
	first, over chan struct{} // closed at the first picture and at the end
	saw         []sighting    // valid after the end
	err         error         // why it ended; valid after the end
}

type sighting struct {
	key uint64
	at  time.Time
}

// watch takes pictures until the connection ends.
func (v *viewer) watch() {
	defer close(v.over)
	for {
		key, err := v.pictures.next()
		if err != nil {
			v.err = err
			return
		}
		v.saw = append(v.saw, sighting{key, time.Now()})
		if len(v.saw) == 1 {
			close(v.first)
		}
	}
}

// crowd is all viewers of a sender.
type crowd struct {
	protocol string
	pool     *pipeline.Pool
	album    album
	viewers  []*viewer
	running  sync.WaitGroup
	left     bool
}

// gather connects n viewers one after the other and waits until each has a picture.
func (c *crowd) gather(n int, dial, listen string) error {
	connect := func() (net.Conn, error) {
		time.Sleep(pause)
		return net.DialTimeout("tcp", dial, patience)
	}
	if listen != "" {
		l, err := bind(listen)
		if err != nil {
			return err
		}
		defer l.Close()
		connect = l.Accept
	}
	for range n {
		conn, err := connect()
		if err != nil {
			return err
		}
		v := &viewer{conn: conn, first: make(chan struct{}), over: make(chan struct{})}
		if c.protocol == "jpeg" {
			v.pictures = newJPEGStream(conn, &c.album)
		} else if v.pictures, err = newFramewireStream(conn, dial != "", &c.album, c.pool); err != nil {
			conn.Close()
			return fmt.Errorf("viewer %d: %w", len(c.viewers), err)
		}
		c.viewers = append(c.viewers, v)
		c.running.Go(v.watch)
	}
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for i, v := range c.viewers {
		select {
		case <-v.first:
		case <-v.over:
			return fmt.Errorf("viewer %d: %w", i, v.err)
		case <-deadline.C:
			return fmt.Errorf("viewer %d has no picture after %s", i, patience)
		}
	}
	return nil
}

// bind listens, but not for ever.
func bind(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	if err := l.(*net.TCPListener).SetDeadline(time.Now().Add(patience)); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// leave ends all viewers. Called again it does nothing.
func (c *crowd) leave() {
	if c.left {
		return
	}
	c.left = true
	for _, v := range c.viewers {
		v.conn.Close()
	}
	c.running.Wait()
	for _, v := range c.viewers {
		if f, ok := v.pictures.(*framewireStream); ok {
			f.close()
		}
	}
}
