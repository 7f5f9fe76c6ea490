// What the Go side needs of libjpeg-turbo's libjpeg API, flattened so that no pointer to Go memory is ever stored
// in Go memory that C reads, and none is kept after a call. Errors never leave C by longjmp.

#ifndef FRAMEWIRE_LIBJPEG_H
#define FRAMEWIRE_LIBJPEG_H

#include <stddef.h>

enum { FW_FAILED = -1, FW_FULL = -2, FW_DIFFERS = -3 };

// The pixel formats of packed pictures.
enum { FW_GRAY = 1, FW_BGR = 3, FW_CMYK = 4 };

typedef struct fw_encoder fw_encoder;
typedef struct fw_decoder fw_decoder;

// These give NULL when there is no memory.
fw_encoder *fw_encoder_new(void);
fw_decoder *fw_decoder_new(void);
void fw_encoder_free(fw_encoder *e);
void fw_decoder_free(fw_decoder *d);

// The text of the last failure.
const char *fw_encoder_text(const fw_encoder *e);
const char *fw_decoder_text(const fw_decoder *d);

// fw_encode_packed writes a picture of FW_GRAY or FW_BGR pixels into dst, which holds size bytes, and returns
// the length of the JPEG, or FW_FULL when it is longer. hstep and vstep are the luma columns and rows to one of
// chroma; restart is the number of MCU rows between restart markers, 0 for none.
long fw_encode_packed(fw_encoder *e, const unsigned char *src, int pitch, int pixel, int width, int height,
                      int hstep, int vstep, int quality, int restart, unsigned char *dst, size_t size);

// fw_encode_420 does the same from planes with chroma halved both ways.
long fw_encode_420(fw_encoder *e, const unsigned char *y, const unsigned char *cb, const unsigned char *cr,
                   int stride, int cstride, int width, int height,
                   int hstep, int vstep, int quality, int restart, unsigned char *dst, size_t size);

// A picture to decode lies in head and then in body. Where open is 1 its end marker is missing and is taken to
// follow; first is then the number, 0 to 7, of its first restart marker. The two below return FW_DIFFERS when it is
// not of that size and kind.

// fw_decode_packed decodes to FW_GRAY, FW_BGR or FW_CMYK pixels, reduced to one scale-th (1, 2, 4 or 8; sides
// rounded up). width and height are the picture's own; of the reduced one it leaves out skip rows at the top and
// writes the rows that follow.
int fw_decode_packed(fw_decoder *d, const unsigned char *head, size_t head_size, const unsigned char *body, size_t body_size,
                     int open, int first, int pixel, int width, int height, int scale,
                     int skip, int rows, unsigned char *dst, int pitch);

// fw_decode_420 decodes a 4:2:0 YCbCr picture to planes with chroma sides rounded up.
int fw_decode_420(fw_decoder *d, const unsigned char *head, size_t head_size, const unsigned char *body, size_t body_size,
                  int open, int first, int width, int height,
                  unsigned char *y, unsigned char *cb, unsigned char *cr, int stride, int cstride);

#endif
