package pipelinetest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"framewire/pipeline"
)

// disk is what survives of a fakeKeeper.
type disk struct {
	mu    sync.Mutex
	files map[string][][]byte // the contents that each name has
	parts map[[32]byte][]byte
	most  int
	stop  chan struct{} // ends what blocks
}

// diskConfig points a fakeKeeper to its disk.
type diskConfig struct {
	Path string `yaml:"path" doc:"where"`
	disk *disk
}

// fakeKeeper is a keeper in memory, with the fault of that name.
type fakeKeeper struct {
	fault string
	disk  *disk
	open  bool
	parts map[[32]byte]bool // that are open
}

var _ pipeline.Keeper = (*fakeKeeper)(nil)

func newFakeKeeper(fault string) KeeperCase {
	return KeeperCase{
		Configure: func(t *testing.T, cfg any) {
			d := &disk{files: make(map[string][][]byte), parts: make(map[[32]byte][]byte), stop: make(chan struct{})}
			t.Cleanup(func() { close(d.stop) })
			cfg.(*diskConfig).disk = d
		},
		Limit: func(cfg any, photos int) { cfg.(*diskConfig).disk.most = photos },
		Parts: true,
		Spec: pipeline.SinkSpec[diskConfig]{
			Name: "fake", Summary: "made for tests",
			New: func(cfg *diskConfig, _ pipeline.Env) (pipeline.Sink, error) {
				if fault == "forgets" {
					cfg.disk.files = make(map[string][][]byte)
				}
				if fault == "forgets parts" {
					cfg.disk.parts = make(map[[32]byte][]byte)
				}
				return &fakeKeeper{fault: fault, disk: cfg.disk, parts: make(map[[32]byte]bool)}, nil
			},
		}.Spec(),
	}
}

func (s *fakeKeeper) Open(context.Context) error { s.open = true; return nil }
func (s *fakeKeeper) Close() error               { s.open = false; return nil }

// room refuses what has none.
func (s *fakeKeeper) room() error {
	n := 0
	for _, list := range s.disk.files {
		n += len(list)
	}
	switch {
	case s.disk.most == 0 || n < s.disk.most:
		return nil
	case s.fault == "fails when full":
		return errors.New("full")
	case s.fault == "refuses without words":
		return pipeline.ErrSkip
	}
	return fmt.Errorf("full: %w", pipeline.ErrSkip)
}

func (s *fakeKeeper) find(name string, sum [32]byte) bool {
	for _, data := range s.disk.files[name] {
		if sha256.Sum256(data) == sum {
			return true
		}
	}
	return false
}

func (s *fakeKeeper) Write(_ context.Context, f *pipeline.Frame) error {
	s.disk.mu.Lock()
	defer s.disk.mu.Unlock()
	name := f.Meta.Name
	if strings.Contains(name, "..") && s.fault == "fails on names" {
		return errors.New("bad name")
	}
	if s.find(name, sha256.Sum256(f.Data)) {
		return nil
	}
	if s.fault == "overwrites" {
		delete(s.disk.files, name)
	}
	err := s.room()
	if err == nil || s.fault == "keeps what it refuses" {
		s.disk.files[name] = append(s.disk.files[name], append([]byte(nil), f.Data...))
	}
	return err
}

func (s *fakeKeeper) Have(ctx context.Context, o pipeline.Offer) (bool, error) {
	s.disk.mu.Lock()
	defer s.disk.mu.Unlock()
	switch {
	case s.fault == "blocks" && ctx.Err() != nil:
		<-s.disk.stop
		return false, nil
	case !s.open && s.fault == "refuses while closed":
		return false, fmt.Errorf("closed: %w", pipeline.ErrSkip)
	case !s.open:
		return false, errors.New("closed")
	case s.fault == "looks at names":
		return len(s.disk.files[o.Meta.Name]) > 0, nil
	case s.fault == "takes parts for pictures" && len(s.disk.parts[o.Sum]) == int(o.Size):
		return true, nil
	case s.find(o.Meta.Name, o.Sum):
		if s.fault != "leaves parts behind" {
			delete(s.disk.parts, o.Sum)
		}
		return true, nil
	}
	return false, s.room()
}

