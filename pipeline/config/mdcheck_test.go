package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const manual = "# Manual\n" +
	"```yaml\nsource: {type: camera}\nsinks: [{type: null}]\n```\n" +
	"```go\nsource: no\n```\n" +
	"1. Indented, with a slip in its second line:\n\n" +
	"   ```yml\n   source: {type: camera}\n   sinks: [{type: fiel}]\n   ```\n" +
	"````yaml title=x\n# fragment\nnonsense: 1\n```\n````\n" +
	"~~~yaml\nsource:\n  type: file\n  path: ${CLIP}\nsinks: [{type: null}]\n~~~\n" +
	"```yaml\n```\n" +
	"```yaml\nsource: {type: camera}\n" // never closed: not a block

func TestCheckMarkdown(t *testing.T) {
	file := filepath.Join(t.TempDir(), "manual.md")
	if err := os.WriteFile(file, []byte(manual), 0o600); err != nil {
		t.Fatal(err)
	}
	err := CheckMarkdown(fakes(t, "needs OpenCV"), file, nil)
	want := file + `:13:19: sinks.0: unknown type "fiel"
    did you mean "file"?
` + file + `:23:9: source file: path: the environment variable "CLIP" is not set
    set it, or write ${CLIP:-default}
` + file + `:26:1: holds nothing
    begin with source: or receive:`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	if err := CheckMarkdown(fakes(t, "needs OpenCV"), file, map[string]string{"CLIP": "a.mp4"}); err == nil || strings.Contains(err.Error(), "CLIP") {
		t.Errorf("with the variable set: %v", err)
	}
	if err := CheckMarkdown(fakes(t, ""), file+"x", nil); err == nil {
		t.Error("a manual that is not there was found to be in order")
	}
	if err := checkMarkdown(fakes(t, ""), "a.md", "no blocks\n", nil); err != nil {
		t.Error(err)
	}
}
