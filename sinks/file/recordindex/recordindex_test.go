package recordindex

import (
	"path/filepath"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func FuzzParse(f *testing.F) {
	for _, line := range []string{
		`{"file":"12-00-00.mkv","began":"2024-05-06T12:00:00.123456789+02:00","seconds":1.5,"frames":7,"bytes":100,"format":"jpeg","width":64,"height":48}`,
		`{"file":"../x"}`, `{"file":""}`, `{"file":"a","seconds":-1}`, `{"file":"a","seconds":1e300}`, `{"file":"a/b"}`, `{`, `[]`, `null`,
		`{"file":"a","began":"9999-12-31T23:59:59Z","seconds":999999999}`, `{"file":"a","bytes":-5}`, `{"file":".."}`, `{"file":"."}`,
	} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		e, ok := Parse(line)
		if ok && (filepath.Join("dir", e.File) != "dir"+string(filepath.Separator)+e.File || e.End().Before(e.Began) || e.Bytes < 0) {
			t.Errorf("%q is taken: %+v", line, e)
		}
	})
}
