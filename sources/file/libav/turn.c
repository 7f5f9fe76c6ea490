//go:build opencv

#include <string.h>

#include "clip.h"

// A square of pixels whose rows all stay in the cache, however far apart they lie.
enum { SQUARE = 32 };

// transpose writes column x of src as row x of dst, forwards or backwards as the steps between pixels say.
static inline void transpose(uint8_t *dst, ptrdiff_t row, ptrdiff_t column, const uint8_t *src, int stride, int width, int height, int n) {
  for (int top = 0; top < height; top += SQUARE)
    for (int left = 0; left < width; left += SQUARE)
      for (int x = left; x < left + SQUARE && x < width; x++)
        for (int y = top; y < top + SQUARE && y < height; y++)
          for (int i = 0; i < n; i++) dst[x * row + y * column + i] = src[(ptrdiff_t)y * stride + x * n + i];
}

void fw_turn_plane(uint8_t *dst, int dst_stride, const uint8_t *src, int stride, int width, int height, int n, int degrees) {
  ptrdiff_t row = dst_stride;
  switch (degrees) {
    case 90:
      dst += (ptrdiff_t)(height - 1) * n;
      if (n == 1) transpose(dst, row, -1, src, stride, width, height, 1);
      else transpose(dst, row, -3, src, stride, width, height, 3);
      return;
    case 270:
      dst += (width - 1) * row;
      if (n == 1) transpose(dst, -row, 1, src, stride, width, height, 1);
      else transpose(dst, -row, 3, src, stride, width, height, 3);
      return;
    case 180:
      for (int y = 0; y < height; y++) {
        uint8_t *to = dst + (ptrdiff_t)(height - 1 - y) * row;
        const uint8_t *from = src + (ptrdiff_t)y * stride;
        for (int x = 0; x < width; x++)
          for (int i = 0; i < n; i++) to[(width - 1 - x) * n + i] = from[x * n + i];
      }
      return;
  }
  for (int y = 0; y < height; y++) memcpy(dst + y * row, src + (ptrdiff_t)y * stride, (size_t)width * n);
}
