package config

import (
	"math"
	"strconv"
	"strings"
	"time"

	"framewire/pipeline"
)

// parseDuration reads what time.ParseDuration does, with a unit at every number but 0, and days (24 hours)
// in front: 30d, 1d12h.
func parseDuration(text string) (time.Duration, error) {
	if d, err := time.ParseDuration(text); err == nil {
		return d, nil
	}
	if days, rest, ok := strings.Cut(text, "d"); ok {
		if d, ok := addDays(days, rest); ok {
			return d, nil
		}
	}
	if _, err := strconv.ParseFloat(text, 64); err == nil {
		return 0, pipeline.FieldErrorf("", "write "+cut(text)+"s", "%s has no unit", quote(text))
	}
	return 0, pipeline.FieldErrorf("", durationHint(text), "%s is not a duration", quote(text))
}

// addDays gives a number of days and what stands behind it as one duration.
func addDays(days, rest string) (time.Duration, bool) {
	if strings.Trim(days, "-+.0123456789") != "" || strings.ContainsAny(rest, "-+") {
		return 0, false
	}
	hours, err := time.ParseDuration(days + "h")
	if err != nil || hours > math.MaxInt64/24 || hours < math.MinInt64/24 {
		return 0, false
	}
	d := 24 * hours
	if rest == "" {
		return d, true
	}
	more, err := time.ParseDuration(rest)
	if err != nil {
		return 0, false
	}
	if strings.HasPrefix(days, "-") {
		more = -more
	}
	sum := d + more
	return sum, (sum >= d) == (more >= 0)
}

// durationHint finds the duration in "5 sec" or "2 days".
func durationHint(text string) string {
	number := text[:len(text)-len(strings.TrimLeft(text, "0123456789"))]
	unit := strings.ToLower(strings.TrimSpace(text[len(number):]))
	if n, err := strconv.Atoi(number); err != nil || n > 1_000_000 {
		return "write a number and a unit, such as 500ms, 5s or 2m"
	}
	if unit == "ms" {
		return "write " + number + "ms"
	}
	switch strings.TrimSuffix(unit, "s") {
	case "", "sec", "second":
		return "write " + number + "s"
	case "msec", "millisecond":
		return "write " + number + "ms"
	case "m", "min", "minute":
		return "write " + number + "m"
	case "h", "hr", "hour":
		return "write " + number + "h"
	case "d", "day":
		return "write " + number + "d"
	}
	return "write a number and a unit, such as 500ms, 5s or 2m"
}

// writtenDuration gives whole days as such and leaves out the zero parts that time.Duration prints: 2m0s
// is 2m.
func writtenDuration(d time.Duration) string {
	const day = 24 * time.Hour
	if d != 0 && d%day == 0 {
		return strconv.FormatInt(int64(d/day), 10) + "d"
	}
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
