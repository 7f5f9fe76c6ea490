package file

import (
	"bufio"
	"encoding/json"
	"os"
	"time"
)

const (
	indexName = "index.jsonl" // that the recorder keeps beside its finished files
	mostIndex = 512 << 20     // bytes of it that are read
	mostLine  = 16 << 10      // bytes of one line
)

// readIndex gives when each file of a folder began, as the recorder's index has it. What cannot be read of it is
// passed over: its last line may be torn, and most folders have none.
func readIndex(path string) map[string]time.Time {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	began := make(map[string]time.Time)
	lines := bufio.NewScanner(f)
	lines.Buffer(make([]byte, 0, 4096), mostLine)
	read := 0
	for read < mostIndex && len(began) < mostSegments && lines.Scan() {
		read += len(lines.Bytes()) + 1
		var line struct {
			File  string    `json:"file"`
			Began time.Time `json:"began"`
		}
		if json.Unmarshal(lines.Bytes(), &line) == nil {
			began[line.File] = line.Began
		}
	}
	return began
}
