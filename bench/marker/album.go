package main

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"sync"
	"time"

	"framewire/pipeline"
	"framewire/sources/testpattern"
)

// origin is where a picture comes from.
type origin struct {
	number   uint64
	captured time.Time
}

// album knows the origin of each picture that any viewer saw, by a key. It is safe for concurrent use, and the
// zero album is ready.
type album struct {
	mu      sync.Mutex
	origins map[uint64]origin
	unread  map[uint64][]byte // JPEG pictures whose marker nobody has read yet
}

// put notes the origin of a picture.
func (a *album) put(key uint64, o origin) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.origins == nil {
		a.origins = make(map[uint64]origin)
	}
	a.origins[key] = o
}

// keep keeps a picture the first time it comes. Its marker is read later, when nothing is measured any more.
func (a *album) keep(key uint64, picture []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.unread == nil {
		a.unread = make(map[uint64][]byte)
	}
	if _, known := a.unread[key]; !known {
		a.unread[key] = bytes.Clone(picture)
	}
}

// develop gives the origins of all pictures, those of JPEG pictures from their markers.
func (a *album) develop() (map[uint64]origin, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for key, picture := range a.unread {
		m, err := glance(picture)
		if err != nil {
			return nil, fmt.Errorf("a picture of %d bytes: %w", len(picture), err)
		}
		if a.origins == nil {
			a.origins = make(map[uint64]origin)
		}
		a.origins[key] = origin{m.Seq, m.Captured}
	}
	a.unread = nil
	return a.origins, nil
}

// upper is how many rows of a picture hold the marker, at most, in the sizes that are streamed to viewers.
const upper = 64

// maxPixels bounds a picture that a marker is read from.
const maxPixels = 100_000_000

// glance reads the marker of a baseline JPEG picture. It decodes the upper rows alone: with another height in its
// frame header (ITU-T T.81, B.2.2) the picture ends earlier.
func glance(picture []byte) (testpattern.Marker, error) {
	config, err := jpeg.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		return testpattern.Marker{}, err
	}
	short := bytes.Clone(picture)
	header := bytes.Index(short, []byte{0xFF, 0xC0})
	if header < 0 || header+6 >= len(short) || config.Height < upper || config.Width*config.Height > maxPixels {
		return testpattern.Marker{}, fmt.Errorf("a baseline JPEG of %d rows to %d pixels is wanted, this has %dx%d", upper, maxPixels, config.Width, config.Height)
	}
	short[header+5], short[header+6] = 0, upper
	decoded, err := jpeg.Decode(bytes.NewReader(short))
	if err != nil {
		return testpattern.Marker{}, err
	}
	colour, ok := decoded.(*image.YCbCr)
	if !ok {
		return testpattern.Marker{}, errors.New("a JPEG without colour")
	}
	f := &pipeline.Frame{Format: pipeline.Raw(pipeline.LayoutGray, config.Width, config.Height)}
	f.Data = make([]byte, f.Format.Bytes())
	for y := range upper {
		copy(f.Data[y*config.Width:][:config.Width], colour.Y[y*colour.YStride:])
	}
	return testpattern.ReadMarker(f)
}
