package pipelinetest

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"framewire/pipeline"
)

// home says where the plugins of a kind live below the module's root, which suite they have, and how the
// function is called that gives their spec.
type home struct {
	kind                pipeline.Kind
	folder, suite, spec string
}

var homes = [...]home{
	{pipeline.KindSource, "sources", "Source", "Spec"},
	{pipeline.KindReceive, "transports", "Transport", "ReceiveSpec"},
	{pipeline.KindFilter, "filters", "Filter", "Spec"},
	{pipeline.KindEncoder, "codecs", "Filter", "EncoderSpec"},
	{pipeline.KindDecoder, "codecs", "Filter", "DecoderSpec"},
	{pipeline.KindSend, "transports", "Transport", "SendSpec"},
	{pipeline.KindSink, "sinks", "Sink", "Spec"},
}

// RequireSuites fails for each registered plugin whose tests do not call the suite of its kind with its
// spec. A plugin NAME lives in the folder sources/NAME, filters/NAME, codecs/NAME, transports/NAME or
// sinks/NAME below moduleRoot, and its spec comes from the function Spec, EncoderSpec, DecoderSpec, SendSpec
// or ReceiveSpec there. The test files are read whatever their build tags say.
func RequireSuites(t *testing.T, reg *pipeline.Registry, moduleRoot string) {
	t.Helper()
	for _, err := range withoutSuite(reg, moduleRoot) {
		t.Error(err)
	}
}

func withoutSuite(reg *pipeline.Registry, moduleRoot string) []error {
	var missing []error
	for _, h := range homes {
		for _, spec := range reg.List(h.kind) {
			folder := filepath.Join(moduleRoot, h.folder, spec.Name)
			found, err := callsSuite(folder, h)
			switch {
			case errors.Is(err, fs.ErrNotExist):
				missing = append(missing, fmt.Errorf("%s %s: no folder %s", h.kind, spec.Name, path.Join(h.folder, spec.Name)))
			case err != nil:
				missing = append(missing, fmt.Errorf("%s %s: %w", h.kind, spec.Name, err))
			case !found:
				missing = append(missing, fmt.Errorf("%s %s: no test in %s calls pipelinetest.%s with %s()",
					h.kind, spec.Name, path.Join(h.folder, spec.Name), h.suite, h.spec))
			}
		}
	}
	return missing
}

// callsSuite looks for a test file in the folder that calls both the suite and the spec.
func callsSuite(folder string, h home) (bool, error) {
	if _, err := os.Stat(folder); err != nil {
		return false, err
	}
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil {
		return false, err
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return false, err
		}
		called := calls(file)
		if called[suitePackage(file)+"."+h.suite] && called[h.spec] {
			return true, nil
		}
	}
	return false, nil
}

// suitePackage is the name by which a file calls this package; no identifier where it does not import it.
func suitePackage(file *ast.File) string {
	for _, imp := range file.Imports {
		if p, _ := strconv.Unquote(imp.Path.Value); path.Base(p) != "pipelinetest" {
			continue
		}
		if imp.Name != nil {
			return imp.Name.Name
		}
		return "pipelinetest"
	}
	return ""
}

// calls lists the functions that a file calls: "Spec", and "pipelinetest.Source". The package's own name in
// front, as in an external test, is listed without it too.
func calls(file *ast.File) map[string]bool {
	called := make(map[string]bool)
	tested := strings.TrimSuffix(file.Name.Name, "_test")
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		switch fn := call.Fun.(type) {
		case *ast.Ident:
			called[fn.Name] = true
		case *ast.SelectorExpr:
			if pkg, ok := fn.X.(*ast.Ident); ok {
				called[pkg.Name+"."+fn.Sel.Name] = true
				if pkg.Name == tested {
					called[fn.Sel.Name] = true
				}
			}
		}
		return true
	})
	return called
}
