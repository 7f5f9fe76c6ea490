package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"framewire/pipeline"
	"framewire/sources/file/demux"
)

// target is what is to be played: a local file, or a URL.
type target struct {
	path string   // for the operating system, or for FFmpeg
	url  *url.URL // nil for a local file
}

// input is an opened target.
type input struct {
	io.ReadCloser
	live  bool         // a camera's stream, which has no end
	sized bool         // the server told how long it is, so that it is a file
	seeks bool         // the server gave the part that was asked for
	stop  func() error // makes a Read that waits for the network return; nil for a local file
}

// schemes are the kinds of URL that can be played: file from here, the others by FFmpeg too.
func schemes() []string {
	return []string{"file", "http", "https", "rtsp", "rtsps", "rtmp", "rtmps", "rtp", "srt", "tcp", "udp"}
}

// schemeOf gives the kind of a URL in lower case, and what follows "://". It is empty for a file, whose
// drive on Windows is one letter.
func schemeOf(path string) (scheme, rest string) {
	scheme, rest, ok := strings.Cut(path, "://")
	scheme = strings.ToLower(scheme)
	if !ok || len(scheme) < 2 || strings.Trim(scheme, "abcdefghijklmnopqrstuvwxyz0123456789+.-") != "" {
		return "", path
	}
	return scheme, rest
}

// parseTarget tells files from URLs. file:// is a file.
func parseTarget(path string) (target, error) {
	scheme, rest := schemeOf(path)
	if scheme == "" || scheme == "file" {
		return target{path: rest}, nil
	}
	u, err := url.Parse(path)
	if err != nil {
		return target{}, fmt.Errorf("%s is not a URL that can be read: write it like http://host:port/clip.mp4", shown(path))
	}
	if u.Host == "" {
		return target{}, fmt.Errorf("%s names no host: write it like http://host:port/clip.mp4", shown(path))
	}
	return target{path: path, url: u}, nil
}

// isWeb reports whether the target is on a web server, and may be a file there.
func (t target) isWeb() bool {
	return t.url != nil && (t.url.Scheme == "http" || t.url.Scheme == "https")
}

// String gives the target as it may be shown: without a password.
func (t target) String() string { return shown(t.path) }

// shown hides the password of a URL.
func shown(path string) string {
	if !strings.Contains(path, "://") {
		return path
	}
	if u, err := url.Parse(path); err == nil && u.User != nil {
		return u.Redacted()
	} else if err == nil {
		return path
	}
	scheme, rest, _ := strings.Cut(path, "://")
	return scheme + "://" + rest[strings.LastIndexByte(rest, '@')+1:]
}

// openInput opens a local file or an http URL.
func (t target) openInput(ctx context.Context) (*input, error) {
	if t.url != nil {
		return t.get(ctx)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	info, err := os.Stat(t.path)
	if err != nil {
		return nil, t.explain(err)
	}
	switch mode := info.Mode(); {
	case !mode.IsRegular():
		return nil, fmt.Errorf("%s is a device or a pipe, not a file (a camera is for `type: camera`)", t)
	case info.Size() == 0:
		return nil, fmt.Errorf("%s is empty: it has 0 bytes", t)
	}
	f, err := os.Open(t.path)
	if err != nil {
		return nil, t.explain(err)
	}
	return &input{ReadCloser: f}, nil
}

// explain says what to do about a file that cannot be opened.
func (t target) explain(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist) && filepath.IsAbs(t.path):
		return fmt.Errorf("%s: no such file: check the path", t)
	case errors.Is(err, fs.ErrNotExist):
		here, _ := os.Getwd()
		return fmt.Errorf("%s: no such file in %s: check the path, or write all of it", t, here)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s: permission denied: make it readable, for example with `chmod a+r %s`", t, t)
	}
	return fmt.Errorf("open %s: %w", t, err)
}

// checkHead refuses what FFmpeg would take for a video although it is none: text, which it draws as ANSI art.
func (t target) checkHead(r *demux.Tape) error {
	head, err := r.Peek(512)
	if len(head) == 0 {
		if t.url != nil {
			return lost("%s sends nothing: %w", t, err)
		}
		return fmt.Errorf("read %s: %w", t, err)
	}
	if isText(head) {
		line, _, _ := strings.Cut(strings.TrimSpace(string(head)), "\n")
		if len(line) > 40 {
			line = strings.ToValidUTF8(line[:40], "") + "..."
		}
		return fmt.Errorf("%s is a text file, not a video: it begins with %q", t, line)
	}
	return nil
}

// isText reports whether bytes are text, other than the playlists that FFmpeg plays.
func isText(head []byte) bool {
	for _, playlist := range []string{"#EXTM3U", "<?xml", "<MPD", "v=0", "ffconcat", "YUV4MPEG2"} {
		if strings.HasPrefix(string(head), playlist) {
			return false
		}
	}
	for len(head) > 0 {
		c, n := utf8.DecodeRune(head)
		if c == utf8.RuneError && n == 1 && (utf8.FullRune(head) || len(head) > 3) || c < ' ' && c != '\n' && c != '\r' && c != '\t' {
			return false
		}
		head = head[n:]
	}
	return true
}

// reachable tries the connection of a URL that only FFmpeg can read, so that the message is ours.
func (t target) reachable(ctx context.Context) error {
	ports := map[string]string{"rtsp": "554", "rtsps": "322", "rtmp": "1935"}
	port, ok := ports[t.url.Scheme]
	if !ok {
		return nil // nothing to try, as with udp
	}
	if p := t.url.Port(); p != "" {
		port = p
	}
	dialer := net.Dialer{Timeout: 5 * time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(t.url.Hostname(), port))
	if err != nil {
		return lost("%s does not answer: %w", t, err)
	}
	return conn.Close()
}

// lost words an error after which the URL is opened again.
func lost(format string, args ...any) error {
	return fmt.Errorf(format+": %w", append(args, pipeline.ErrLost)...)
}
