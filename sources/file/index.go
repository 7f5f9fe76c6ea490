package file

import (
	"bufio"
	"os"
	"time"

	"framewire/sinks/file/recordindex"
)

const (
	mostIndex = 512 << 20               // bytes of the recorder's index that are read
	mostLine  = 4 * recordindex.Longest // bytes of one line
)

// readIndex gives when each of these files of a folder began, as the recorder's index has it. What cannot be read
// of it is passed over: its last line may be torn, and most folders have none.
func readIndex(path string, names []string) map[string]time.Time {
	// A look before opening: opening a pipe that nobody writes to would hang.
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	began := make(map[string]time.Time, len(names))
	for _, name := range names { // no others: a long list of them would only take memory
		began[name] = time.Time{}
	}
	lines := bufio.NewScanner(f)
	lines.Buffer(make([]byte, 0, 4096), mostLine)
	read := 0
	for read < mostIndex && lines.Scan() {
		read += len(lines.Bytes()) + 1
		entry, ok := recordindex.Parse(lines.Bytes())
		if _, there := began[entry.File]; ok && there {
			began[entry.File] = entry.Began
		}
	}
	return began
}
