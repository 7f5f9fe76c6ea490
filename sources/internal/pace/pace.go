// Package pace is the setting that sources have in common whose pictures could come faster than they should.
package pace

import "fmt"

// Pace says how quickly pictures come.
type Pace string

// The paces.
const (
	Realtime Pace = "realtime" // when they are due; a live stream
	Fast     Pace = "fast"     // as quickly as the chain takes them; nothing is dropped
)

// UnmarshalText accepts the names that a config may use.
func (p *Pace) UnmarshalText(text []byte) error {
	switch v := Pace(text); v {
	case Realtime, Fast:
		*p = v
		return nil
	}
	return fmt.Errorf("%q is none of realtime, fast", text)
}