func (s *fakeKeeper) Part(o pipeline.Offer) (pipeline.Part, error) {
	s.disk.mu.Lock()
	defer s.disk.mu.Unlock()
	if !s.open {
		return nil, errors.New("closed")
	}
	if s.parts[o.Sum] && s.fault != "opens parts twice" {
		return nil, nil
	}
	s.parts[o.Sum] = true
	return &fakePart{s, o}, nil
}

type fakePart struct {
	s *fakeKeeper
	o pipeline.Offer
}

func (p *fakePart) Size() int64 {
	p.s.disk.mu.Lock()
	defer p.s.disk.mu.Unlock()
	return int64(len(p.s.disk.parts[p.o.Sum]))
}

func (p *fakePart) ReadAt(data []byte, off int64) (int, error) {
	p.s.disk.mu.Lock()
	defer p.s.disk.mu.Unlock()
	n := copy(data, p.s.disk.parts[p.o.Sum][off:])
	if p.s.fault == "reads wrong" && n > 0 {
		data[0]++
	}
	if n < len(data) {
		return n, io.EOF
	}
	return n, nil
}

func (p *fakePart) Write(data []byte) (int, error) {
	p.s.disk.mu.Lock()
	defer p.s.disk.mu.Unlock()
	had := p.s.disk.parts[p.o.Sum]
	if int64(len(had)+len(data)) > p.o.Size && p.s.fault != "grows without end" {
		return 0, errors.New("too much")
	}
	p.s.disk.parts[p.o.Sum] = append(had, data...)
	return len(data), nil
}

func (p *fakePart) Discard() error {
	if p.s.fault != "keeps parts" {
		p.s.disk.mu.Lock()
		delete(p.s.disk.parts, p.o.Sum)
		p.s.disk.mu.Unlock()
	}
	return p.Close()
}

func (p *fakePart) Close() error {
	p.s.disk.mu.Lock()
	defer p.s.disk.mu.Unlock()
	delete(p.s.parts, p.o.Sum)
	return nil
}

func TestKeeperSuitePasses(t *testing.T) {
	Keeper(t, newFakeKeeper(""))
	mustPass(t, keeperRules(newFakeKeeper("")))
}

func TestKeeperSuiteSeesFaults(t *testing.T) {
	const (
		there   = "what was written is there, also for the next process"
		refuses = "without room a picture is refused in words"
	)
	for _, c := range []struct{ fault, rule, says string }{
		{"forgets", there, "gives false, wants true"},
		{"looks at names", there, "with another sum Have gives true"},
		{"overwrites", "other content under the same name is not there, and both can be kept", "gives false, wants true"},
		{"fails on names", "any name is taken or refused", "bad name does not wrap ErrSkip"},
		{"refuses while closed", "a keeper that is closed knows nothing and refuses nothing", "closed: skipped"},
		{"blocks", "a done context does not hold Have up", "does not return"},
		{"fails when full", refuses, "Write gives full and not"},
		{"refuses without words", refuses, "Have gives false, skipped and not"},
		{"keeps what it refuses", refuses, "gives true, wants false"},
		{"forgets parts", "a part is there again, also for the next process", "the part has 0 bytes"},
		{"reads wrong", "a part is there again, also for the next process", "wants the"},
		{"keeps parts", "a part that was discarded is gone", "the part has 100 bytes, wants 0"},
		{"opens parts twice", "a part is open once", "while it is open"},
		{"takes parts for pictures", "a part is not the picture", "gives true, wants false"},
		{"leaves parts behind", "a part of a picture that is there goes when Have says so", "the part has 100 bytes, wants 0"},
		{"grows without end", "a part is not the picture", "a byte behind the end is taken"},
	} {
		t.Run(c.fault, func(t *testing.T) {
			mustFail(t, keeperRules(newFakeKeeper(c.fault)), brief, c.rule, c.says)
		})
	}
}
