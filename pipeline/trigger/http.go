package trigger

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"github.com/hashicorp/go-hclog"
	"golang.org/x/net/netutil"
)

// What a request may cost.
const (
	maxConns   = 16
	maxHeader  = 8 << 10 // bytes
	maxRequest = 5 * time.Second
)

// serve opens the address and answers requests until Close.
func (t *Triggers) serve(ctx context.Context, at string, log hclog.Logger) error {
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", at)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("listen %s: the address is in use by another program or another pipeline: choose another port", at)
	}
	if err != nil {
		return fmt.Errorf("listen %s: %w", at, err)
	}
	server := &http.Server{
		Handler:        t.handler(),
		ReadTimeout:    maxRequest,
		WriteTimeout:   maxRequest,
		MaxHeaderBytes: maxHeader,
		ErrorLog:       log.StandardLogger(&hclog.StandardLoggerOptions{ForceLevel: hclog.Debug}),
	}
	t.close = server.Close
	t.wg.Go(func() {
		_ = server.Serve(netutil.LimitListener(listener, maxConns)) // it returns when it is closed
	})
	log.Info("a POST is a trigger", "url", "http://"+listener.Addr().String()+"/trigger")
	return nil
}

// handler answers POST /trigger.
func (t *Triggers) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /trigger", func(w http.ResponseWriter, _ *http.Request) {
		t.fire(HTTP)
		w.WriteHeader(http.StatusAccepted)
		io.WriteString(w, "triggered\n") // who asked may be gone
	})
	mux.HandleFunc("/trigger", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, fmt.Sprintf("use POST: curl -X POST http://%s/trigger", r.Host), http.StatusMethodNotAllowed)
	})
	foreign := http.NewCrossOriginProtection()
	foreign.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "a page of another site may not trigger", http.StatusForbidden)
	}))
	return onThisMachine(foreign.Handler(mux))
}

// onThisMachine refuses requests that name another machine in their Host header: a page whose name was made
// to lead here.
func onThisMachine(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = strings.Trim(r.Host, "[]")
		}
		if !isHere(host) {
			http.Error(w, "the Host header does not name this machine: use 127.0.0.1", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}
