package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"sync"
	"time"

	"framewire/pipeline/filesystem"
)

// How long a count of the files is believed: as long as there is room, and once there is none, since
// somebody may be making some. Counting takes a hundredth of the time at most, or a tenth.
const (
	believed = time.Minute
	doubted  = time.Second
)

// usage is what the files below the folder take up, without the Store's own, and what they may.
type usage struct {
	opts Options

	mu      sync.Mutex // held while a file gets its name and while they are counted, so that none is missed
	bytes   int64
	files   int
	counted time.Time
	took    time.Duration // by the last count
}

// Room reports with an error that wraps ErrRoom that a file with those bytes would break a limit. It drops
// parts of other files, the oldest first, where that helps.
func (s *Store) Room(ctx context.Context, c Content) error {
	err := s.fits(ctx, c.Size-s.parts.size(c.Sum), 1)
	if err == nil || s.fits(ctx, c.Size-s.parts.size(c.Sum)-s.parts.idle(c.Sum), 1) != nil {
		return err // also without them all
	}
	for err != nil && s.parts.dropOldest(c.Sum) {
		err = s.fits(ctx, c.Size-s.parts.size(c.Sum), 1)
	}
	return err
}

// fits reports whether so many bytes and files more keep the limits.
func (s *Store) fits(ctx context.Context, bytes int64, files int) error {
	u := s.usage
	u.mu.Lock()
	defer u.mu.Unlock()
	if time.Since(u.counted) > max(believed, 100*u.took) {
		if err := u.count(ctx, s.root); err != nil {
			return cause(err)
		}
	}
	err := u.exceeded(s.dir, bytes, s.parts.total(), files)
	if err != nil && time.Since(u.counted) > max(doubted, 10*u.took) {
		if err := u.count(ctx, s.root); err != nil {
			return cause(err)
		}
		err = u.exceeded(s.dir, bytes, s.parts.total(), files)
	}
	if err != nil || u.opts.MinFree == 0 {
		return err
	}
	free, err := filesystem.Free(s.dir)
	if err == nil && free-bytes < u.opts.MinFree {
		err = fmt.Errorf("%w for %s more: the disk of %s has %s free, and min_free is %s", ErrRoom, amount(bytes), s.dir, amount(free), amount(u.opts.MinFree))
	}
	return err
}

// Free reports with an error that wraps ErrFull that the disk has less room than those bytes need yet. Where nobody
// knows, it has.
func (s *Store) Free(c Content) error {
	more := c.Size - s.parts.size(c.Sum)
	if free, err := filesystem.Free(s.dir); err == nil && free < more {
		return fmt.Errorf("%w: %s needs %s more, and %s are free", ErrFull, s.dir, amount(more), amount(free))
	}
	return nil
}

// exceeded says which limit so much more would break, beside the files and so many bytes in parts.
func (u *usage) exceeded(dir string, bytes, parts int64, files int) error {
	if limit := u.opts.MaxFiles; limit > 0 && u.files+files > limit {
		return fmt.Errorf("%w: %s holds %d files, and max_files is %d", ErrRoom, dir, u.files, limit)
	}
	if limit, holds := u.opts.MaxBytes, u.bytes+parts; limit > 0 && holds+bytes > limit {
		return fmt.Errorf("%w for %s more: %s holds %s, and max_bytes is %s", ErrRoom, amount(bytes), dir, amount(holds), amount(limit))
	}
	return nil
}

// count walks through the folder, if there is a limit that asks for it. The caller holds mu.
func (u *usage) count(ctx context.Context, root *os.Root) error {
	if u.opts.MaxBytes == 0 && u.opts.MaxFiles == 0 {
		return nil
	}
	start := time.Now()
	var bytes int64
	files := 0
	err := fs.WalkDir(root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && name == ".":
			return err
		case err != nil:
			return nil // a folder that we may not look into, or that is gone
		case !e.Type().IsRegular() || strings.HasPrefix(path.Base(name), ownPrefix):
			return nil
		}
		info, err := e.Info()
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				err = nil
			}
			return err
		}
		bytes += info.Size()
		files++
		return nil
	})
	if err != nil {
		return err
	}
	u.bytes, u.files, u.counted, u.took = bytes, files, start, time.Since(start)
	return nil
}

// add counts a file of that size if give, which gives it its name, goes well.
func (u *usage) add(size int64, give func() error) error { return u.change(size, 1, give) }

// remove takes a file of that size off the count if take, which takes its name, goes well.
func (u *usage) remove(size int64, take func() error) { _ = u.change(-size, -1, take) }

func (u *usage) change(bytes int64, files int, do func() error) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	err := do()
	if err == nil {
		u.bytes += bytes
		u.files += files
	}
	return err
}

// amount writes a number of bytes for people: "30.1 MB".
func amount(n int64) string {
	const step = 1000
	if n < step {
		return fmt.Sprintf("%d bytes", n)
	}
	value, unit := float64(n)/step, 0
	for value >= step && unit < 4 {
		value /= step
		unit++
	}
	return fmt.Sprintf("%.1f %cB", value, "kMGTP"[unit])
}
