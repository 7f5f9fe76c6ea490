package config

import (
	"encoding"
	"errors"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"framewire/pipeline"
)

// scalar decodes one value. What the text means depends on the field alone: 0 is a number to a number and
// text to a text.
func (d *decoder) scalar(n *node, v reflect.Value, path string, enum []string) {
	if n.kind != scalar {
		d.fault(n.at, path, example(v.Type()), "wants one value, not %s", n.kind)
		return
	}
	if conceals(v.Type()) {
		d.concealed(n, v, path)
		return
	}
	text, fromEnv, ok := d.text(n, path)
	if !ok {
		return
	}
	if enum != nil && !slices.Contains(enum, text) {
		d.fault(n.at, path, didYouMean(text, "write one of ", enum, ""), "%s is none of %s", quote(text), strings.Join(enum, ", "))
		return
	}
	// Braces force quotes around a ${NAME} inside {...}, so quotes say nothing there.
	if isNumber(v) && !n.plain && !fromEnv {
		d.fault(n.at, path, "write it without quotes", "%s is text, not a number", quote(text))
		return
	}
	if err := parseScalar(text, v); err != nil {
		var detail *pipeline.FieldError
		if !errors.As(err, &detail) {
			detail = &pipeline.FieldError{Problem: err.Error()}
		}
		d.fault(n.at, path, detail.Hint, "%s", detail.Problem)
	}
}

// concealed decodes a value that messages do not repeat.
func (d *decoder) concealed(n *node, v reflect.Value, path string) {
	text, _, err := expandEnv(n.text, d.lookup)
	var detail *pipeline.FieldError
	switch {
	case err == nil:
		err = parseScalar(text, v)
	case onlyVariable.MatchString(n.text) && errors.As(err, &detail):
		d.fault(n.at, path, detail.Hint, "%s", detail.Problem)
		return
	}
	if err != nil {
		d.fault(n.at, path, "write ${NAME} for an environment variable, or $$ for a dollar sign", "its text cannot be read")
	}
}

// text gives a scalar with its variables filled in, and whether there were any.
func (d *decoder) text(n *node, path string) (text string, fromEnv, ok bool) {
	text, fromEnv, err := expandEnv(n.text, d.lookup)
	if err != nil {
		var detail *pipeline.FieldError
		errors.As(err, &detail)
		d.fault(n.at, path, detail.Hint, "%s", detail.Problem)
		return "", fromEnv, false
	}
	return text, fromEnv, true
}

// isNumber reports whether the value is a bare number or truth value, which stands without quotes.
func isNumber(v reflect.Value) bool {
	if v.Type() == durationType || readsText(v.Type()) {
		return false
	}
	return v.CanInt() || v.CanUint() || v.CanFloat() || v.Kind() == reflect.Bool
}

// parseScalar reads text into v. Its errors are FieldErrors, or whatever the value's own UnmarshalText gives.
func parseScalar(text string, v reflect.Value) error {
	switch {
	case v.Type() == durationType:
		d, err := parseDuration(text)
		v.SetInt(int64(d))
		return err
	case readsText(v.Type()):
		return v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(text))
	case v.Kind() == reflect.String:
		v.SetString(text)
	case v.Kind() == reflect.Bool:
		if text != "true" && text != "false" {
			return pipeline.FieldErrorf("", truthHint(text), "%s is neither true nor false", quote(text))
		}
		v.SetBool(text == "true")
	case v.CanInt():
		return parseInt(text, v)
	case v.CanUint():
		return parseUint(text, v)
	case v.CanFloat():
		return parseFloat(text, v)
	default:
		return pipeline.FieldErrorf("", "", "cannot be set in a config")
	}
	return nil
}

func parseInt(text string, v reflect.Value) error {
	n, err := strconv.ParseInt(text, 10, v.Type().Bits())
	switch {
	case errors.Is(err, strconv.ErrRange) && n < 0:
		return pipeline.FieldErrorf("", "the least is "+strconv.FormatInt(n, 10), "%s is too small", quote(text))
	case errors.Is(err, strconv.ErrRange):
		return pipeline.FieldErrorf("", "the most is "+strconv.FormatInt(n, 10), "%s is too large", quote(text))
	case err != nil:
		return pipeline.FieldErrorf("", numberHint(text, ""), "%s is not a whole number", quote(text))
	}
	v.SetInt(n)
	return nil
}

func parseUint(text string, v reflect.Value) error {
	n, err := strconv.ParseUint(text, 10, v.Type().Bits())
	switch {
	case errors.Is(err, strconv.ErrRange):
		return pipeline.FieldErrorf("", "the most is "+strconv.FormatUint(n, 10), "%s is too large", quote(text))
	case err != nil && strings.HasPrefix(text, "-"):
		return pipeline.FieldErrorf("", "", "%s is below zero", quote(text))
	case err != nil:
		return pipeline.FieldErrorf("", numberHint(text, ""), "%s is not a whole number", quote(text))
	}
	v.SetUint(n)
	return nil
}

func parseFloat(text string, v reflect.Value) error {
	n, err := strconv.ParseFloat(text, v.Type().Bits())
	switch {
	case errors.Is(err, strconv.ErrRange):
		return pipeline.FieldErrorf("", "", "%s is too large", quote(text))
	case err != nil || math.IsNaN(n) || math.IsInf(n, 0) || strings.ContainsAny(text, "xXpP_"):
		return pipeline.FieldErrorf("", numberHint(text, "write a number such as 29.97"), "%s is not a number", quote(text))
	}
	v.SetFloat(n)
	return nil
}

// numberHint finds the number in "30fps" or "80 %".
func numberHint(text, otherwise string) string {
	digits := text[:len(text)-len(strings.TrimLeft(text, "0123456789"))]
	if unit := strings.TrimSpace(text[len(digits):]); digits != "" && unit != "" && strings.Trim(unit, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ%°") == "" {
		return "write " + digits
	}
	return otherwise
}

func truthHint(text string) string {
	switch strings.ToLower(text) {
	case "yes", "on", "1", "y", "true":
		return "write true"
	case "no", "off", "0", "n", "false":
		return "write false"
	}
	return "write true or false"
}

// example shows how a value of that type is written, where it is not plain.
func example(t reflect.Type) string {
	switch t {
	case durationType:
		return "write a duration such as 5s"
	case sizeType:
		return "write a size such as 1280x720"
	case byteSizeType:
		return "write a size such as 64MiB"
	}
	return ""
}
