package tcp

import (
	"bytes"
	"context"
	"crypto/sha256"
	"sync"
	"testing"

	"framewire/pipeline"
)

// album is a keeper's memory: it outlives the receivers that fill it, as a folder does.
type album struct {
	refuse func(pipeline.Offer) error             // from Have and Write
	wrote  func(ctx context.Context, n int) error // after the n-th photo is there

	mu     sync.Mutex
	photos map[string][]byte
	writes map[string]int // by name
	parts  map[[32]byte][]byte
	noPart bool
	asked  int // how often Have was called
}

func newAlbum() *album {
	return &album{photos: make(map[string][]byte), writes: make(map[string]int), parts: make(map[[32]byte][]byte)}
}

// page is one receiver's sink in front of an album.
type page struct{ *album }

var _ pipeline.Keeper = page{}

func (page) Open(context.Context) error { return nil }
func (page) Close() error               { return nil }

func (p page) Have(_ context.Context, o pipeline.Offer) (bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	if p.refuse != nil {
		if err := p.refuse(o); err != nil {
			return false, err
		}
	}
	data, ok := p.photos[o.Meta.Name]
	if !ok || sha256.Sum256(data) != o.Sum {
		return false, nil
	}
	delete(p.parts, o.Sum)
	return true, nil
}

func (p page) Part(o pipeline.Offer) (pipeline.Part, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.noPart {
		return nil, nil
	}
	return &albumPart{p.album, o.Sum}, nil
}

func (p page) Write(ctx context.Context, f *pipeline.Frame) error {
	p.mu.Lock()
	p.photos[f.Meta.Name] = bytes.Clone(f.Data)
	p.writes[f.Meta.Name]++
	n := len(p.photos)
	p.mu.Unlock()
	if p.wrote != nil {
		return p.wrote(ctx, n)
	}
	return nil
}

// albumPart is the beginning of a photo in an album.
type albumPart struct {
	a   *album
	sum [32]byte
}

func (p *albumPart) Size() int64 {
	p.a.mu.Lock()
	defer p.a.mu.Unlock()
	return int64(len(p.a.parts[p.sum]))
}

func (p *albumPart) ReadAt(b []byte, off int64) (int, error) {
	p.a.mu.Lock()
	defer p.a.mu.Unlock()
	return bytes.NewReader(p.a.parts[p.sum]).ReadAt(b, off)
}

func (p *albumPart) Write(b []byte) (int, error) {
	p.a.mu.Lock()
	defer p.a.mu.Unlock()
	p.a.parts[p.sum] = append(p.a.parts[p.sum], b...)
	return len(b), nil
}

func (p *albumPart) Discard() error {
	p.a.mu.Lock()
	defer p.a.mu.Unlock()
	delete(p.a.parts, p.sum)
	return nil
}

func (p *albumPart) Close() error { return nil }

// check fails unless the album has exactly these photos, each written once, and no parts.
func (a *album) check(t testing.TB, want []shot) {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.photos) != len(want) {
		t.Errorf("%d photos came, want %d", len(a.photos), len(want))
	}
	for _, photo := range want {
		if sha256.Sum256(a.photos[photo.name]) != sha256.Sum256(photo.data) {
			t.Errorf("%s is not what was sent", photo.name)
		}
		if n := a.writes[photo.name]; n != 1 {
			t.Errorf("%s was delivered %d times", photo.name, n)
		}
	}
	if len(a.parts) != 0 {
		t.Errorf("%d parts were left", len(a.parts))
	}
}
