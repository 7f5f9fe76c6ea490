package pipeline

// Node is one configured place in a chain.
type Node struct {
	Spec   Spec
	Config any    // what Spec.Config gave, filled in by the user's settings
	Queue  Queue  // the edge in front of a sink or send, as far as the user set it
	Path   string // where it stands in the config, for example "sinks.0"
	Pos    string // file:line:column, for messages; may be empty
}

// Chain is one pipeline as configured: one input, then filters, then an encoder, then outputs.
type Chain struct {
	Name    string
	Input   Node // a source or a receive
	Filters []Node
	Encoder *Node  // nil where there is none
	Outputs []Node // sends and sinks, in the order of the config (sends first)
}
