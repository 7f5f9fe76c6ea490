//go:build opencv

// Pictures whose planes lie as the frame's do, brought to JFIF's colours (ITU-T T.871: BT.601, full range) in one
// pass over each row. Everything is in 16 bits, so that the compiler works on 16 or 32 samples at once.

#include <string.h>

#include "clip.h"

// FAST also makes a variant for AVX2, where the linker can choose between the two.
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__)
#define FAST __attribute__((target_clones("avx2", "default")))
#else
#define FAST
#endif

// range brings a plane from one range to another: samples from low to high, times gain plus bias, both with
// 8 bits after the point.
typedef struct {
  uint8_t low, high;
  uint16_t gain, bias;
} range;

static const range limited_luma = {16, 235, 298, 128};    // 255/219
static const range limited_chroma = {16, 240, 291, 304};  // 255/224, and 128 stays 128

FAST static void stretch(uint8_t *dst, int dst_stride, const uint8_t *src, int stride, int width, int height, range r) {
  for (int y = 0; y < height; y++) {
    uint8_t *restrict to = dst + (ptrdiff_t)y * dst_stride;
    const uint8_t *restrict from = src + (ptrdiff_t)y * stride;
    for (int x = 0; x < width; x++) {
      uint8_t v = from[x] < r.low ? r.low : from[x];
      v = v > r.high ? r.high : v;
      to[x] = (uint16_t)((uint16_t)(v - r.low) * r.gain + r.bias) >> 8;
    }
  }
}

static void copy_plane(uint8_t *dst, int dst_stride, const uint8_t *src, int stride, int width, int height) {
  if (dst_stride == stride && stride == width) {
    memcpy(dst, src, (size_t)width * height);
    return;
  }
  for (int y = 0; y < height; y++) memcpy(dst + (ptrdiff_t)y * dst_stride, src + (ptrdiff_t)y * stride, width);
}

// matrix takes BT.709's luma and chroma to BT.601's. What luma gets from chroma has 7 bits after the point, the
// rest 12; low and luma are the range.
typedef struct {
  int low, luma;
  int y_cb, y_cr, cb_cb, cb_cr, cr_cb, cr_cr;
} matrix;

// The same from the primaries of both: Y' += 0.101579 Cb + 0.196076 Cr, Cb' = 0.989854 Cb - 0.110653 Cr and
// Cr' = 0.983398 Cr - 0.072453 Cb; for the limited range chroma is times 255/224 and luma times 255/219.
static const matrix full_709 = {0, 128, 416, 803, 4054, -453, -297, 4028};
static const matrix limited_709 = {16, 149, 474, 914, 4616, -516, -338, 4585};

enum { LIFT = 64 };  // keeps sums above zero, in whole luma steps

static inline uint8_t clamp(int v) { return v < 0 ? 0 : v > 255 ? 255 : v; }

// shade gives what each chroma sample of a row adds to the luma of its two columns.
FAST static void shade(uint16_t *restrict out, const uint8_t *restrict cb, const uint8_t *restrict cr, int n, matrix m) {
  for (int x = 0; x < n; x++) {
    int u = cb[x] - 128, v = cr[x] - 128;
    uint16_t add = LIFT * 128 + 64 + ((m.y_cb * u + m.y_cr * v + 16) >> 5);
    out[2 * x] = add;
    out[2 * x + 1] = add;
  }
}

FAST static void relight(uint8_t *restrict to, const uint8_t *restrict from, const uint16_t *restrict add, int width, matrix m) {
  uint8_t low = m.low;
  uint16_t gain = m.luma;
  for (int x = 0; x < width; x++) {
    uint8_t v = from[x] < low ? 0 : from[x] - low;
    int16_t sum = (uint16_t)((uint16_t)(v * gain) + add[x]) >> 7;
    sum -= LIFT;
    sum = sum < 0 ? 0 : sum;
    to[x] = sum > 255 ? 255 : sum;
  }
}

