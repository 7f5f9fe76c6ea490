package pipeline

import (
	"errors"
	"fmt"
	"time"
)

// WhenFull says what an edge does with a frame for which it has no room.
type WhenFull string

// The policies of an edge.
const (
	// Auto blocks for frames of a lossless stream and drops the oldest of a live one.
	Auto       WhenFull = ""
	Block      WhenFull = "block"       // wait: the stages before it slow down
	DropOldest WhenFull = "drop_oldest" // make room by dropping the frame that waited longest
)

// UnmarshalText accepts the names that a config may use.
func (w *WhenFull) UnmarshalText(text []byte) error {
	switch v := WhenFull(text); v {
	case Block, DropOldest:
		*w = v
		return nil
	}
	return fmt.Errorf("%q is none of block, drop_oldest", text)
}

// Queue is the setting of the edge in front of a sink or a send.
type Queue struct {
	Size     int           `yaml:"size" doc:"frames that may wait; defaults to 2 on live edges and to what the sink needs elsewhere"`
	WhenFull WhenFull      `yaml:"when_full" enum:"block,drop_oldest" doc:"what happens to a frame that finds no room: block slows the stages before it down, drop_oldest drops the one that waited longest; defaults to block for streams that must arrive whole and to drop_oldest for live ones"`
	MaxAge   time.Duration `yaml:"max_age" doc:"frames older than this are dropped instead of handed on; 0 means no limit"`
}

// String tells the setting in words.
func (q Queue) String() string {
	text := fmt.Sprintf("queue of %d", q.Size)
	switch q.WhenFull {
	case Block:
		text += ", blocks when full"
	case DropOldest:
		text += ", drops the oldest when full"
	default:
		text += ", drops the oldest of a live stream and blocks for a lossless one"
	}
	if q.MaxAge > 0 {
		text += fmt.Sprintf(", nothing older than %s", q.MaxAge)
	}
	return text
}

// Validate reports all settings that make no sense.
func (q *Queue) Validate() error {
	var errs []error
	if q.Size < 0 || q.Size > 4096 {
		errs = append(errs, FieldErrorf("size", "", "%d is not between 0 and 4096", q.Size))
	}
	if q.MaxAge < 0 {
		errs = append(errs, FieldErrorf("max_age", "", "%s is below zero", q.MaxAge))
	}
	return errors.Join(errs...)
}
