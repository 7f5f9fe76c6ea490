//go:build opencv

package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"testing"

	"framewire/pipeline"
	"framewire/sources/internal/pace"
)

// What opening takes, threads, files and memory, is given back.
func TestNothingIsLeftOpen(t *testing.T) {
	flat := ffmpeg(t, "flat.mp4", "-f", "lavfi", "-i", patternClip, "-c:v", "mpeg4")
	clips := []string{
		ffmpeg(t, "clip.mp4", "-f", "lavfi", "-i", patternClip, "-c:v", "libx264", "-pix_fmt", "yuv420p"),
		ffmpeg(t, "clip.mov", "-f", "lavfi", "-i", patternClip, "-c:v", "mjpeg"),
		ffmpeg(t, "turned.mp4", "-i", flat, "-c", "copy", "-metadata:s:v:0", "rotate=90"),
		written(t, "noise.mp4", []byte("\x00\x00\x00\x20ftypisom and then nothing of a video")),
		written(t, "list.m3u8", []byte("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nx.ts\n")),
	}
	round := func() (played int) {
		for _, path := range clips {
			env := testEnv()
			env.Want = []pipeline.Format{wantBGR}
			s := newSource(Config{Path: path, Pace: pace.Fast}, env)
			if err := s.Open(t.Context()); err != nil {
				continue
			}
			f, err := s.Read(t.Context())
			if err == nil {
				f.Release()
				played++
			}
			if err := errors.Join(err, s.Close()); err != nil {
				t.Fatal(err)
			}
		}
		return played
	}
	for range 3 {
		if n := round(); n != 3 {
			t.Fatalf("%d clips play, want 3", n)
		}
	}
	files, threads, memory := usage(t)
	for range 30 {
		round()
	}
	moreFiles, moreThreads, moreMemory := usage(t)
	if moreFiles > files+5 || moreThreads > threads+15 || moreMemory > memory+24<<10 {
		t.Errorf("after 30 rounds %d files, %d threads, %d KB; before %d, %d, %d", moreFiles, moreThreads, moreMemory, files, threads, memory)
	}
}

// usage gives the process's open files, threads, and kilobytes in memory.
func usage(t *testing.T) (files, threads, memory int) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("looks into /proc")
	}
	runtime.GC()
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	status, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	var total, resident int
	if _, err := fmt.Sscan(string(status), &total, &resident); err != nil {
		t.Fatal(err)
	}
	return len(open), len(tasks), resident * os.Getpagesize() / 1024
}

// A server that says nothing more holds neither Open nor Read when the context ends, nor Close.
func TestStuckServer(t *testing.T) {
	content, err := os.ReadFile(ffmpeg(t, "clip.ts", "-f", "lavfi", "-i", patternClip, "-c:v", "libx264", "-pix_fmt", "yuv420p"))
	if err != nil {
		t.Fatal(err)
	}
	leave := make(chan struct{})
	sent := make(chan struct{}, 2)
	url := serving(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(2*len(content)))
		_, _ = w.Write(content)
		w.(http.Flusher).Flush()
		sent <- struct{}{}
		<-leave
	})
	defer close(leave)
	ctx, cancel := context.WithCancel(t.Context())
	cancelled := make(chan struct{})
	go func() {
		defer close(cancelled)
		<-sent // to the look at the first bytes
		<-sent // to FFmpeg
		cancel()
	}()
	env := testEnv()
	env.Want = []pipeline.Format{wantI420}
	s := newSource(Config{Path: url + "/clip.ts", Pace: pace.Fast}, env)
	if err = s.Open(ctx); err == nil {
		for err == nil {
			var f *pipeline.Frame
			if f, err = s.Read(ctx); err == nil {
				f.Release()
			}
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if !errors.Is(err, context.Canceled) || env.Pool.Outstanding() != 0 {
		t.Errorf("got %v, %d frames left", err, env.Pool.Outstanding())
	}
	<-cancelled
}

func TestSilentTCPServer(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		conn, err := listener.Accept()
		if err != nil {
			t.Error(err)
			return
		}
		cancel()
		_, _ = io.Copy(io.Discard, conn) // until the other end closes
		_ = conn.Close()
	}()
	s := newSource(Config{Path: "tcp://" + listener.Addr().String(), Pace: pace.Fast}, testEnv())
	if err := s.Open(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	<-ended
}
