// Package libav reads and decodes videos with FFmpeg's libraries: libavformat, libavcodec and libswscale. A clip is
// opened, read packet by packet or picture by picture, and its pictures are written into frames in one pass, upright
// and in the colours of JPEG (BT.601, full range). The native build alone has it: without the tag opencv this package
// is empty.
package libav
