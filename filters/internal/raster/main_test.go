package raster

import (
	"fmt"
	"slices"
	"testing"

	"framewire/pipeline"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var layouts = []pipeline.Layout{pipeline.LayoutBGR, pipeline.LayoutGray, pipeline.LayoutI420}

var turns = []Turn{{0, false}, {90, false}, {180, false}, {270, false}, {0, true}, {90, true}, {180, true}, {270, true}}

// grid is a picture as rows of pixels, each with all its samples: the plain model that pictures are compared with.
type grid [][][3]byte

// gridOf reads a frame. Each pixel of I420 has its chroma sample; gray has one sample.
func gridOf(f *pipeline.Frame) grid {
	p := Of(f.Data, f.Format)
	g := make(grid, f.Format.Height)
	for y := range g {
		g[y] = make([][3]byte, f.Format.Width)
		for x := range g[y] {
			for i, plane := range p.Planes() {
				px, py := x, y
				if i > 0 {
					px, py = x/2, y/2
				}
				copy(g[y][x][i:], plane.Pix[py*plane.Stride+px*plane.Samples:][:plane.Samples])
			}
		}
	}
	return g
}

// shared gives each two by two pixels the mean of their chroma, as a picture in I420 has it.
func (g grid) shared() grid {
	out := make(grid, len(g))
	for y := range g {
		out[y] = slices.Clone(g[y])
		for x := range g[y] {
			for s := 1; s < 3; s++ {
				sum, n := 0, 0
				for _, row := range g[y&^1 : min(y&^1+2, len(g))] {
					for _, p := range row[x&^1 : min(x&^1+2, len(row))] {
						sum += int(p[s])
						n++
					}
				}
				out[y][x][s] = byte((sum + n/2) / n)
			}
		}
	}
	return out
}

// quarter turns the grid clockwise once.
func (g grid) quarter() grid {
	out := make(grid, len(g[0]))
	for x := range out {
		for y := len(g) - 1; y >= 0; y-- {
			out[x] = append(out[x], g[y][x])
		}
	}
	return out
}

func (g grid) turned(t Turn) grid {
	out := slices.Clone(g)
	for range t.Degrees / 90 {
		out = out.quarter()
	}
	if t.Mirror {
		for y := range out {
			out[y] = slices.Clone(out[y])
			slices.Reverse(out[y])
		}
	}
	return out
}

func (g grid) equal(other grid) bool {
	return slices.EqualFunc(g, other, func(a, b [][3]byte) bool { return slices.Equal(a, b) })
}

// picture gives a frame in which no two pixels near each other are the same, with padded rows.
func picture(p *pipeline.Pool, layout pipeline.Layout, w, h int) *pipeline.Frame {
	format := pipeline.Raw(layout, w, h)
	format.Stride += 5
	f := p.Get(format.Bytes())
	f.Format, f.Key = format, true
	for i := range f.Data {
		f.Data[i] = byte(i*37 + i*i/11)
	}
	return f
}

func name(layout pipeline.Layout, w, h int, what any) string {
	return fmt.Sprintf("%s %dx%d %v", layout, w, h, what)
}
