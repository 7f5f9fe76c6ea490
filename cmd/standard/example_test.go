package standard

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheManualsPlugin compiles the plugin of docs/write-a-plugin.md and runs the test that stands there, as
// a reader who copies both into a package of this module would.
func TestTheManualsPlugin(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs", "write-a-plugin.md"))
	if err != nil {
		t.Fatal(err)
	}
	test := "package every_test\n\nimport (\n\t\"testing\"\n\n\t\"framewire/every\"\n\t\"framewire/pipeline\"\n" +
		"\t\"framewire/pipeline/pipelinetest\"\n)\n\n" + goBlock(t, string(text), "func TestConformance(")
	binary := "package every_test\n\nimport (\n\t\"os\"\n\n\t\"framewire/cmd/cli\"\n\t\"framewire/cmd/standard\"\n\t\"framewire/every\"\n)\n\n" +
		"func ownBinary() {\n" + goBlock(t, string(text), "standard.Program()") + "}\n\nvar _ = ownBinary\n"

	dir := t.TempDir()
	module, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	replace := make(map[string]string)
	for name, content := range map[string]string{
		"every.go": goBlock(t, string(text), "package every\n"), "every_test.go": test, "binary_test.go": binary,
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		replace[filepath.Join(module, "every", name)] = path
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(list, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	// The package's folder is not there: so nothing may be run in it.
	program := filepath.Join(dir, "every.test.exe")
	build := exec.CommandContext(t.Context(), "go", "test", "-c", "-vet=off", "-o", program, "-overlay", list, "./every")
	build.Dir, build.Env = module, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("the plugin of the manual does not compile: %v\n%s", err, out)
	}
	run := exec.CommandContext(t.Context(), program, "-test.v")
	run.Dir = dir
	out, err := run.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestConformance") {
		t.Errorf("the plugin of the manual fails its own test: %v\n%s", err, out)
	}
}

// goBlock gives the one Go block of a Markdown text that holds those words.
func goBlock(t *testing.T, text, words string) string {
	t.Helper()
	var found []string
	for _, part := range strings.Split(text, "\n```go\n")[1:] {
		if block, _, ok := strings.Cut(part, "\n```\n"); ok && strings.Contains(block, words) {
			found = append(found, block+"\n")
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d Go blocks hold %q, want one", len(found), words)
	}
	return found[0]
}
