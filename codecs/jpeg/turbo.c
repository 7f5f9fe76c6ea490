//go:build opencv

#include "turbo.h"

static int outcome(tjhandle handle, int status) {
  if (status == 0) return 0;
  return tjGetErrorCode(handle) == TJERR_WARNING ? FW_WARNED : FW_FAILED;
}

long fw_compress(tjhandle handle, const unsigned char *src, int width, int pitch, int height, int format,
                 unsigned char *dst, unsigned long size, int subsamp, int quality, int flags) {
  if (tjCompress2(handle, src, width, pitch, height, format, &dst, &size, subsamp, quality,
                  flags | TJFLAG_NOREALLOC) != 0)
    return FW_FAILED;
  return (long)size;
}

long fw_compress_planes(tjhandle handle, const unsigned char *y, const unsigned char *cb, const unsigned char *cr,
                        int stride, int cstride, int width, int height,
                        unsigned char *dst, unsigned long size, int subsamp, int quality, int flags) {
  const unsigned char *planes[3] = {y, cb, cr};
  int strides[3] = {stride, cstride, cstride};
  if (tjCompressFromYUVPlanes(handle, planes, width, strides, height, subsamp, &dst, &size, quality,
                              flags | TJFLAG_NOREALLOC) != 0)
    return FW_FAILED;
  return (long)size;
}

int fw_decompress(tjhandle handle, const unsigned char *src, unsigned long size,
                  unsigned char *dst, int width, int pitch, int height, int format, int flags) {
  return outcome(handle, tjDecompress2(handle, src, size, dst, width, pitch, height, format, flags));
}

int fw_decompress_420(tjhandle handle, const unsigned char *src, unsigned long size,
                      unsigned char *y, unsigned char *cb, unsigned char *cr,
                      int stride, int cstride, int width, int height, int flags) {
  int w, h, subsamp, space;
  if (tjDecompressHeader3(handle, src, size, &w, &h, &subsamp, &space) != 0) return FW_FAILED;
  if (w != width || h != height || subsamp != TJSAMP_420 || space != TJCS_YCbCr) return FW_DIFFERS;
  unsigned char *planes[3] = {y, cb, cr};
  int strides[3] = {stride, cstride, cstride};
  return outcome(handle, tjDecompressToYUVPlanes(handle, src, size, planes, width, strides, height, flags));
}
