package config

import (
	"errors"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"framewire/pipeline"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The plugins of the tests look like real ones and do nothing.

type cameraConfig struct {
	Device string  `yaml:"device" doc:"index, path or stable id"`
	Size   Size    `yaml:"size" doc:"picture size to ask for, in pixels; defaults to what the camera prefers"`
	FPS    float64 `yaml:"fps" doc:"pictures a second to ask for"`
	Format string  `yaml:"format" enum:"auto,mjpg,raw" doc:"what the camera is asked for"`
	Retry  bool    `yaml:"retry" doc:"open it again after an unplug"`
}

type clipConfig struct {
	Path string        `yaml:"path" doc:"a video file | or a URL"`
	Pace string        `yaml:"pace" enum:"realtime,fast" doc:"by the file's times, or as fast as the chain goes"`
	Skip time.Duration `yaml:"skip" doc:"how much of the beginning to leave out"`
}

func (c *clipConfig) Validate() error {
	if c.Path == "" {
		return pipeline.FieldErrorf("path", "write path: with a video file", "is missing")
	}
	return nil
}

type jpegConfig struct {
	Quality     int    `yaml:"quality" doc:"1 to 100"`
	Subsampling string `yaml:"subsampling" enum:"420,422,444" doc:"how much colour is thinned out"`
	Workers     uint8  `yaml:"workers" doc:"encoders side by side; 0 means one per core"`
}

func (c *jpegConfig) Validate() error {
	var errs []error
	if c.Quality < 1 || c.Quality > 100 {
		errs = append(errs, pipeline.FieldErrorf("quality", "", "%d is not between 1 and 100", c.Quality))
	}
	if c.Workers > 64 {
		errs = append(errs, pipeline.FieldErrorf("workers", "", "%d is more than 64", c.Workers))
	}
	return errors.Join(errs...)
}

type endConfig struct {
	Listen   string   `yaml:"listen" doc:"HOST:PORT to wait at"`
	Dial     string   `yaml:"dial" doc:"HOST:PORT to call"`
	MaxFrame ByteSize `yaml:"max_frame" doc:"the largest frame accepted"`
}

func (c *endConfig) Validate() error {
	var errs []error
	if (c.Listen == "") == (c.Dial == "") {
		errs = append(errs, pipeline.FieldErrorf("", "write one of listen: and dial:", "wants exactly one of listen and dial"))
	}
	for name, address := range map[string]string{"listen": c.Listen, "dial": c.Dial} {
		_, port, err := net.SplitHostPort(address)
		if n, _ := strconv.Atoi(port); address != "" && (err != nil || n > 65535) {
			errs = append(errs, pipeline.FieldErrorf(name, "ports go from 1 to 65535", "%q is no HOST:PORT", address))
		}
	}
	return errors.Join(errs...)
}

type recordConfig struct {
	Path string `yaml:"path" doc:"the file to write"`
	Keep struct {
		Age   time.Duration `yaml:"age" doc:"delete older recordings"`
		Bytes ByteSize      `yaml:"bytes" doc:"delete the oldest above this"`
	} `yaml:"keep"`
}

func (c *recordConfig) Validate() error {
	if c.Keep.Age < 0 {
		return pipeline.FieldErrorf("keep.age", "", "%s is below zero", c.Keep.Age)
	}
	return nil
}

// Limits is embedded, so that its fields stand among those of the config.
type Limits struct {
	Most  int8  `yaml:"most" doc:"at most"`
	Least *uint `yaml:"least" doc:"at least"`
}

// colour reads itself from text, with an error of its own making.
type colour string

func (c *colour) UnmarshalText(text []byte) error {
	if !strings.HasPrefix(string(text), "#") {
		return errors.New("a colour begins with #")
	}
	*c = colour(text)
	return nil
}

// everythingConfig has a field of every kind.
type everythingConfig struct {
	Limits
	Text   string             `yaml:"text" doc:"any text"`
	Truth  bool               `yaml:"truth"`
	Float  float32            `yaml:"float"`
	Big    int64              `yaml:"big"`
	Wait   time.Duration      `yaml:"wait"`
	Size   *Size              `yaml:"size"`
	Bytes  ByteSize           `yaml:"bytes"`
	Colour colour             `yaml:"colour" doc:"#RRGGBB"`
	Words  []string           `yaml:"words" enum:"red,green,blue" doc:"some colours"`
	Waits  []time.Duration    `yaml:"waits"`
	Marks  map[string]int     `yaml:"marks"`
	Boxes  []box              `yaml:"boxes"`
	Named  map[string]box     `yaml:"named"`
	Deep   struct{ A, B int } // no tag: not a setting
	Level  int                `yaml:"level" enum:"1,2"`
	Hidden string             `yaml:"-"`
	Labels map[string]string  `yaml:"labels"`
}

type box struct {
	X int    `yaml:"x" doc:"from the left, in pixels"`
	Y int    `yaml:"y"`
	T string `yaml:"t" enum:"in,out"`
}

// oddConfig has a field that no config can hold.
type oddConfig struct {
	Odd chan int `yaml:"odd"`
}

type nothing struct{}

func fake[C any](kind pipeline.Kind, name, summary string, defaults C) pipeline.Spec {
	switch kind {
	case pipeline.KindSource, pipeline.KindReceive:
		return pipeline.SourceSpec[C]{Kind: kind, Name: name, Summary: summary, Defaults: defaults}.Spec()
	case pipeline.KindSink, pipeline.KindSend:
		return pipeline.SinkSpec[C]{Kind: kind, Name: name, Summary: summary, Defaults: defaults}.Spec()
	}
	return pipeline.FilterSpec[C]{Kind: kind, Name: name, Summary: summary, Defaults: defaults}.Spec()
}

// fakes is the registry of the tests; missing is what the build lacks of the camera, "" for nothing.
func fakes(t testing.TB, missing string) *pipeline.Registry {
	camera := fake(pipeline.KindSource, "camera", "pictures from a camera", cameraConfig{Device: "0", FPS: 30, Format: "auto"})
	camera.Missing = missing
	clip := fake(pipeline.KindSource, "file", "a video file", clipConfig{Pace: "realtime"})
	clip.Doc = "Any file that can be decoded.\n"
	reg, err := pipeline.NewRegistry(
		camera, clip,
		fake(pipeline.KindReceive, "tcp", "frames from a TCP peer", endConfig{MaxFrame: 64 << 20}),
		fake(pipeline.KindSend, "tcp", "frames to TCP peers", endConfig{MaxFrame: 64 << 20}),
		fake(pipeline.KindFilter, "everything", "a field of every kind", everythingConfig{Wait: 2 * time.Minute, Words: []string{"red"}}),
		fake(pipeline.KindEncoder, "jpeg", "JPEG images", jpegConfig{Quality: 80, Subsampling: "420"}),
		fake(pipeline.KindEncoder, "raw", "pixels as they are", nothing{}),
		fake(pipeline.KindSink, "file", "a recording", recordConfig{}),
		fake(pipeline.KindSink, "null", "counts and drops", nothing{}),
	)
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

// load loads texts as files of the given names, with an environment that holds only env.
func load(t testing.TB, files map[string]string, order []string, env map[string]string, set ...string) ([]pipeline.Chain, error) {
	return Load(fakes(t, ""), Options{
		Set:       set,
		LookupEnv: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		ReadFile:  func(name string) ([]byte, error) { return []byte(files[name]), nil },
	}, order...)
}

// loadOne loads a text as the file c.yaml.
func loadOne(t testing.TB, text string, set ...string) ([]pipeline.Chain, error) {
	return load(t, map[string]string{"c.yaml": text}, []string{"c.yaml"}, nil, set...)
}
