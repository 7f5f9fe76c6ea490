package config

// nodeKind tells what a place in a config can hold.
type nodeKind uint8

const (
	null    nodeKind = iota // nothing after the colon, or ~
	scalar                  // one value
	mapping                 // key: value
	list                    // - value
	broken                  // something whose fault was told already: nothing more is said of it
)

// String names the kind as messages do.
func (k nodeKind) String() string {
	return [...]string{"nothing", "one value", "a map", "a list", "a fault"}[k]
}

// node is one place in a config: YAML freed of its syntax, aliases and merges, with positions. Overrides
// make nodes too. A node never appears twice in a tree.
type node struct {
	kind    nodeKind
	at      pos
	text    string  // of a scalar, as it was written, without quotes; of a null, the word for it if there is one
	plain   bool    // the scalar has no quotes, so that it may be a number
	entries []entry // of a mapping, in the file's order; a key may be there twice
	items   []*node // of a list
}

// entry is one key of a mapping.
type entry struct {
	key   string
	at    pos // of the key
	value *node
}

// get finds the first entry with that key.
func (n *node) get(key string) *entry {
	for i := range n.entries {
		if n.entries[i].key == key {
			return &n.entries[i]
		}
	}
	return nil
}
