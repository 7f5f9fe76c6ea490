package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"framewire/codecs/pixel"
	"framewire/pipeline"
	"framewire/pipeline/config"
	"framewire/sources/testpattern"
)

// tail is how much of a picture is written after its time is taken: what a pipe holds. All before it is in
// the reader's hands by then, so that the way through the pipe is not counted as the reader's.
const tail = 64 << 10

// feed writes pictures of the test pattern one after the other, and when each was complete to a file of stamps.
func feed(s streams, args []string) error {
	set := flag.NewFlagSet("marker feed", flag.ContinueOnError)
	size := config.Size{Width: 1920, Height: 1080}
	set.TextVar(&size, "size", size, "width and height in pixels")
	fps := set.Float64("fps", 30, "pictures a second")
	frames := set.Int("frames", 300, "pictures until the end")
	layout := set.String("layout", "i420", "i420 or bgr")
	stamps := set.String("stamps", "", "file for the number and time of each picture")
	keep := set.String("keep", "", "file for the pictures, as YUV4MPEG2, to compare with what arrives")
	if err := parse(s, set, args); err != nil {
		return err
	}
	to, err := layoutOf(*layout)
	if err != nil {
		return err
	}
	source, err := pattern(size, *fps, *frames, to)
	if err != nil {
		return err
	}
	p := pourer{out: s.out, layout: to}
	files, err := p.open(*stamps, *keep, size)
	if err == nil {
		err = p.pour(source)
	}
	for _, file := range files {
		err = errors.Join(err, file.Close())
	}
	return err
}

// layoutOf reads the name of a layout.
func layoutOf(name string) (pipeline.Layout, error) {
	for _, l := range []pipeline.Layout{pipeline.LayoutBGR, pipeline.LayoutGray, pipeline.LayoutI420} {
		if name == l.String() {
			return l, nil
		}
	}
	return 0, usageError{fmt.Errorf("-layout %q is not one of bgr, gray, i420", name)}
}

// pattern makes the source of the pictures, and has it paint in that layout where it can.
func pattern(size config.Size, fps float64, frames int, layout pipeline.Layout) (pipeline.Source, error) {
	spec := testpattern.Spec()
	cfg := spec.Config().(*testpattern.Config)
	cfg.Size, cfg.FPS, cfg.Frames = size, fps, frames
	if err := cfg.Validate(); err != nil {
		return nil, usageError{err}
	}
	return spec.NewSource(cfg, pipeline.Env{
		Pool: pipeline.NewPool(), Want: []pipeline.Format{{Codec: pipeline.CodecRaw, Layout: layout}},
	})
}

// pourer writes the pictures of a source.
type pourer struct {
	out    io.Writer
	layout pipeline.Layout
	stamps io.Writer // nil for none
	keep   io.Writer // nil for none
}

// open creates the files that have a name, and gives what is to be closed.
func (p *pourer) open(stamps, keep string, size config.Size) (files []*os.File, err error) {
	create := func(name string) *os.File {
		var file *os.File
		if err == nil {
			if file, err = os.Create(name); err == nil {
				files = append(files, file)
			}
		}
		return file
	}
	if stamps != "" {
		p.stamps = create(stamps)
	}
	if keep != "" {
		p.keep = create(keep)
	}
	if err == nil && p.keep != nil {
		_, err = fmt.Fprintf(p.keep, y4mHeader, size.Width, size.Height)
	}
	return files, err
}

// pour writes every picture, and notes when each was complete.
func (p *pourer) pour(source pipeline.Source) error {
	ctx := context.Background()
	if err := source.Open(ctx); err != nil {
		return err
	}
	defer source.Close()
	for n := 0; ; n++ {
		f, err := source.Read(ctx)
		if errors.Is(err, pipeline.ErrEnd) {
			return nil
		}
		if err != nil {
			return err
		}
		err = p.note(f, n)
		f.Release()
		if err != nil {
			return fmt.Errorf("picture %d: %w", n, err)
		}
	}
}

// note keeps a picture, writes it and stamps it.
func (p *pourer) note(f *pipeline.Frame, n int) error {
	if p.keep != nil { // first, since it may be compared as soon as it is written
		if err := p.store(f); err != nil {
			return err
		}
	}
	at, err := p.write(f)
	if err == nil && p.stamps != nil {
		_, err = fmt.Fprintln(p.stamps, n, at.UnixNano())
	}
	return err
}

// write gives the picture away and says when it was complete, but for what lies in the pipe.
func (p *pourer) write(f *pipeline.Frame) (time.Time, error) {
	picture, err := pixel.ToLayout(f, p.layout)
	if err != nil {
		return time.Time{}, err
	}
	defer picture.Release()
	early := max(len(picture.Data)-tail, 0)
	if _, err := p.out.Write(picture.Data[:early]); err != nil {
		return time.Time{}, err
	}
	at := time.Now()
	_, err = p.out.Write(picture.Data[early:])
	return at, err
}

// store keeps the picture.
func (p *pourer) store(f *pipeline.Frame) error {
	picture, err := pixel.ToLayout(f, pipeline.LayoutI420)
	if err != nil {
		return err
	}
	defer picture.Release()
	_, err = fmt.Fprintf(p.keep, "%s%s", y4mFrame, picture.Data)
	return err
}
