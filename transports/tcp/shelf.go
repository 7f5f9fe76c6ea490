package tcp

import "slices"

const (
	maxShelved      = 4
	maxShelvedBytes = 128 << 20
)

// shelf holds what came of photos whose connection broke, where no output of the chain keeps parts.
// The goroutine that reads uses it.
type shelf struct{ parts []*incoming } // oldest first

// put takes a part over. The oldest ones make room.
func (s *shelf) put(t *incoming) {
	s.parts = append(s.parts, t)
	for s.bytes() > maxShelvedBytes || len(s.parts) > maxShelved {
		s.parts[0].frame.Release()
		s.parts = slices.Delete(s.parts, 0, 1)
	}
}

func (s *shelf) bytes() (n int) {
	for _, t := range s.parts {
		n += len(t.frame.Data)
	}
	return n
}

// take gives the part of the photo with that content, or nil.
func (s *shelf) take(sum [32]byte, size int64) *incoming {
	for i, t := range s.parts {
		if t.offer.Sum == sum && t.offer.Size == size {
			s.parts = slices.Delete(s.parts, i, i+1)
			return t
		}
	}
	return nil
}

func (s *shelf) clear() {
	for _, t := range s.parts {
		t.frame.Release()
	}
	s.parts = nil
}
