package standard

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"framewire/pipeline"
	"framewire/pipeline/config"
	"framewire/pipeline/pipelinetest"
)

const root = "../.."

func registry(t *testing.T) *pipeline.Registry {
	t.Helper()
	reg, err := pipeline.NewRegistry(Plugins()...)
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

func TestEveryPluginHasASuite(t *testing.T) {
	pipelinetest.RequireSuites(t, registry(t), root)
}

func TestGeneratedDocsAreFresh(t *testing.T) {
	reg := registry(t)
	var manual strings.Builder
	if err := config.WriteMarkdown(&manual, reg); err != nil {
		t.Fatal(err)
	}
	schema, err := config.Schema(reg)
	if err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{"docs/plugins.md": manual.String(), "docs/framewire.schema.json": string(schema)} {
		got, err := os.ReadFile(filepath.Join(root, file))
		if err != nil || string(got) != want {
			t.Errorf("%s is stale: run make docs (%v)", file, err)
		}
	}
}

func TestYAMLInMarkdownIsValid(t *testing.T) {
	reg := registry(t)
	files, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"FRAMEWIRE_SECRET": "what the reader has set"}
	for _, file := range append(files, filepath.Join(root, "README.md")) {
		if err := config.CheckMarkdown(reg, file, env); err != nil {
			t.Errorf("%v", err)
		}
	}
}

func TestConfigsAreValid(t *testing.T) {
	t.Setenv("FRAMEWIRE_SECRET", "what the reader has set")
	reg := registry(t)
	files, err := filepath.Glob(filepath.Join(root, "configs", "*.yaml"))
	if err != nil || len(files) < 7 {
		t.Fatalf("%d configs, error %v", len(files), err)
	}
	for _, file := range files {
		if _, err := config.Load(reg, config.Options{AllowMissing: true}, file); err != nil {
			t.Errorf("%v", err)
		}
	}
}

func TestEngineImportsNoPlugin(t *testing.T) {
	// The engine must stay free of plugins and of OpenCV: its packages' imports are the proof. What loads OpenCV for
	// plugins is none of them.
	err := filepath.WalkDir(filepath.Join(root, "pipeline"), func(path string, d os.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == "native" {
			return filepath.SkipDir
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, banned := range []string{`"gocv.io`, `"framewire/pipeline/native`, `"framewire/sources`, `"framewire/sinks`, `"framewire/codecs`, `"framewire/transports`, `"framewire/cmd`} {
			if strings.Contains(string(text), "\t"+banned) {
				t.Errorf("%s imports %s...", path, banned)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
