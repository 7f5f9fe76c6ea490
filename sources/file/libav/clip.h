// What the C files share and the Go side does not see.

#ifndef FRAMEWIRE_LIBAV_CLIP_H
#define FRAMEWIRE_LIBAV_CLIP_H

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libswscale/swscale.h>
#include <stdatomic.h>

#include "libav.h"

// fw_shape is what a scaler is made for.
typedef struct {
  int width, height, from, to, full, space;
} fw_shape;

struct fw_clip {
  AVFormatContext *format;
  AVIOContext *io;         // of a local file
  AVStream *stream;        // the video
  AVCodecContext *codec;   // from the first picture on
  AVPacket *packet;
  AVFrame *frame;
  int kept;                // the packet is to be given again
  int ended;               // why no packet comes any more, which the decoder has been told; else 0
  int no_delay;
  int silent;              // a call took too long
  int turn;                // by the container
  int turned;              // by which the picture in frame is to be turned
  int64_t max_pixels;
  int64_t silence;         // of a call, where the protocol cannot tell; 0 for none
  int64_t deadline;        // of the running call, on FFmpeg's clock; 0 for none
  atomic_int stop;

  struct SwsContext *scaler;
  fw_shape shape;          // of the scaler
  uint8_t *scratch;        // a picture on its way
  unsigned int room;       // bytes in it
};

// fw_begin starts a call that may block, fw_failed says what a failure of it was.
void fw_begin(fw_clip *c);
int fw_failed(fw_clip *c, int code);

// fw_matrix_turn gives the degrees clockwise of a display matrix, in quarters.
int fw_matrix_turn(const int32_t *matrix);

// fw_planes writes a picture in I420 or gray where its own planes lie like that, and reports whether they do.
int fw_planes(const AVFrame *f, int layout, uint8_t *const dst[3], const int stride[3]);

// fw_turn_plane turns a plane of width by height items of n bytes clockwise.
void fw_turn_plane(uint8_t *dst, int dst_stride, const uint8_t *src, int stride, int width, int height, int n, int degrees);

#endif
