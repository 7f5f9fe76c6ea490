package file

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"go.uber.org/goleak"

	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pictures gives a JPEG and a PNG file of odd sizes.
func pictures(t *testing.T) (files [][]byte) {
	img := image.NewNRGBA(image.Rect(0, 0, 33, 21))
	for i := range img.Pix {
		img.Pix[i] = byte(i)
	}
	img.Set(0, 0, color.White)
	var asJPEG, asPNG bytes.Buffer
	if err := jpeg.Encode(&asJPEG, img, nil); err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(&asPNG, img); err != nil {
		t.Fatal(err)
	}
	return [][]byte{asJPEG.Bytes(), asPNG.Bytes()}
}

func fileFrame(p *pipeline.Pool, data []byte) *pipeline.Frame {
	f := p.Get(len(data))
	copy(f.Data, data)
	f.Format, f.Key = pipeline.AnyFile, true
	return f
}

func TestConformance(t *testing.T) {
	for _, layout := range []pipeline.Layout{pipeline.LayoutNone, pipeline.LayoutBGR, pipeline.LayoutGray, pipeline.LayoutI420} {
		t.Run(layout.String(), func(t *testing.T) {
			pipelinetest.Filter(t, pipelinetest.FilterCase{
				Spec: DecoderSpec(),
				Want: []pipeline.Format{{Codec: pipeline.CodecRaw, Layout: layout}},
				Inputs: func(p *pipeline.Pool) (list []*pipeline.Frame) {
					for _, data := range pictures(t) {
						list = append(list, fileFrame(p, data))
					}
					return list
				},
				Allocs: -1, // Go's decoders allocate as they go
			})
		})
	}
}
