package pipeline

import (
	"fmt"
	"slices"
	"strings"
)

// Registry is the list of plugins that a program ships. There is no global one: main makes it.
type Registry struct {
	specs map[Kind]map[string]Spec
}

// NewRegistry gives a registry with those plugins. A name that comes twice in a kind is an error.
func NewRegistry(specs ...Spec) (*Registry, error) {
	r := &Registry{specs: make(map[Kind]map[string]Spec)}
	for _, spec := range specs {
		if err := r.add(spec); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (r *Registry) add(spec Spec) error {
	if spec.Name == "" || spec.Kind == "" || spec.Config == nil {
		return fmt.Errorf("register %s %q: kind, name and config are needed", spec.Kind, spec.Name)
	}
	if _, ok := r.specs[spec.Kind][spec.Name]; ok {
		return fmt.Errorf("register %s %q: the name is taken", spec.Kind, spec.Name)
	}
	if r.specs[spec.Kind] == nil {
		r.specs[spec.Kind] = make(map[string]Spec)
	}
	r.specs[spec.Kind][spec.Name] = spec
	return nil
}

// Lookup finds a plugin by kind and name.
func (r *Registry) Lookup(kind Kind, name string) (Spec, bool) {
	spec, ok := r.specs[kind][name]
	return spec, ok
}

// List gives the plugins of a kind, sorted by name.
func (r *Registry) List(kind Kind) []Spec {
	list := make([]Spec, 0, len(r.specs[kind]))
	for _, spec := range r.specs[kind] {
		list = append(list, spec)
	}
	slices.SortFunc(list, func(a, b Spec) int { return strings.Compare(a.Name, b.Name) })
	return list
}
