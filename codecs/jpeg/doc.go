// Package jpeg encodes and decodes JPEG pictures (ITU-T T.81, JFIF): the encoder and decoder plugins, and
// a bounded reader of JPEG headers for whoever has JPEG bytes and wants to know their size.
//
// With the tag opencv it uses libjpeg-turbo through cgo; without, the standard library's image/jpeg, which
// needs nothing but Go and takes five to ten times as long. Both write baseline pictures with the standard
// Huffman tables. What is read: baseline, extended and progressive pictures of 8 bits with one, three or
// four components.
//
// Large pictures of live streams are encoded in stripes on idle cores, with a restart marker behind each row of
// MCUs, and pictures that have such markers, whoever wrote them, are decoded in parts.
package jpeg
