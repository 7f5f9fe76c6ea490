package motion

import (
	"context"
	"errors"
	"image"
	"time"

	"framewire/codecs/jpeg"
	"framewire/codecs/pixel"
	"framewire/pipeline"
)

// filter marks the frames of one stream.
type filter struct {
	cfg  Config
	env  pipeline.Env
	jpeg *jpeg.LumaDecoder
	tell teller

	begun    bool            // a picture was looked at
	format   pipeline.Format // of the stream, as the model knows it
	rotation int
	thumb    *thumbnail
	model    *model
	watched  []bool
	area     int // watched pixels

	looked time.Duration // PTS of the last picture that was looked at
	until  time.Duration // frames up to this PTS are marked
	moving bool          // the last frame was marked
}

var _ pipeline.Filter = (*filter)(nil)

var errOutside = errors.New("no region lies in it")

func newFilter(cfg Config, env pipeline.Env) (pipeline.Filter, error) {
	decoder, err := jpeg.NewLumaDecoder()
	if err != nil {
		return nil, err
	}
	return &filter{cfg: cfg, env: env, jpeg: decoder, tell: teller{env: env}}, nil
}

// Apply looks at the frame when it is time to, and marks it while something moves. A picture that cannot be
// read passes as it is.
func (m *filter) Apply(_ context.Context, f *pipeline.Frame) (*pipeline.Frame, error) {
	if f.PTS < m.looked { // the stream has begun anew
		m.begun, m.until = false, f.PTS-1
	}
	if !m.begun || f.PTS-m.looked >= m.interval(f) {
		m.look(f)
	}
	marked := m.moving && f.PTS <= m.until
	if m.moving && !marked {
		m.moving = false
		m.tell.ended(f)
	}
	if !marked || f.Meta.Motion {
		return f.Retain(), nil
	}
	out := f.Share()
	out.Meta.Motion = true
	return out, nil
}

// interval is the least time from one look to the next: a little less than what is asked for, since pictures
// do not come exactly in their time.
func (m *filter) interval(f *pipeline.Frame) time.Duration {
	every := m.cfg.Every
	if f.Format.Codec == pipeline.CodecJPEG {
		every = max(every, jpegEvery)
	}
	return every - every/10
}

// look finds out whether something moves.
func (m *filter) look(f *pipeline.Frame) {
	since := f.PTS - m.looked
	m.looked = f.PTS
	data, format, err := m.pixels(f)
	if err != nil {
		m.env.Counters.Errors.Add(1)
		m.tell.unreadable(err)
		return
	}
	if !m.begun || m.format != f.Format || m.rotation != f.Meta.Rotation || m.thumb.from != format {
		m.begin(f, format)
	}
	m.thumb.fill(data)
	moved := m.model.look(m.thumb.pix, m.watched, since)
	if moved == 0 {
		return
	}
	percent := 100 * float64(moved) / float64(m.area)
	if percent < m.cfg.Threshold {
		return
	}
	m.until = f.PTS + m.cfg.Hold
	if !m.moving {
		m.moving = true
		m.tell.begins(f, percent)
	}
}

// begin starts with a scene that nothing is known of.
func (m *filter) begin(f *pipeline.Frame, from pipeline.Format) {
	m.begun, m.format, m.rotation = true, f.Format, f.Meta.Rotation
	m.thumb = newThumbnail(from)
	m.model = newModel(m.cfg.Method, m.cfg.Sensitivity, m.thumb.width, m.thumb.height)
	size := image.Pt(f.Format.Width, f.Format.Height)
	m.watched, m.area = watched(m.cfg.Regions, size, m.rotation, m.thumb.width, m.thumb.height)
	if m.area == 0 {
		m.tell.unreadable(errOutside)
	}
}

// pixels gives the picture's brightness, or a raw picture that has it.
func (m *filter) pixels(f *pipeline.Frame) ([]byte, pipeline.Format, error) {
	if f.Format.Codec != pipeline.CodecJPEG {
		return f.Data, f.Format, pixel.Check(f)
	}
	if err := f.Format.Check(len(f.Data)); err != nil {
		return nil, pipeline.Format{}, err
	}
	return m.jpeg.Decode(f.Data, side)
}

// Close gives the decoder back.
func (m *filter) Close() error {
	m.jpeg.Close()
	return nil
}
