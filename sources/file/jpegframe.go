package file

import (
	"framewire/codecs/jpeg"
	"framewire/pipeline"
)

// describe reads a JPEG image's header. whole says that a decoder needs nothing more than what is in it.
func describe(image []byte) (format pipeline.Format, whole bool, err error) {
	if h, err := jpeg.ParseHeader(image); err == nil {
		return pipeline.JPEG(h.Width, h.Height), h.Tables || h.Progressive, nil
	}
	width, height, err := jpeg.Size(image)
	return pipeline.JPEG(width, height), true, err
}

// completed gives a frame with a copy of the image, with the Huffman tables filled in that it may lack.
func completed(pool *pipeline.Pool, image []byte, format pipeline.Format) *pipeline.Frame {
	f := pool.Get(len(image) + jpeg.TablesSize)
	f.Resize(len(jpeg.AppendComplete(f.Data[:0], image)))
	f.Format, f.Key = format, true
	return f
}
