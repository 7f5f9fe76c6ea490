package image

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"framewire/codecs/jpeg"
	"framewire/pipeline"
)

// maxFile is the largest file that is read, in bytes.
const maxFile = 1 << 30

// loader makes a frame of a file.
type loader struct {
	pool    *pipeline.Pool
	keep    bool            // JPEG stays JPEG
	decoder pipeline.Filter // for JPEG where it does not stay; nil until needed
}

// file reads one picture. The warning is about a JPEG that is handed on although it is cut off: it is the
// user's picture, and most viewers show what there is of it.
func (l *loader) file(path string) (f *pipeline.Frame, warning, err error) {
	data, err := l.read(path)
	if err != nil {
		return nil, nil, err
	}
	if !isJPEG(data.Data) {
		defer data.Release()
		f, err = l.decode(data)
		return f, nil, err
	}
	header, err := jpeg.ParseHeader(data.Data)
	if err != nil {
		data.Release()
		return nil, nil, err
	}
	data.Format = pipeline.JPEG(header.Width, header.Height)
	data.Meta.Rotation = rotation(data.Data)
	if l.keep {
		return data, header.CheckData(data.Data), nil
	}
	defer data.Release()
	f, err = l.pixels(data)
	return f, nil, err
}

// read takes a whole file into a frame.
func (l *loader) read(path string) (*pipeline.Frame, error) {
	// A look before opening: opening a pipe that nobody writes to would hang.
	info, err := os.Stat(path)
	if err != nil {
		return nil, reason(err)
	}
	switch {
	case !info.Mode().IsRegular():
		return nil, errors.New("it is not a file but a device, a pipe or a socket")
	case info.Size() == 0:
		return nil, errors.New("the file is empty")
	case info.Size() > maxFile:
		return nil, fmt.Errorf("the file has %d MiB, more than the %d MiB that are read", info.Size()>>20, maxFile>>20)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, reason(err)
	}
	defer file.Close()
	f := l.pool.Get(int(info.Size()))
	if _, err := io.ReadFull(file, f.Data); err != nil {
		f.Release()
		if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
			return nil, errors.New("the file became shorter while it was read")
		}
		return nil, reason(err)
	}
	return f, nil
}

// pixels decodes a JPEG frame to BGR.
func (l *loader) pixels(f *pipeline.Frame) (*pipeline.Frame, error) {
	if l.decoder == nil {
		spec := jpeg.DecoderSpec()
		env := pipeline.Env{Pool: l.pool, Want: []pipeline.Format{{Codec: pipeline.CodecRaw, Layout: pipeline.LayoutBGR}}}
		var err error
		if l.decoder, err = spec.NewFilter(spec.Config(), env); err != nil {
			return nil, err
		}
	}
	return l.decoder.Apply(context.Background(), f)
}

func (l *loader) close() error {
	if l.decoder == nil {
		return nil
	}
	err := l.decoder.Close()
	l.decoder = nil
	return err
}

// reason takes the path out of a file system's error, which the caller names.
func reason(err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return errors.New("this user may not read it: change its permissions")
	}
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("it is gone")
	}
	if path := new(fs.PathError); errors.As(err, &path) {
		return path.Err
	}
	return err
}
