// The few things that the Go side needs of FFmpeg's libraries: a clip that is opened, read packet by packet
// or picture by picture, and pictures that are written into memory of the caller's. No pointer to Go memory
// is kept. Functions that can fail return a negative error of FFmpeg's or of the list below.

#ifndef FRAMEWIRE_LIBAV_H
#define FRAMEWIRE_LIBAV_H

#include <stdint.h>

// Far from the numbers of the system's errors and of FFmpeg's own.
enum {
  FW_PLAYLIST = -100001,  // a local file that names other files or addresses
  FW_NO_VIDEO = -100002,  // nothing in it can be shown
  FW_ONLY_SOUND = -100003,
  FW_NO_DECODER = -100004,
  FW_STOPPED = -100005,   // by fw_stop
  FW_SILENT = -100006,    // nothing came for too long
  FW_END = -100007,
};

#define FW_NO_TIME INT64_MIN

// The layouts of pixels, with the numbers of pipeline.Layout.
enum { FW_BGR = 1, FW_GRAY = 2, FW_I420 = 3 };

// fw_rules is how a clip is to be opened.
typedef struct {
  const char *protocols;  // that a URL may use, with commas; NULL for a local file, which may open nothing
  int64_t silence;        // microseconds without a byte after which a connection counts as lost
  int64_t max_pixels;     // of the largest picture that is decoded
  int no_delay;           // a live stream: pictures at once rather than quickly
} fw_rules;

// fw_about is what the container tells.
typedef struct {
  int height;          // in pixels, of the coded pictures; 0 where it is not told
  int jpeg;            // the packets are JPEG images
  int turn;            // degrees clockwise by which pictures are to be turned: 0, 90, 180 or 270
  int untimed;         // the container knows no times, and cannot be searched
  int64_t step;        // nanoseconds from one picture to the next; 0 where it is not told
  int64_t length;      // nanoseconds; 0 where it is not told
} fw_about;

// fw_packet is one packet as it lies in the container; data is valid until the next call.
typedef struct {
  const uint8_t *data;
  int size;
  int64_t time;  // nanoseconds from the clip's start, or FW_NO_TIME
} fw_packet;

// fw_picture is a decoded picture that waits for fw_write.
typedef struct {
  int width, height;  // before turning
  int turn;
  int layout;         // in which it is written with the least work and without loss
  int64_t time;
} fw_picture;

typedef struct fw_clip fw_clip;

// fw_new gives a clip that is not open, or NULL without memory. With quiet FFmpeg prints nothing any more.
fw_clip *fw_new(int quiet);

// fw_open opens a path or a URL. It may be called once.
int fw_open(fw_clip *c, const char *url, const fw_rules *rules, fw_about *about);

// fw_read gives the next packet of the video. fw_keep has the packet read last given again.
int fw_read(fw_clip *c, fw_packet *packet);
void fw_keep(fw_clip *c);

// fw_seek goes to the last key picture that is not later than the time, in nanoseconds from the clip's start.
int fw_seek(fw_clip *c, int64_t time);

// fw_decode decodes the next picture.
int fw_decode(fw_clip *c, fw_picture *picture);

// fw_write writes the picture decoded last, upright and tightly packed: colours by BT.601, full range. dst has
// room for it and for FW_SLACK bytes more.
int fw_write(fw_clip *c, int layout, uint8_t *dst);
enum { FW_SLACK = 64, FW_ERROR_SIZE = 128 };

// fw_stop makes the call that runs in another thread return FW_STOPPED; fw_go allows calls again.
void fw_stop(fw_clip *c);
void fw_go(fw_clip *c);

// fw_close frees everything.
void fw_close(fw_clip *c);

// fw_error writes what an error of FFmpeg's means, at most FW_ERROR_SIZE bytes.
void fw_error(int code, char *text);

#endif
