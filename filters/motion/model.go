package motion

import (
	"math"
	"time"
)

// How the model of a scene follows it. The times are of the stream, so that a clip that is read quickly gives the
// same as the camera did.
const (
	learnTime = 5 * time.Second // in which what has not changed is learned by two thirds
	noiseTime = 10 * time.Second
	restTime  = 3 * time.Second // after which a thing that has come to rest is part of the scene
	slower    = 8               // how much longer both take where something has changed
	lightPart = 0.5             // of the whole picture: if more has changed at once it is the light
	one       = 256             // of the fixed point in which brightness is kept
)

// model is what a scene looks like, pixel by pixel of its thumbnail. In order, for each thumbnail:
//
//  1. The middle one of all differences is taken off: it is the camera's exposure, or a cloud.
//  2. A pixel has changed when its brightness is off by more than the sensitivity and three times its own noise.
//  3. When most of the picture has changed, the light has: the scene is learned anew and nothing moves.
//  4. Pixels that have changed without two of their four neighbours do not count: they are noise.
//  5. Pixels that have not changed are learned quickly, the others slowly, or at once when they rest.
type model struct {
	follow bool // what is compared with is the picture before
	limit  int  // least difference that counts, times one

	width   int
	scene   []int32 // brightness, times one
	noise   []int32 // mean distance from it, times one
	rest    []int32 // milliseconds for which a changed pixel has looked the same
	last    []byte  // the thumbnail before
	changed []bool
}

// newModel gives the model of a scene of that many pixels that nothing is known of yet.
func newModel(method Method, sensitivity, width, height int) *model {
	n := width * height
	return &model{
		follow: method == Difference,
		limit:  int(one * 4 * math.Exp2(float64(100-sensitivity)/25)), // 4 of 255 at 100, 16 at 50, 62 at 1
		width:  width,
		scene:  make([]int32, n), noise: make([]int32, n), rest: make([]int32, n), changed: make([]bool, n),
	}
}

// look compares a thumbnail, taken that long after the one before, with the scene, and learns from it. It gives the
// number of watched pixels that moved.
func (m *model) look(pix []byte, watched []bool, since time.Duration) (moved int) {
	if m.last == nil {
		m.last = make([]byte, len(pix))
		m.adopt(pix)
		return 0
	}
	if m.compare(pix) > int(lightPart*float64(len(pix))) {
		m.adopt(pix)
		return 0
	}
	moved = m.count(watched)
	m.learn(pix, since)
	return moved
}

// adopt takes a thumbnail for the scene.
func (m *model) adopt(pix []byte) {
	for i, v := range pix {
		m.scene[i] = int32(v) * one
		m.rest[i] = 0
	}
	copy(m.last, pix)
}

// compare finds the pixels that have changed, and says how many did.
func (m *model) compare(pix []byte) (n int) {
	exposure := m.exposure(pix)
	for i, v := range pix {
		off := distance(int32(v)*one, m.scene[i]+exposure)
		m.changed[i] = int(off) > m.limit+3*int(m.noise[i])
		if m.changed[i] {
			n++
		}
	}
	return n
}

// exposure is the middle one of all differences.
func (m *model) exposure(pix []byte) int32 {
	var histogram [511]int
	for i, v := range pix {
		histogram[255+int(v)-int(m.scene[i]+one/2)/one]++
	}
	below := 0
	for i, n := range histogram {
		if below += n; 2*below >= len(pix) {
			return int32(i-255) * one
		}
	}
	return 0
}

// count gives the number of watched pixels that have changed together with two of their neighbours.
func (m *model) count(watched []bool) (moved int) {
	at := func(i int) int {
		if i >= 0 && i < len(m.changed) && m.changed[i] {
			return 1
		}
		return 0
	}
	for i, changed := range m.changed {
		if !changed || !watched[i] {
			continue
		}
		neighbours := at(i-m.width) + at(i+m.width)
		if i%m.width > 0 {
			neighbours += at(i - 1)
		}
		if (i+1)%m.width > 0 {
			neighbours += at(i + 1)
		}
		if neighbours >= 2 {
			moved++
		}
	}
	return moved
}

// learn brings the scene nearer to a thumbnail.
func (m *model) learn(pix []byte, since time.Duration) {
	ms := int32(min(since, time.Minute).Milliseconds())
	scene, noise := share(since, learnTime), share(since, noiseTime)
	for i, v := range pix {
		now := int32(v) * one
		off := min(distance(now, m.scene[i]), int32(2*m.limit))
		if !m.changed[i] {
			m.rest[i] = 0
			m.scene[i] += int32(int64(now-m.scene[i]) * scene >> 16)
			m.noise[i] += int32(int64(off-m.noise[i]) * noise >> 16)
		} else {
			m.noise[i] += int32(int64(off-m.noise[i]) * noise / slower >> 16)
			m.scene[i] += int32(int64(now-m.scene[i]) * scene / slower >> 16)
			m.rest[i] += ms
			if int(distance(now, int32(m.last[i])*one)) > m.limit/2+2*int(m.noise[i]) {
				m.rest[i] = 0
			}
		}
		if m.follow || m.rest[i] >= int32(restTime.Milliseconds()) {
			m.scene[i], m.rest[i] = now, 0
		}
	}
	copy(m.last, pix)
}

// share is the part of a difference that is learned in a time, times 1<<16.
func share(since, all time.Duration) int64 {
	return int64(min(float64(since)/float64(all), 1) * (1 << 16))
}

func distance(a, b int32) int32 { return max(a-b, b-a) }
