package file

import (
	"strings"
	"testing"
	"time"

	"framewire/sinks/file/recordindex"
)

func FuzzIndex(f *testing.F) {
	f.Add([]byte(`{"file":"a.mkv","began":"2026-11-23T10:00:00.24Z","seconds":1.5,"frames":3}` + "\n" + `{"file":"b.mkv","began":"20`))
	f.Add([]byte("\n\n{}\n[]\n{\"file\":7}\n"))
	f.Add([]byte(strings.Repeat("x", mostLine+1) + "\n{\"file\":\"a\"}"))
	f.Fuzz(func(t *testing.T, content []byte) {
		if began := readIndex(written(t, recordindex.Name, content), []string{"a.mkv"}); len(began) != 1 {
			t.Errorf("%d files, and there is one", len(began))
		}
	})
}

func TestIndexOfTheRecorder(t *testing.T) {
	text := `{"file":"12-00-00.mkv","began":"2026-11-23T12:00:00.123456789+01:00","seconds":60.02,"frames":1500,"bytes":1,"format":"jpeg","width":1,"height":1}
{"file":"12-01-00.mkv","began":"2026-11-23T12:01:00Z"` // torn
	began := readIndex(written(t, recordindex.Name, []byte(text)), []string{"12-00-00.mkv"})
	if len(began) != 1 || !began["12-00-00.mkv"].Equal(time.Date(2026, 11, 23, 11, 0, 0, 123456789, time.UTC)) {
		t.Errorf("got %v", began)
	}
	if began := readIndex(t.TempDir()+"/none", nil); len(began) != 0 {
		t.Errorf("no index gives %v", began)
	}
}
