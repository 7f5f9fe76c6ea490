package main

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"framewire/cmd/standard"
	"framewire/pipeline"
	"framewire/pipeline/config"
	"framewire/pipeline/pipelinetest"
	"framewire/sources/testpattern"
	"framewire/transports/tcp"
)

// freeAddress finds a port of this machine that nobody uses.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// stream sends the test pattern as JPEG by framewire's protocol, until the test is over.
func stream(t *testing.T, configure func(*tcp.SendConfig)) {
	t.Helper()
	registry, err := pipeline.NewRegistry(standard.Plugins()...)
	if err != nil {
		t.Fatal(err)
	}
	source := pipeline.Node{Spec: testpattern.Spec()}
	pattern := source.Spec.Config().(*testpattern.Config)
	pattern.Size, pattern.FPS = config.Size{Width: 128, Height: 128}, 100
	source.Config = pattern
	encoder, ok := registry.Lookup(pipeline.KindEncoder, "jpeg")
	if !ok {
		t.Fatal("there is no encoder")
	}
	send := pipeline.Node{Spec: tcp.SendSpec()}
	cfg := send.Spec.Config().(*tcp.SendConfig)
	cfg.Announce = false
	configure(cfg)
	send.Config = cfg
	plan, err := pipeline.NewPlan(pipeline.Chain{
		Name: "sender", Input: source, Encoder: &pipeline.Node{Spec: encoder, Config: encoder.Config()}, Outputs: []pipeline.Node{send},
	}, registry)
	if err != nil {
		t.Fatal(err)
	}
	runner, err := pipeline.NewRunner(plan, pipeline.Options{Log: pipelinetest.Logger(t)})
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		if err := runner.Run(t.Context()); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(running.Wait)
	t.Cleanup(runner.Stop)
}

// TestViewers has several viewers watch a real sender.
func TestViewers(t *testing.T) {
	address := freeAddress(t)
	stream(t, func(c *tcp.SendConfig) { c.Listen = address })
	settled := ""
	for settled == "" { // the sender may not listen yet
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			settled = "100ms"
		}
	}
	status, out, said := call(t, nil, "viewers", "-n", "3", "-dial", address, "-settle", settled, "-for", "200ms")
	var w watched
	if err := json.Unmarshal([]byte(out), &w); status != 0 || err != nil {
		t.Fatalf("status %d, %s, %v", status, said, err)
	}
	if w.Viewers != 3 || w.Frames < 2 || w.Delivered+w.Lost != 3*w.Frames || w.Delivered == 0 || w.P50 <= 0 || w.Max < w.P99 || w.Seconds < 0.2 || w.CPU != 0 {
		t.Errorf("%+v", w)
	}
}

// TestViewersOfJPEG has a sender that connects to each viewer and knows nothing but JPEG. It leaves every fourth
// picture out for one of them.
func TestViewersOfJPEG(t *testing.T) {
	const viewers = 3
	address := freeAddress(t)
	from := newCamera(t, config.Size{Width: 128, Height: 128})
	var running sync.WaitGroup
	running.Go(func() {
		conns := make([]net.Conn, 0, viewers)
		for len(conns) < viewers {
			if conn, err := net.Dial("tcp", address); err == nil {
				defer conn.Close()
				conns = append(conns, conn)
			}
		}
		for n := 0; ; n++ {
			picture, _, err := from.next(t.Context())
			if err != nil {
				t.Error(err)
				return
			}
			for i, conn := range conns {
				if i == 1 && n%4 == 0 {
					continue
				}
				if _, err := conn.Write(picture); err != nil {
					return // the viewers have left
				}
			}
		}
	})
	status, out, said := call(t, nil, "viewers", "-n", strconv.Itoa(viewers), "-listen", address, "-protocol", "jpeg", "-settle", "0s", "-for", "200ms")
	running.Wait()
	var w watched
	if err := json.Unmarshal([]byte(out), &w); status != 0 || err != nil {
		t.Fatalf("status %d, %s, %v", status, said, err)
	}
	if w.Frames < 4 || w.Lost < w.Frames/4 || w.Lost > w.Frames/2 || w.Delivered+w.Lost != viewers*w.Frames {
		t.Errorf("%+v", w)
	}
}

// TestViewersThatAreLeft fails when a sender goes while it is watched.
func TestViewersThatAreLeft(t *testing.T) {
	pictures, _ := encoded(t, config.Size{Width: 128, Height: 128}, 1)
	address := freeAddress(t)
	var running sync.WaitGroup
	running.Go(func() {
		for {
			if conn, err := net.Dial("tcp", address); err == nil {
				_, err := conn.Write(pictures[0])
				if err := errors.Join(err, conn.Close()); err != nil {
					t.Error(err)
				}
				return
			}
		}
	})
	status, _, said := call(t, nil, "viewers", "-listen", address, "-protocol", "jpeg", "-for", "1ms")
	running.Wait()
	if status != 1 || !strings.Contains(said, "marker viewers: viewer 0: EOF") {
		t.Errorf("status %d, %s", status, said)
	}
}

// TestFirst waits for the first picture of senders that come later, by both protocols and from both ends.
func TestFirst(t *testing.T) {
	for _, protocol := range []string{"framewire", "bytes"} {
		for _, end := range []string{"listen", "dial"} {
			t.Run(protocol+" "+end, func(t *testing.T) {
				address := freeAddress(t)
				began := time.Now()
				var running sync.WaitGroup
				running.Go(func() {
					status, out, said := call(t, nil, "first", "-"+end, address, "-protocol", protocol)
					at, err := strconv.ParseInt(strings.TrimSpace(out), 10, 64)
					if status != 0 || err != nil || !time.Unix(0, at).After(began) {
						t.Errorf("status %d, %q, %s", status, out, said)
					}
				})
				switch {
				case protocol == "bytes":
					l, dialled := other(t, end, address)
					defer l.Close()
					if _, err := dialled.Write([]byte{1}); err != nil {
						t.Error(err)
					}
					defer dialled.Close()
				case end == "listen":
					stream(t, func(c *tcp.SendConfig) { c.Dial = address })
				default:
					stream(t, func(c *tcp.SendConfig) { c.Listen = address })
				}
				running.Wait()
			})
		}
	}
}

// other is the other end of a connection: the one that dials an end that listens, and the other way round.
func other(t *testing.T, end, address string) (io.Closer, net.Conn) {
	t.Helper()
	if end == "dial" {
		l, err := net.Listen("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		conn, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		return l, conn
	}
	for {
		if conn, err := net.Dial("tcp", address); err == nil {
			return conn, conn
		}
	}
}
