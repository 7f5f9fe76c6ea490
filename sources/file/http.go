package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"framewire/sources/file/demux"
)

// silence is how long a server may send nothing before the connection counts as lost.
const silence = 10 * time.Second

// stream is the body of an http answer that is given up when nothing comes for a while.
type stream struct {
	body   io.ReadCloser
	cancel context.CancelFunc
	watch  *time.Timer
	client *http.Client
}

// get opens an http or https URL.
func (t target) get(ctx context.Context) (*input, error) {
	return t.request(ctx, "")
}

// request opens an http or https URL with a Range header (RFC 9110, section 14.2), or in whole where that is
// empty.
func (t target) request(ctx context.Context, part string) (*input, error) {
	life, cancel := context.WithCancel(context.WithoutCancel(ctx))
	release := context.AfterFunc(ctx, cancel)
	defer release()

	client := &http.Client{Transport: &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		TLSHandshakeTimeout:   5 * time.Second,
		ResponseHeaderTimeout: silence,
		DisableKeepAlives:     true,
	}}
	request, err := http.NewRequestWithContext(life, http.MethodGet, t.path, nil)
	if err != nil {
		cancel()
		return nil, fmt.Errorf("%s is not a URL that can be read: write it like http://host:port/clip.mp4", t)
	}
	if part != "" {
		request.Header.Set("Range", part)
	}
	answer, err := client.Do(request)
	if err != nil {
		cancel()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, lost("%s does not answer: %w", t, errors.Unwrap(err))
	}
	seeks := part != "" && answer.StatusCode == http.StatusPartialContent
	if answer.StatusCode != http.StatusOK && !seeks {
		cancel()
		return nil, errors.Join(refused(t, answer.Status, answer.StatusCode), answer.Body.Close())
	}
	s := &stream{body: answer.Body, cancel: cancel, client: client}
	s.watch = time.AfterFunc(silence, cancel)
	kind := strings.ToLower(answer.Header.Get("Content-Type"))
	return &input{
		ReadCloser: s,
		live:       strings.HasPrefix(kind, "multipart/") || answer.ContentLength < 0 && len(answer.TransferEncoding) == 0,
		stop:       func() error { cancel(); return nil },
		sized:      answer.ContentLength >= 0,
		seeks:      seeks,
	}, nil
}

// refused words an answer that is no video. A server that is out of order may recover.
func refused(t target, status string, code int) error {
	if code >= 500 || code == http.StatusTooManyRequests || code == http.StatusRequestTimeout {
		return lost("%s answers %q", t, status)
	}
	hint := "check the URL"
	if code == http.StatusUnauthorized || code == http.StatusForbidden {
		hint = "it may need http://user:password@host/..."
	}
	return fmt.Errorf("%s answers %q: %s", t, status, hint)
}

// Read reads the body. Every error but a clean end wraps demux.ErrBroken.
func (s *stream) Read(p []byte) (int, error) {
	s.watch.Reset(silence)
	n, err := s.body.Read(p)
	if err != nil && err != io.EOF {
		err = fmt.Errorf("%w: %w", demux.ErrBroken, err)
	}
	return n, err
}

// Close ends the connection.
func (s *stream) Close() error {
	s.watch.Stop()
	s.cancel()
	err := s.body.Close()
	s.client.CloseIdleConnections()
	return err
}
