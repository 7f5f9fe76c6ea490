//go:build opencv

#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <string.h>

#include "clip.h"

// plain gives the format without a range in its name, for which the scaler has an option, and sets full.
static int plain(int format, int *full) {
  int same = format;
  switch (format) {
    case AV_PIX_FMT_YUVJ420P: same = AV_PIX_FMT_YUV420P; break;
    case AV_PIX_FMT_YUVJ422P: same = AV_PIX_FMT_YUV422P; break;
    case AV_PIX_FMT_YUVJ444P: same = AV_PIX_FMT_YUV444P; break;
    case AV_PIX_FMT_YUVJ440P: same = AV_PIX_FMT_YUV440P; break;
    case AV_PIX_FMT_YUVJ411P: same = AV_PIX_FMT_YUV411P; break;
  }
  *full |= same != format;
  return same;
}

// scaler_for has the scaler that turns pictures like this one into a format.
static int scaler_for(fw_clip *c, const AVFrame *f, int to) {
  fw_shape shape = {.width = f->width, .height = f->height, .to = to, .space = f->colorspace};
  shape.full = f->color_range == AVCOL_RANGE_JPEG;
  shape.from = plain(f->format, &shape.full);
  if (c->scaler && !memcmp(&shape, &c->shape, sizeof shape)) return 0;
  sws_freeContext(c->scaler);
  if (!(c->scaler = sws_alloc_context())) return AVERROR(ENOMEM);
  c->shape = shape;

  // On the way to BGR, chroma that is not halved both ways must not be halved.
  int flags = SWS_BICUBIC;
  const AVPixFmtDescriptor *d = av_pix_fmt_desc_get(shape.from);
  if (to == AV_PIX_FMT_BGR24 && (!d || !d->log2_chroma_h || d->comp[0].depth > 8))
    flags |= SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP | SWS_ACCURATE_RND;
  av_opt_set_int(c->scaler, "srcw", f->width, 0);
  av_opt_set_int(c->scaler, "srch", f->height, 0);
  av_opt_set_int(c->scaler, "dstw", f->width, 0);
  av_opt_set_int(c->scaler, "dsth", f->height, 0);
  av_opt_set_int(c->scaler, "src_format", shape.from, 0);
  av_opt_set_int(c->scaler, "dst_format", to, 0);
  av_opt_set_int(c->scaler, "src_range", shape.full, 0);
  av_opt_set_int(c->scaler, "dst_range", 1, 0);
  av_opt_set_int(c->scaler, "sws_flags", flags, 0);
  int code = sws_init_context(c->scaler, NULL, NULL);
  if (code < 0) {
    sws_freeContext(c->scaler);
    c->scaler = NULL;
    return code;
  }
  // What is not told is BT.601, as players of standard definition and ffmpeg itself have it. Between two formats
  // that have no such matrix this is refused, and does not matter.
  sws_setColorspaceDetails(c->scaler, sws_getCoefficients(f->colorspace), shape.full, sws_getCoefficients(SWS_CS_ITU601), 1,
                           0, 1 << 16, 1 << 16);
  return 0;
}

// place is where the planes of a picture begin, and their strides.
typedef struct {
  uint8_t *data[3];
  int stride[3];
  size_t size;
} place;

static place lay_out(uint8_t *at, int layout, int width, int height, int align) {
  int row = (layout == FW_BGR ? 3 * width : width) + align - 1;
  row -= row % align;
  size_t luma = (size_t)row * height;
  place p = {{at}, {row}, luma};
  if (layout == FW_I420) {
    int chroma = (row + 1) / 2;
    size_t plane = (size_t)chroma * ((height + 1) / 2);
    p = (place){{at, at + luma, at + luma + plane}, {row, chroma, chroma}, luma + 2 * plane};
  }
  return p;
}

static int scale(fw_clip *c, int layout, const place *p) {
  static const int formats[] = {[FW_BGR] = AV_PIX_FMT_BGR24, [FW_GRAY] = AV_PIX_FMT_GRAY8, [FW_I420] = AV_PIX_FMT_YUV420P};
  const AVFrame *f = c->frame;
  int code = scaler_for(c, f, formats[layout]);
  if (code < 0) return code;
  uint8_t *data[4] = {p->data[0], p->data[1], p->data[2]};
  int stride[4] = {p->stride[0], p->stride[1], p->stride[2]};
  code = sws_scale(c->scaler, (const uint8_t *const *)f->data, f->linesize, 0, f->height, data, stride);
  return code < 0 ? code : 0;
}

int fw_write(fw_clip *c, int layout, uint8_t *dst) {
  const AVFrame *f = c->frame;
  int width = f->width, height = f->height, code = 0;
  place to = lay_out(dst, layout, width, height, 1);
  if (!c->turned && fw_planes(f, layout, to.data, to.stride)) return 0;
  // The scaler writes rows in whole vectors: where they do not fit, they go through a place with room.
  if (!c->turned && width % 32 == 0) return scale(c, layout, &to);

  av_fast_malloc(&c->scratch, &c->room, lay_out(NULL, layout, width, height, 64).size + FW_SLACK);
  if (!c->scratch) return AVERROR(ENOMEM);
  place from = lay_out(c->scratch, layout, width, height, 64);
  if (!fw_planes(f, layout, from.data, from.stride)) code = scale(c, layout, &from);
  if (code < 0) return code;
  if (c->turned % 180) to = lay_out(dst, layout, height, width, 1);
  fw_turn_plane(to.data[0], to.stride[0], from.data[0], from.stride[0], width, height, layout == FW_BGR ? 3 : 1, c->turned);
  for (int i = 1; i < 3 && layout == FW_I420; i++)
    fw_turn_plane(to.data[i], to.stride[i], from.data[i], from.stride[i], (width + 1) / 2, (height + 1) / 2, 1, c->turned);
  return 0;
}
