//go:build !opencv

package standard

func native() string { return "" }
