package raster

import (
	"testing"

	"framewire/pipeline"
)

// TestTurn compares every turn with one that is done pixel by pixel, at sizes below and above a tile.
func TestTurn(t *testing.T) {
	pool := pipeline.NewPool()
	var turner Turner
	for _, layout := range layouts {
		for _, size := range [][2]int{{1, 1}, {2, 1}, {1, 3}, {3, 2}, {4, 4}, {5, 7}, {70, 131}} {
			f := picture(pool, layout, size[0], size[1])
			for _, turn := range turns {
				w, h := turn.Size(size[0], size[1])
				out := Derive(f, w, h)
				turner.Turn(Of(out.Data, out.Format), Of(f.Data, f.Format), turn)
				want := gridOf(f).turned(turn)
				if layout == pipeline.LayoutI420 {
					want = want.shared()
				}
				if !gridOf(out).equal(want) {
					t.Errorf("%s: another picture than turning pixel by pixel gives", name(layout, size[0], size[1], turn))
				}
				out.Release()
			}
			f.Release()
		}
	}
	if n := pool.Outstanding(); n != 0 {
		t.Errorf("%d frames were not released", n)
	}
}

func TestThen(t *testing.T) {
	pool := pipeline.NewPool()
	f := picture(pool, pipeline.LayoutGray, 3, 2)
	defer f.Release()
	g := gridOf(f)
	for _, a := range turns {
		for _, b := range turns {
			if !g.turned(a.Then(b)).equal(g.turned(a).turned(b)) {
				t.Errorf("%v then %v is not %v", a, b, a.Then(b))
			}
		}
	}
}

// TestWithin looks at what a viewer sees who turns the stored picture.
func TestWithin(t *testing.T) {
	pool := pipeline.NewPool()
	f := picture(pool, pipeline.LayoutGray, 3, 2)
	defer f.Release()
	stored := gridOf(f)
	for _, turn := range turns {
		for degrees := 0; degrees < 360; degrees += 90 {
			viewer := Turn{Degrees: degrees}
			if !stored.turned(turn.Within(degrees)).turned(viewer).equal(stored.turned(viewer).turned(turn)) {
				t.Errorf("%v within %d degrees is not %v", turn, degrees, turn.Within(degrees))
			}
		}
	}
}

func TestMirror(t *testing.T) {
	g := grid{{{1}, {2}}, {{3}, {4}}}
	for mirror, want := range map[Mirror]grid{
		"":         g,
		Horizontal: {{{2}, {1}}, {{4}, {3}}},
		Vertical:   {{{3}, {4}}, {{1}, {2}}},
	} {
		if got := g.turned(mirror.Turn()); !got.equal(want) {
			t.Errorf("%q gives %v", mirror, got)
		}
	}
}

func TestFilterTurnsWhatIsSeen(t *testing.T) {
	pool := pipeline.NewPool()
	filter := NewFilter(Turn{Degrees: 90, Mirror: true})
	for degrees := 0; degrees < 360; degrees += 90 {
		f := picture(pool, pipeline.LayoutBGR, 5, 4)
		f.Meta.Rotation = degrees
		out, err := filter.Apply(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		viewer := Turn{Degrees: degrees}
		want := gridOf(f).turned(viewer).turned(Turn{Degrees: 90, Mirror: true})
		if !gridOf(out).turned(viewer).equal(want) || out.Meta.Rotation != degrees {
			t.Errorf("a picture that is turned by %d degrees is seen otherwise", degrees)
		}
		out.Release()
		f.Release()
	}
}

// The picture is 1080p.
func BenchmarkTurn(b *testing.B) {
	pool := pipeline.NewPool()
	for _, layout := range layouts {
		for _, turn := range []Turn{{Degrees: 90}, {Degrees: 180}, {Mirror: true}, Vertical.Turn()} {
			b.Run(name(layout, 1920, 1080, turn), func(b *testing.B) {
				f := pool.Get(pipeline.Raw(layout, 1920, 1080).Bytes())
				f.Format = pipeline.Raw(layout, 1920, 1080)
				defer f.Release()
				filter := NewFilter(turn)
				b.ReportAllocs()
				for b.Loop() {
					out, err := filter.Apply(b.Context(), f)
					if err != nil {
						b.Fatal(err)
					}
					out.Release()
				}
			})
		}
	}
}
