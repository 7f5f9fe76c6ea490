package pipelinetest

import (
	"bytes"
	"io"

	"framewire/pipeline"
)

// opened opens a part, which must be there to be had.
func (k *keeperTrial) opened(o pipeline.Offer) pipeline.Part {
	k.tr.Helper()
	p, err := k.part(o)
	if err != nil || p == nil {
		k.tr.Fatalf("Part gives %v, %v", p, err)
	}
	return p
}

// append writes to a part.
func (k *keeperTrial) append(p pipeline.Part, data []byte) {
	k.tr.Helper()
	if n, err := p.Write(data); n != len(data) || err != nil {
		k.tr.Fatalf("Write of %d bytes of a part gives %d, %v", len(data), n, err)
	}
}

// holds wants the part to have those bytes and no more.
func (k *keeperTrial) holds(p pipeline.Part, want []byte) {
	k.tr.Helper()
	if got := p.Size(); got != int64(len(want)) {
		k.tr.Fatalf("the part has %d bytes, wants %d", got, len(want))
	}
	got := make([]byte, len(want)+1)
	n, err := p.ReadAt(got, 0)
	if n != len(want) || err != io.EOF || !bytes.Equal(got[:n], want) {
		k.tr.Errorf("ReadAt gives %d bytes and %v, wants the %d that were written and io.EOF", n, err, len(want))
	}
}

func (c KeeperCase) partStays(tr *trial) {
	cfg := tr.config(c.Spec, c.Configure)
	k := c.with(tr, cfg)
	k.open()
	f := photo(tr, 1, "a.jpg")
	half := len(f.Data) / 2
	p := k.opened(offerOf(f))
	k.holds(p, nil)
	k.append(p, f.Data[:10])
	k.append(p, f.Data[10:half])
	k.holds(p, f.Data[:half])
	k.closePart(p)
	k.close()

	k = c.with(tr, cfg)
	k.open()
	p = k.opened(offerOf(f))
	k.holds(p, f.Data[:half])
	k.append(p, f.Data[half:])
	k.holds(p, f.Data)
	k.closePart(p)
	k.close()
}

func (c KeeperCase) partGoes(tr *trial) {
	k := c.make(tr)
	f, other := photo(tr, 1, "a.jpg"), photo(tr, 2, "b.jpg")
	p, beside := k.opened(offerOf(f)), k.opened(offerOf(other))
	k.append(p, f.Data[:100])
	k.append(beside, other.Data[:50])
	if err := p.Discard(); err != nil {
		tr.Errorf("Discard: %v", err)
	}
	p = k.opened(offerOf(f))
	k.holds(p, nil)
	k.holds(beside, other.Data[:50])
	k.closePart(p)
	k.closePart(beside)
	k.close()
}

// partIsOpenOnce wants two transfers of one picture not to write to the same part.
func (c KeeperCase) partIsOpenOnce(tr *trial) {
	k := c.make(tr)
	f := photo(tr, 1, "a.jpg")
	p := k.opened(offerOf(f))
	k.append(p, f.Data[:100])
	if again, err := k.part(offerOf(f)); again != nil || err != nil {
		tr.Errorf("while it is open Part gives %v, %v", again, err)
	}
	k.append(p, f.Data[100:200])
	k.holds(p, f.Data[:200])
	k.closePart(p)
	k.close()
}

// partIsNoPicture wants a part, even a full one, not to count as kept.
func (c KeeperCase) partIsNoPicture(tr *trial) {
	k := c.make(tr)
	f := photo(tr, 1, "a.jpg")
	p := k.opened(offerOf(f))
	k.append(p, f.Data)
	k.have(f, false)
	if n, err := p.Write([]byte{0}); err == nil {
		tr.Errorf("a byte behind the end is taken: Write gives %d", n)
	}
	k.keep(f)
	if err := p.Discard(); err != nil {
		tr.Errorf("Discard: %v", err)
	}
	k.have(f, true)
	k.close()
}

func (k *keeperTrial) closePart(p pipeline.Part) {
	k.tr.Helper()
	if err := p.Close(); err != nil {
		k.tr.Errorf("Close of a part: %v", err)
	}
}

// partOfWhatIsThere has a part left behind by a connection that broke off, of a picture that came another way.
func (c KeeperCase) partOfWhatIsThere(tr *trial) {
	k := c.make(tr)
	f := photo(tr, 1, "a.jpg")
	p := k.opened(offerOf(f))
	k.append(p, f.Data[:100])
	k.closePart(p)
	k.keep(f)
	k.have(f, true)
	p = k.opened(offerOf(f))
	k.holds(p, nil)
	k.closePart(p)
	k.close()
}
