package pipeline

import (
	"context"
	"errors"
	"fmt"
)

// decodeAny is the decoder that a chain puts in: it looks at each frame's codec and uses the decoder
// registered for it, which it makes the first time.
type decodeAny struct {
	reg    *Registry
	env    Env
	byName map[Codec]Filter
}

var _ Filter = (*decodeAny)(nil)

func (d *decodeAny) Apply(ctx context.Context, f *Frame) (*Frame, error) {
	dec, err := d.decoder(f.Format.Codec)
	if err != nil {
		return nil, err
	}
	return dec.Apply(ctx, f)
}

func (d *decodeAny) decoder(codec Codec) (Filter, error) {
	if dec, ok := d.byName[codec]; ok {
		return dec, nil
	}
	spec, ok := d.reg.Lookup(KindDecoder, string(codec))
	if !ok || spec.Missing != "" {
		return nil, fmt.Errorf("no decoder for %q frames in this build: %w", codec, ErrSkip)
	}
	dec, err := spec.NewFilter(spec.Config(), d.env)
	if err != nil {
		return nil, err
	}
	if d.byName == nil {
		d.byName = make(map[Codec]Filter)
	}
	d.byName[codec] = dec
	return dec, nil
}

func (d *decodeAny) Close() error {
	var all []error
	for _, dec := range d.byName {
		all = append(all, dec.Close())
	}
	return errors.Join(all...)
}
