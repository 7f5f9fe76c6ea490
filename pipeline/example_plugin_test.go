package pipeline_test

import (
	"testing"

	"framewire/pipeline/pipelinetest"
)

// TestExampleFilter is the whole test that a filter without anything special needs.
func TestExampleFilter(t *testing.T) {
	pipelinetest.Filter(t, pipelinetest.FilterCase{Spec: NegativeSpec()})
}
