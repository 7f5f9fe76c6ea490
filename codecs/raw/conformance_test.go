package raw

import (
	"testing"

	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"
)

func TestEncoderConformance(t *testing.T) {
	pipelinetest.Filter(t, pipelinetest.FilterCase{Spec: EncoderSpec()})
}

func TestDecoderConformance(t *testing.T) {
	for _, layout := range []pipeline.Layout{pipeline.LayoutNone, pipeline.LayoutBGR, pipeline.LayoutGray, pipeline.LayoutI420} {
		t.Run(layout.String(), func(t *testing.T) {
			pipelinetest.Filter(t, pipelinetest.FilterCase{
				Spec: DecoderSpec(),
				Want: []pipeline.Format{{Codec: pipeline.CodecRaw, Layout: layout}},
			})
		})
	}
}
