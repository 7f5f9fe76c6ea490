package pipeline

import "slices"

// LayoutFor is the rule by which a source that can make several raw layouts chooses one, can[0] being what it likes
// best: of the patterns that Env.Want has, best first, the first one that any of them fits decides.
func LayoutFor(want []Format, can ...Layout) Layout {
	for _, pattern := range want {
		for _, layout := range can {
			if (Format{Codec: CodecRaw, Layout: layout}).Matches(pattern) {
				return layout
			}
		}
	}
	return can[0]
}

// asked leaves of the formats that a source can make those that it may make by that rule, whichever it likes best.
func asked(gives, want []Format) []Format {
	for _, pattern := range want {
		if !isRaw(pattern) {
			continue
		}
		others := func(f Format) bool { return isRaw(f) && !f.Matches(pattern) }
		if fit := slices.DeleteFunc(slices.Clone(gives), others); slices.ContainsFunc(fit, isRaw) {
			return fit
		}
	}
	return gives
}

func isRaw(f Format) bool { return f.Codec == CodecRaw }
