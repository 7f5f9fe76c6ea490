package image

import (
	"fmt"
	"path"
	"strings"

	"github.com/hashicorp/go-hclog"
)

// rest is what of a folder is not sent.
type rest struct {
	count   int
	plain   int      // of these, those that are not hidden
	folders int      // of these, folders
	names   []string // the first of the plain ones; those of folders end with /
}

func (r *rest) add(name string) {
	r.count++
	if strings.HasPrefix(path.Base(name), ".") {
		return
	}
	r.plain++
	if strings.HasSuffix(name, "/") {
		r.folders++
	}
	if len(r.names) < maxNamed {
		r.names = append(r.names, shown(name))
	}
}

// tell names what is left out, and how it is sent too: who deletes the folder after all photos are confirmed must not
// lose more than those.
func (r *rest) tell(log hclog.Logger, k picks) {
	var how []string
	if !k.all && r.plain > r.folders {
		how = append(how, "`original: true` sends files of every kind")
	}
	if !k.recursive && r.folders > 0 {
		how = append(how, "`recursive: true` enters folders")
	}
	if len(how) == 0 {
		return
	}
	list := strings.Join(r.names, ", ")
	if r.plain > len(r.names) {
		list += fmt.Sprintf(" and %d more", r.plain-len(r.names))
	}
	log.Warn("not everything in the folder is sent: "+strings.Join(how, ", "), "left_out", list)
}