FAST static void recolour(uint8_t *restrict to_cb, uint8_t *restrict to_cr, const uint8_t *restrict cb,
                          const uint8_t *restrict cr, int n, matrix m) {
  for (int x = 0; x < n; x++) {
    int u = cb[x] - 128, v = cr[x] - 128;
    to_cb[x] = clamp((m.cb_cb * u + m.cb_cr * v + (128 << 12) + (1 << 11)) >> 12);
    to_cr[x] = clamp((m.cr_cb * u + m.cr_cr * v + (128 << 12) + (1 << 11)) >> 12);
  }
}

// from_709 goes through the picture in stripes of a row of chroma and its two of luma, and rows in pieces for
// which add has room.
static void from_709(const AVFrame *f, int layout, uint8_t *const dst[3], const int stride[3], matrix m) {
  enum { PIECE = 2048 };
  uint16_t add[PIECE];
  int width = f->width, height = f->height;
  for (int y = 0; y < height; y += 2) {
    const uint8_t *cb = f->data[1] + (ptrdiff_t)(y / 2) * f->linesize[1];
    const uint8_t *cr = f->data[2] + (ptrdiff_t)(y / 2) * f->linesize[2];
    for (int x = 0; x < width; x += PIECE) {
      int n = width - x < PIECE ? width - x : PIECE, chroma = (n + 1) / 2;
      shade(add, cb + x / 2, cr + x / 2, chroma, m);
      for (int row = y; row < y + 2 && row < height; row++)
        relight(dst[0] + (ptrdiff_t)row * stride[0] + x, f->data[0] + (ptrdiff_t)row * f->linesize[0] + x, add, n, m);
      if (layout == FW_I420)
        recolour(dst[1] + (ptrdiff_t)(y / 2) * stride[1] + x / 2, dst[2] + (ptrdiff_t)(y / 2) * stride[2] + x / 2,
                 cb + x / 2, cr + x / 2, chroma, m);
    }
  }
}

int fw_planes(const AVFrame *f, int layout, uint8_t *const dst[3], const int stride[3]) {
  int gray = f->format == AV_PIX_FMT_GRAY8;
  int half = f->format == AV_PIX_FMT_YUV420P || f->format == AV_PIX_FMT_YUVJ420P || f->format == AV_PIX_FMT_YUVA420P;
  if ((!gray && !half) || layout == FW_BGR) return 0;
  // Gray is full range where nothing is told, the others are limited.
  int full = f->color_range == AVCOL_RANGE_JPEG || f->format == AV_PIX_FMT_YUVJ420P ||
             (gray && f->color_range != AVCOL_RANGE_MPEG);
  int chroma_width = (f->width + 1) / 2, chroma_height = (f->height + 1) / 2;
  switch (gray ? AVCOL_SPC_UNSPECIFIED : f->colorspace) {
    case AVCOL_SPC_UNSPECIFIED:
    case AVCOL_SPC_BT470BG:
    case AVCOL_SPC_SMPTE170M:
      break;
    case AVCOL_SPC_BT709:
      from_709(f, layout, dst, stride, full ? full_709 : limited_709);
      return 1;
    default:
      return 0;
  }
  if (full)
    copy_plane(dst[0], stride[0], f->data[0], f->linesize[0], f->width, f->height);
  else
    stretch(dst[0], stride[0], f->data[0], f->linesize[0], f->width, f->height, limited_luma);
  for (int i = 1; i < 3 && layout == FW_I420; i++) {
    if (gray)
      for (int y = 0; y < chroma_height; y++) memset(dst[i] + (ptrdiff_t)y * stride[i], 128, chroma_width);
    else if (full)
      copy_plane(dst[i], stride[i], f->data[i], f->linesize[i], chroma_width, chroma_height);
    else
      stretch(dst[i], stride[i], f->data[i], f->linesize[i], chroma_width, chroma_height, limited_chroma);
  }
  return 1;
}
