package pipeline

// Accounter is a Source that knows whether everything that it should have delivered was. The runner calls
// Account once, last of all, after every stage has closed; an error fails the pipeline, also when it was
// stopped from outside.
type Accounter interface {
	Account() error
}

// Progress is how far a source has come with something that has an end.
type Progress struct {
	Unit       string `json:"unit"`  // what is counted, in the plural: "photos"
	Done       int    `json:"done"`  // delivered, where outputs confirm, else given away
	Total      int    `json:"total"` // known so far
	Refused    int    `json:"refused"`
	Bytes      int64  `json:"bytes"`
	TotalBytes int64  `json:"total_bytes"`
}

// Progresser is a Source that has a Progress. It is called from any goroutine while the pipeline runs; ok
// is false where there is nothing to tell.
type Progresser interface {
	Progress() (p Progress, ok bool)
}
