//go:build !opencv

package standard

func builtWith() string { return "" }
