//go:build unix

package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io/fs"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// These tests send photos between two processes and disturb them. In the end both folders have to be equal by
// SHA-256, to the last hidden file.

// photoSeed is what everything that is chosen at random comes of.
const photoSeed = 20261123

// chunk is the most that a broken connection may cost to send again.
const chunk = 1 << 20

// noisePhoto makes a JPEG file of exactly that size which nothing can compress: a picture of noise, of no more bytes
// than are made quickly, and comments of noise for what is missing.
func noisePhoto(t *testing.T, size int, seed uint64) []byte {
	t.Helper()
	var key [32]byte
	binary.BigEndian.PutUint64(key[:], photoSeed)
	binary.BigEndian.PutUint64(key[8:], seed)
	noise := rand.NewChaCha8(key)
	side := int(math.Sqrt(max(float64(min(size, 8_000)-1000)/0.85, 1)))
	m := image.NewGray(image.Rect(0, 0, side, side))
	_, _ = noise.Read(m.Pix)
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, m, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	out := append(make([]byte, 0, size), buf.Bytes()[:2]...)
	for missing := size - buf.Len(); missing > 0; missing = size - buf.Len() - len(out) + 2 {
		segment := make([]byte, min(missing, 65537))
		if left := missing - len(segment); left > 0 && left < 4 {
			segment = segment[:len(segment)-4]
		}
		_, _ = noise.Read(segment)
		copy(segment, "\xff\xfe")
		binary.BigEndian.PutUint16(segment[2:], uint16(len(segment)-2))
		out = append(out, segment...)
	}
	if out = append(out, buf.Bytes()[2:]...); len(out) != size {
		t.Fatalf("a photo of %d bytes has %d", size, len(out))
	}
	return out
}

// album fills a folder with photos of those sizes, some of them in folders of their own where deep says so. It gives
// the bytes of all.
func album(t *testing.T, dir string, deep bool, sizes ...int) (total int64) {
	t.Helper()
	for i, size := range sizes {
		name := fmt.Sprintf("IMG %04d.jpg", i)
		if deep && i%3 > 0 {
			name = fmt.Sprintf("Reise %d/%s/%s", i%7, strings.Repeat("t/", i%3-1), name)
		}
		put(t, filepath.Join(dir, name), noisePhoto(t, size, uint64(i)))
		total += int64(size)
	}
	return total
}

// put writes a file, and the folders that it needs.
func put(t *testing.T, file string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// sums gives the SHA-256 of every file below a folder, hidden ones too, by its name, and folders with nothing in
// them; only a sender's journal is left out.
func sums(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		name, _ := filepath.Rel(dir, path)
		switch {
		case err != nil, e.Name() == ".framewire-journal":
			return err
		case e.IsDir():
			if inside, err := os.ReadDir(path); len(inside) == 0 && path != dir {
				all[name] = "nothing"
				return err
			}
			return nil
		}
		data, err := os.ReadFile(path)
		all[name] = fmt.Sprintf("%x", sha256.Sum256(data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// arrived counts the files below a folder that have come whole.
func arrived(t *testing.T, dir string) (n int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			n++
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil // gone meanwhile, or not there yet
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// equalFolders checks that two folders hold the same files.
func equalFolders(t *testing.T, dir, sent, received string) {
	t.Helper()
	want, got := sums(t, filepath.Join(dir, sent)), sums(t, filepath.Join(dir, received))
	if len(want) == 0 {
		t.Errorf("folder %s is empty", sent)
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		switch sum, ok := got[name]; {
		case !ok:
			t.Errorf("%s did not arrive", name)
		case sum != want[name]:
			t.Errorf("%s arrived with other bytes", name)
		}
		delete(got, name)
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		t.Errorf("%s is in %s, and was not sent", name, received)
	}
}

// photoSender starts the role with the folder `photos`, which receivers find at addr.
func photoSender(t *testing.T, dir, addr string, flags ...string) *process {
	t.Helper()
	return start(t, dir, append([]string{"run", role(t, "photo-sender.yaml"), "--set", "send.listen=" + addr}, flags...)...)
}

// listening has a receiver listen there, and dialling has a sender dial: it is connected as soon as it is started.
func listening(addr string) []string {
	return []string{"--set", "receive={type: tcp, listen: " + addr + "}"}
}

func dialling(addr string) []string { return []string{"--set", "send={type: tcp, dial: " + addr + "}"} }

// photoReceiver starts the role with the folder `received`, whose sender is at addr.
func photoReceiver(t *testing.T, dir, addr string, flags ...string) *process {
	t.Helper()
	return start(t, dir, append([]string{"run", role(t, "photo-receiver.yaml"), "--set", "receive.dial=" + addr}, flags...)...)
}

// sentOnce checks that no more was sent than all photos once, and one chunk for each time that it was disturbed.
func sentOnce(t *testing.T, p *photoProxy, total int64, times int) {
	t.Helper()
	chunks, _ := p.sent()
	if most := total + int64(times)*chunk; chunks < total || chunks > most {
		t.Errorf("%d bytes of photos were sent, of %d that they have; %d more may come of %d cuts", chunks, total, most-total, times)
	}
	t.Logf("%d bytes of %d were sent again, after %d cuts", chunks-total, total, times)
}

func TestThousandPhotosInFolders(t *testing.T) {
	t.Parallel()
	dir, addr := t.TempDir(), freeAddress(t)
	sizes := make([]int, 1000)
	random := rand.New(rand.NewPCG(photoSeed, 1))
	for i := range sizes {
		sizes[i] = 700 + random.IntN(20_000)
	}
	total := album(t, filepath.Join(dir, "photos"), true, sizes...)
	proxy := startPhotoProxy(t, &photoProxy{to: addr})
	sender := photoSender(t, dir, addr, "--set", "source.recursive=true")
	receiver := photoReceiver(t, dir, proxy.at)
	sender.ends(0)
	receiver.ends(0)
	equalFolders(t, dir, "photos", "received")
	sentOnce(t, proxy, total, 0)
	sender.says(0, "all photos are confirmed: photos=1000 bytes="+fmt.Sprint(total))

	// A second run has nothing to send.
	sender = photoSender(t, dir, addr, "--set", "source.recursive=true")
	receiver = photoReceiver(t, dir, proxy.at)
	sender.ends(0)
	receiver.ends(0)
	equalFolders(t, dir, "photos", "received")
	sentOnce(t, proxy, total, 0)
}
