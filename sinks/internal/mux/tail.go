package mux

import "errors"

// tail appends to a file. What an element holds is written first and its head last, so that a kill between
// the two leaves no element that looks whole.
type tail struct {
	file File
	end  int64 // of the last whole element
}

// append writes an element at the end. Of one that does not fit nothing stays.
func (t *tail) append(head []byte, body ...[]byte) error {
	end := t.end + int64(len(head))
	for _, part := range body {
		if len(part) == 0 {
			continue
		}
		if err := t.put(part, end); err != nil {
			return err
		}
		end += int64(len(part))
	}
	if err := t.put(head, t.end); err != nil {
		return err
	}
	t.end = end
	return nil
}

func (t *tail) put(part []byte, at int64) error {
	if _, err := t.file.WriteAt(part, at); err != nil {
		return errors.Join(err, t.file.Truncate(t.end))
	}
	return nil
}

// edge is where the last whole element ends.
func (t *tail) edge() int64 { return t.end }

// Size is the same, where nothing waits to be written.
func (t *tail) Size() int64 { return t.end }
