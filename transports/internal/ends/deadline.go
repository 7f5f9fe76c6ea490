package ends

import "time"

// Deadline says when a connection's deadline has to be moved. Since that costs a timer, one that has half of its time
// left stays.
type Deadline struct{ stays time.Time }

// Due reports whether the deadline is to be moved now, to span from now.
func (d *Deadline) Due(now time.Time, span time.Duration) bool {
	if now.Before(d.stays) {
		return false
	}
	d.stays = now.Add(span / 2)
	return true
}

// Passed takes note that the deadline has passed, or has to be moved for another reason.
func (d *Deadline) Passed() { d.stays = time.Time{} }
