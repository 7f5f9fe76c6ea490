// The few calls of TurboJPEG that the Go side needs, flattened so that no pointer to Go memory is ever
// stored in Go memory that C reads. All return 0 or a size on success.

#ifndef FRAMEWIRE_TURBO_H
#define FRAMEWIRE_TURBO_H

#include <turbojpeg.h>

enum { FW_FAILED = -1, FW_WARNED = -2, FW_DIFFERS = -3 };

// fw_compress writes a picture in a packed pixel format into dst, which holds size bytes, and returns the
// length of the JPEG.
long fw_compress(tjhandle handle, const unsigned char *src, int width, int pitch, int height, int format,
                 unsigned char *dst, unsigned long size, int subsamp, int quality, int flags);

// fw_compress_planes does the same from planes of the subsampling's own size.
long fw_compress_planes(tjhandle handle, const unsigned char *y, const unsigned char *cb, const unsigned char *cr,
                        int stride, int cstride, int width, int height,
                        unsigned char *dst, unsigned long size, int subsamp, int quality, int flags);

// fw_decompress decodes to a packed pixel format.
int fw_decompress(tjhandle handle, const unsigned char *src, unsigned long size,
                  unsigned char *dst, int width, int pitch, int height, int format, int flags);

// fw_decompress_420 decodes to planes. It checks first that the picture is 4:2:0 YCbCr of that size, since
// nothing else tells TurboJPEG how large the planes are.
int fw_decompress_420(tjhandle handle, const unsigned char *src, unsigned long size,
                      unsigned char *y, unsigned char *cb, unsigned char *cr,
                      int stride, int cstride, int width, int height, int flags);

#endif
