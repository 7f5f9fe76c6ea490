package main

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"syscall"
	"time"

	"framewire/pipeline"
)

// redial is between two tries to reach a sender that does not listen yet.
const redial = time.Millisecond

// first waits for a sender, which is started meanwhile, and prints when its first picture began to come, as Unix
// time in nanoseconds.
func first(s streams, args []string) error {
	set := flag.NewFlagSet("marker first", flag.ContinueOnError)
	dial := set.String("dial", "", "HOST:PORT on which the sender will listen; either this or listen")
	listen := set.String("listen", "", "HOST:PORT that the sender will dial")
	protocol := set.String("protocol", "framewire", "framewire, or bytes where whatever comes is a picture")
	if err := parse(s, set, args); err != nil {
		return err
	}
	if (*dial == "") == (*listen == "") {
		return usageError{errors.New("wants either -dial or -listen")}
	}
	if *protocol != "framewire" && *protocol != "bytes" {
		return usageError{fmt.Errorf("-protocol %q is not framewire or bytes", *protocol)}
	}
	conn, err := greet(*dial, *listen)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	at, err := begins(conn, *protocol, *dial != "")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.out, at.UnixNano())
	return err
}

// greet connects once, and tries again for as long as nobody listens.
func greet(dial, listen string) (net.Conn, error) {
	if listen != "" {
		l, err := bind(listen)
		if err != nil {
			return nil, err
		}
		defer l.Close()
		return l.Accept()
	}
	until := time.Now().Add(patience)
	for {
		conn, err := net.Dial("tcp", dial)
		if !errors.Is(err, syscall.ECONNREFUSED) || time.Now().After(until) {
			return conn, err
		}
		time.Sleep(redial)
	}
}

// begins waits for the first byte of a picture, or with framewire's protocol for a whole one.
func begins(conn net.Conn, protocol string, dialled bool) (time.Time, error) {
	if protocol == "bytes" {
		_, err := conn.Read(make([]byte, 1))
		return time.Now(), err
	}
	stream, err := newFramewireStream(conn, dialled, new(album), pipeline.NewPool())
	if err != nil {
		return time.Time{}, err
	}
	defer stream.close()
	_, err = stream.next()
	return time.Now(), err
}
