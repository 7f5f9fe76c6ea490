package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"framewire/pipeline"
	"framewire/sources/file/demux"
	"framewire/sources/file/demux/demuxtest"
)

func reader(r io.Reader) *demux.Tape { return demux.NewTape(r) }

func serving(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

func TestHTTP(t *testing.T) {
	for name, content := range map[string][]byte{
		"clip.mkv":   demuxtest.Matroska(demuxtest.Photos(t, 20), demuxtest.MatroskaOptions{}),
		"clip.avi":   demuxtest.AVI(demuxtest.Photos(t, 20), demuxtest.AVIOptions{}),
		"clip.mjpeg": bytes.Join(demuxtest.Photos(t, 20), nil),
	} {
		url := serving(t, func(w http.ResponseWriter, r *http.Request) {
			http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
		})
		got := pictures(t, playing(t, url+"/"+name))
		if len(got) != 20 || got[19].pts != 760*ms {
			t.Fatalf("%s: %d pictures, want 20 up to 760ms", name, len(got))
		}
	}
}

func TestHTTPChunkedFileEnds(t *testing.T) {
	content := demuxtest.Matroska(demuxtest.Photos(t, 20), demuxtest.MatroskaOptions{})
	url := serving(t, func(w http.ResponseWriter, _ *http.Request) {
		for part := range bytes.SplitAfterSeq(content, []byte{0xFF, 0xD9}) {
			_, _ = w.Write(part)
			w.(http.Flusher).Flush()
		}
	})
	if got := pictures(t, playing(t, url)); len(got) != 20 {
		t.Errorf("%d pictures, want 20", len(got))
	}
}

func TestHTTPBrokenConnectionIsLost(t *testing.T) {
	content := demuxtest.Matroska(demuxtest.Photos(t, 20), demuxtest.MatroskaOptions{})
	url := serving(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(len(content)))
		_, _ = w.Write(content[:len(content)/2])
	})
	s := playing(t, url)
	n := 0
	for {
		f, err := s.Read(t.Context())
		if err != nil {
			if !errors.Is(err, pipeline.ErrLost) || !strings.HasPrefix(err.Error(), url+": connection broken") {
				t.Errorf("got %v, want ErrLost", err)
			}
			break
		}
		n++
		f.Release()
	}
	if n < 5 || n > 15 {
		t.Errorf("%d pictures of half of the clip", n)
	}
}

func TestHTTPAnswers(t *testing.T) {
	for code, want := range map[int]struct {
		text string
		lost bool
	}{
		404: {`answers "404 Not Found": check the URL`, false},
		401: {`answers "401 Unauthorized": it may need http://user:password@host/...`, false},
		503: {`answers "503 Service Unavailable": lost`, true},
	} {
		url := serving(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) })
		cfg := Defaults()
		cfg.Path = strings.Replace(url, "http://", "http://me:secret@", 1)
		_, err := opened(t, cfg)
		if err == nil || !strings.HasSuffix(err.Error(), want.text) || errors.Is(err, pipeline.ErrLost) != want.lost {
			t.Errorf("%d: %v, want %s", code, err, want.text)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("the password is shown: %v", err)
		}
	}
}

func TestRefusedConnectionIsLost(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	for _, scheme := range []string{"http", "rtsp"} {
		cfg := Defaults()
		cfg.Path = scheme + "://" + address + "/clip"
		if _, err := opened(t, cfg); !errors.Is(err, pipeline.ErrLost) || !strings.HasPrefix(err.Error(), cfg.Path+" does not answer: ") {
			t.Errorf("%s: %v", scheme, err)
		}
	}
}

// An IP camera's stream has no end and no times of its own.
func TestHTTPCameraStream(t *testing.T) {
	leave := make(chan struct{})
	url := serving(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=frame")
		for i := range 5 {
			image := demuxtest.Photo(t, i)
			fmt.Fprintf(w, "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n", len(image), image)
			// The demuxer looks 4096 bytes ahead at first.
			fmt.Fprintf(w, "--frame\r\nX-Padding: %s\r\n\r\n", strings.Repeat(".", 4096))
		}
		w.(http.Flusher).Flush()
		<-leave
	})
	cfg := Defaults() // pace realtime: it must not wait for anything but the camera
	cfg.Path = url
	s, err := opened(t, cfg)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		f, err := s.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(f.Data, demuxtest.Photo(t, i)) {
			t.Errorf("picture %d is another", i)
		}
		f.Release()
	}
	ctx, cancel := context.WithCancel(t.Context())
	stopped := make(chan error)
	go func() {
		_, err := s.Read(ctx)
		stopped <- err
	}()
	cancel()
	if err := <-stopped; !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled wait for the network: %v", err)
	}
	close(leave)
}

func TestHTTPCameraThatEndsIsLost(t *testing.T) {
	url := serving(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=frame")
		fmt.Fprintf(w, "--frame\r\n\r\n%s\r\n--frame--", demuxtest.Photo(t, 0))
	})
	s := playing(t, url)
	f, err := s.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f.Release()
	if _, err := s.Read(t.Context()); !errors.Is(err, pipeline.ErrLost) {
		t.Errorf("got %v, want ErrLost", err)
	}
}

func TestSilentServerIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		body, server := io.Pipe()
		s := &stream{body: body, client: &http.Client{}, cancel: func() { _ = server.CloseWithError(context.Canceled) }}
		s.watch = time.AfterFunc(silence, s.cancel)
		go func() { _, _ = server.Write([]byte("x")) }()
		begun := time.Now()
		got, err := io.ReadAll(s)
		if string(got) != "x" || !errors.Is(err, demux.ErrBroken) || time.Since(begun) != silence {
			t.Errorf("%q and %v after %s", got, err, time.Since(begun))
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}
