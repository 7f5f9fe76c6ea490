package main

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"os"

	"framewire/codecs/pixel"
	"framewire/pipeline"
	"framewire/pipeline/config"
)

// The parts of a YUV4MPEG2 file (yuv4mpeg(5)) as feed writes it: a line, and for each picture another line and its
// planes.
const (
	y4mHeader = "YUV4MPEG2 W%d H%d F30:1 C420jpeg XCOLORRANGE=FULL\n"
	y4mFrame  = "FRAME\n"
)

// likeness compares pictures that arrived with those that were sent, which feed keeps in a file.
type likeness struct {
	name  string
	size  config.Size
	file  *os.File // nil before the first picture
	worst float64  // PSNR over all three planes, in dB; infinite when all were the same
}

func newLikeness(name string, size config.Size) *likeness {
	return &likeness{name: name, size: size, worst: math.Inf(1)}
}

// open opens the file: it is there when a picture of it has come.
func (l *likeness) open() error {
	file, err := os.Open(l.name)
	if err != nil {
		return err
	}
	want := l.header()
	if line, err := bufio.NewReader(file).ReadString('\n'); line != want {
		file.Close()
		return fmt.Errorf("%s does not hold pictures of %s (%q, %v)", l.name, l.size, line, err)
	}
	l.file = file
	return nil
}

func (l *likeness) header() string { return fmt.Sprintf(y4mHeader, l.size.Width, l.size.Height) }

func (l *likeness) close() error {
	if l.file == nil {
		return nil
	}
	return l.file.Close()
}

// compare looks at picture number, whole.
func (l *likeness) compare(f *pipeline.Frame, number uint64) error {
	if l.file == nil {
		if err := l.open(); err != nil {
			return err
		}
	}
	format := pipeline.Raw(pipeline.LayoutI420, l.size.Width, l.size.Height)
	sent, got := make([]byte, format.Bytes()), make([]byte, format.Bytes())
	each := int64(len(y4mFrame) + len(sent))
	at := int64(len(l.header())) + int64(number)*each + int64(len(y4mFrame))
	if _, err := io.ReadFull(io.NewSectionReader(l.file, at, each), sent); err != nil {
		return fmt.Errorf("picture %d was not kept: %w", number, err)
	}
	pixel.Convert(got, pipeline.LayoutI420, f.Data, f.Format)
	var sum uint64
	for i, v := range got {
		d := int(v) - int(sent[i])
		sum += uint64(d * d)
	}
	if sum > 0 {
		l.worst = min(l.worst, 10*math.Log10(255*255*float64(len(got))/float64(sum)))
	}
	return nil
}
