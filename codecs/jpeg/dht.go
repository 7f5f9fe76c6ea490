package jpeg

// TablesSize is how many bytes AppendComplete adds to an image at most.
const TablesSize = len(standardTables)

// AppendComplete appends one JPEG image to dst and returns the longer slice. Images of MJPEG cameras and
// AVI clips may leave their Huffman tables out and mean the standard ones (Microsoft's AVI1 convention);
// such an image gets them in front of its first scan, so that any reader can decode it. Every other
// image, also one that is broken, is appended byte for byte.
func AppendComplete(dst, image []byte) []byte {
	h, err := ParseHeader(image)
	if err != nil || h.Tables || h.Progressive {
		return append(dst, image...)
	}
	return appendTables(dst, image, h)
}
