//go:build !opencv

package window

import (
	"testing"

	"framewire/pipeline/pipelinetest"
)

func TestConformance(t *testing.T) { pipelinetest.Sink(t, pipelinetest.SinkCase{Spec: Spec()}) }
