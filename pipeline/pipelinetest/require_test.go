package pipelinetest

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"framewire/pipeline"
)

// tree writes files below a temporary folder and gives it.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		at := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestRequireSuites(t *testing.T) {
	root := tree(t, map[string]string{
		"sources/good/good_test.go": `package good
import ("testing"; "framewire/pipeline/pipelinetest")
func TestSuite(t *testing.T) { pipelinetest.Source(t, pipelinetest.SourceCase{Spec: Spec()}) }`,
		"sources/native/native_test.go": `//go:build never
package native_test
import ("testing"; "framewire/sources/native"; suite "framewire/pipeline/pipelinetest")
func TestSuite(t *testing.T) { suite.Source(t, suite.SourceCase{Spec: native.Spec()}) }`,
		"sources/silent/silent_test.go": `package silent
import "testing"
func TestNothing(t *testing.T) { Spec() }`,
		"sources/wrong/wrong_test.go": `package wrong
import ("testing"; "framewire/pipeline/pipelinetest")
func TestSuite(t *testing.T) { pipelinetest.Sink(t, pipelinetest.SinkCase{Spec: Spec()}) }`,
		"sources/comment/comment_test.go": `package comment
// pipelinetest.Source(t, pipelinetest.SourceCase{Spec: Spec()})`,
		"sources/broken/broken_test.go": `package broken; func {`,
		"codecs/half/half_test.go": `package half
import ("testing"; "framewire/pipeline/pipelinetest")
func TestEncoder(t *testing.T) { pipelinetest.Filter(t, pipelinetest.FilterCase{Spec: EncoderSpec()}) }`,
		"transports/wire/wire_test.go": `package wire
import ("testing"; "framewire/pipeline/pipelinetest")
func TestSuite(t *testing.T) {
	pipelinetest.Transport(t, pipelinetest.TransportCase{Send: SendSpec(), Receive: ReceiveSpec()})
}`,
		"sinks/untested/untested.go": `package untested`,
	})
	plugin := func(kind pipeline.Kind, name string) pipeline.Spec {
		return pipeline.Spec{Kind: kind, Name: name, Config: func() any { return new(struct{}) }}
	}
	reg, err := pipeline.NewRegistry(
		plugin(pipeline.KindSource, "good"),
		plugin(pipeline.KindSource, "native"),
		plugin(pipeline.KindSource, "silent"),
		plugin(pipeline.KindSource, "wrong"),
		plugin(pipeline.KindSource, "comment"),
		plugin(pipeline.KindSource, "broken"),
		plugin(pipeline.KindSource, "nowhere"),
		plugin(pipeline.KindEncoder, "half"),
		plugin(pipeline.KindDecoder, "half"),
		plugin(pipeline.KindSend, "wire"),
		plugin(pipeline.KindReceive, "wire"),
		plugin(pipeline.KindSink, "untested"),
	)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, err := range withoutSuite(reg, root) {
		got = append(got, err.Error())
	}
	want := []string{
		"source broken: " + filepath.Join(root, "sources", "broken", "broken_test.go") + ":1:22: expected 'IDENT', found '{'",
		"source comment: no test in sources/comment calls pipelinetest.Source with Spec()",
		"source nowhere: no folder sources/nowhere",
		"source silent: no test in sources/silent calls pipelinetest.Source with Spec()",
		"source wrong: no test in sources/wrong calls pipelinetest.Source with Spec()",
		"decoder half: no test in codecs/half calls pipelinetest.Filter with DecoderSpec()",
		"sink untested: no test in sinks/untested calls pipelinetest.Sink with Spec()",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}
