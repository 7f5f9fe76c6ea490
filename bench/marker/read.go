package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"framewire/pipeline"
	"framewire/pipeline/config"
)

// read takes pictures as they come from a program that has decoded them, whole or only their upper rows,
// where the marker is, and prints a summary. -like compares whole pictures with those that were sent.
func read(s streams, args []string) error {
	set := flag.NewFlagSet("marker read", flag.ContinueOnError)
	size := config.Size{Width: 1920, Height: 1080}
	set.TextVar(&size, "size", size, "width and height of the whole pictures in pixels")
	rows := set.Int("rows", 0, "upper rows of each picture that come; 0 means all")
	layout := set.String("layout", "i420", "i420, gray or bgr")
	stamps := set.String("stamps", "", "file that feed wrote; without it the time in the picture counts")
	like := set.String("like", "", "file that feed kept, with which whole pictures are compared")
	skip := set.Uint64("skip", 0, "pictures at the beginning that do not count")
	if err := parse(s, set, args); err != nil {
		return err
	}
	l, err := layoutOf(*layout)
	if err != nil {
		return err
	}
	if *rows == 0 {
		*rows = size.Height
	}
	if *like != "" && *rows < size.Height {
		return usageError{errors.New("-like wants whole pictures: leave -rows out")}
	}
	t := tally{skip: *skip}
	if *like != "" {
		t.like = newLikeness(*like, size)
		defer t.like.close()
	}
	if pipe, ok := s.in.(*os.File); ok {
		widen(pipe)
	}
	if err := drink(s.in, size, *rows, l, t.add); err != nil {
		return err
	}
	var sent map[uint64]time.Time
	if *stamps != "" {
		if sent, err = readStamps(*stamps); err != nil {
			return err
		}
	}
	sum, err := t.summarize(sent)
	if err != nil {
		return err
	}
	return sum.print(s.out)
}

// drink reads pictures until the end and hands each on with the time at which it was complete.
func drink(in io.Reader, size config.Size, rows int, layout pipeline.Layout, take func(*pipeline.Frame, time.Time) error) error {
	if rows < 1 || rows > size.Height {
		return usageError{fmt.Errorf("-rows %d is not between 1 and %d", rows, size.Height)}
	}
	part := make([]byte, pipeline.Raw(layout, size.Width, rows).Bytes())
	if layout == pipeline.LayoutI420 && rows < size.Height {
		layout = pipeline.LayoutGray // the upper rows of the luma come first, and they hold the marker
	}
	f := &pipeline.Frame{Format: pipeline.Raw(layout, size.Width, size.Height)}
	f.Data = make([]byte, f.Format.Bytes())
	upper := min(len(part), rows*f.Format.Stride)
	if rows == size.Height {
		upper = len(part)
	}
	for {
		_, err := io.ReadFull(in, part)
		at := time.Now()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("the last picture is not whole: %w", err)
		}
		copy(f.Data, part[:upper])
		if err := take(f, at); err != nil {
			return err
		}
	}
}
