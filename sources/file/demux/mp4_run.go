package demux

import "encoding/binary"

// trackRun is a track's part of a fragment while it is being read (ISO/IEC 14496-12, sections 8.8.7 to 8.8.12).
type trackRun struct {
	id   uint32
	base int64 // where offsets count from
	next int64 // behind the last picture
	time int64 // of the next picture, in ticks
	step uint32
	size uint32
}

// fields takes numbers of 32 and 64 bits from a box, and notes when there are too few.
type fields struct {
	data  []byte
	short bool
}

func (f *fields) u32() uint32 {
	if len(f.data) < 4 {
		f.short = true
		return 0
	}
	v := binary.BigEndian.Uint32(f.data)
	f.data = f.data[4:]
	return v
}

func (f *fields) u64() uint64 { return uint64(f.u32())<<32 | uint64(f.u32()) }

func (f *fields) skip(n int) {
	f.short = f.short || n > len(f.data)
	f.data = f.data[min(n, len(f.data)):]
}

func (f *fields) err() error {
	if f.short {
		return errSamples
	}
	return nil
}

// header reads a tfhd box.
func (r *trackRun) header(body []byte) error {
	f := fields{data: body}
	flags := f.u32()
	r.id = f.u32()
	if flags&0x1 != 0 {
		r.base = int64(f.u64() & (1<<60 - 1))
	}
	if flags&0x2 != 0 {
		f.u32()
	}
	if flags&0x8 != 0 {
		r.step = f.u32()
	}
	if flags&0x10 != 0 {
		r.size = f.u32()
	}
	return f.err()
}

// begin reads a tfdt box.
func (r *trackRun) begin(body []byte) error {
	f := fields{data: body}
	if version := f.u32() >> 24; version == 0 {
		r.time = int64(f.u32())
	} else {
		r.time = int64(f.u64() & (1<<62 - 1))
	}
	return f.err()
}

// samples adds the pictures of a trun box.
func (r *trackRun) samples(list []sample, body []byte) ([]sample, error) {
	f := fields{data: body}
	flags, count := f.u32(), f.u32()
	at := r.next
	if flags&0x1 != 0 || at == 0 {
		at = r.base
	}
	if flags&0x1 != 0 {
		at += int64(int32(f.u32()))
	}
	if flags&0x4 != 0 {
		f.u32()
	}
	if count > mostSamples || len(list)+int(count) > mostSamples {
		return list, errSamples
	}
	for range count {
		step, size, shift := r.step, r.size, int32(0)
		if flags&0x100 != 0 {
			step = f.u32()
		}
		if flags&0x200 != 0 {
			size = f.u32()
		}
		if flags&0x400 != 0 {
			f.u32()
		}
		if flags&0x800 != 0 {
			shift = int32(f.u32())
		}
		if f.short {
			return list, errSamples
		}
		if size > 0 {
			list = append(list, sample{at: at, size: int64(size), time: r.time + int64(shift)})
		}
		at += int64(size)
		r.time += int64(step)
	}
	r.next = at
	return list, nil
}
