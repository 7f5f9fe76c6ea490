// Package file is the source that plays video files, folders of them, and URLs.
//
// The life of a clip:
//
//  1. Open looks at the path itself, with Go's own calls, so that a missing file, a folder or a text file
//     gets a message of ours before FFmpeg sees it.
//  2. The first bytes tell the container. Motion JPEG in Matroska, fragmented MP4, AVI and plain concatenated
//     images has demuxers in the package demux, which are used when the chain takes JPEG.
//  3. Everything else goes to FFmpeg's libraries (package libav, native build only): its packets are handed on
//     where they are JPEG, else its pictures are decoded and written into the frame in one pass, as I420 where
//     the chain takes that.
//  4. A folder is a list of such clips, opened one after the other.
//  5. Each picture's time is put on the stream's one timeline, which only grows, also across loops,
//     seeking, reopening and broken timestamps; with pace realtime, Read waits until the picture is due.
//  6. While it waits, Read does what the user asks for: pause, step, speed, seek. To seek, the clip jumps to a
//     place before the time, and goes on from there to the picture itself.
//
// Recording is done in sinks/file, JPEG headers are read in codecs/jpeg.
package file
