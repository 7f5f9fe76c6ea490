package jpeg

import (
	"testing"

	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"
)

func TestEncoderConformance(t *testing.T) {
	pipelinetest.Filter(t, pipelinetest.FilterCase{Spec: EncoderSpec()})
}

func TestDecoderConformance(t *testing.T) {
	for _, layout := range append(layouts, pipeline.LayoutNone) {
		t.Run(layout.String(), func(t *testing.T) {
			pipelinetest.Filter(t, pipelinetest.FilterCase{
				Spec: DecoderSpec(),
				Want: []pipeline.Format{{Codec: pipeline.CodecRaw, Layout: layout}},
			})
		})
	}
}
