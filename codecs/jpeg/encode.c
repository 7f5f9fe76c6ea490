//go:build opencv

#include "libjpeg.h"

#include <stdlib.h>
#include <string.h>

#include "fault.h"

enum { most_rows = 2 * DCTSIZE }; // of a row of MCUs: no component here has more than two blocks down

struct fw_encoder {
  struct jpeg_compress_struct c;
  fw_fault fault;
  struct jpeg_destination_mgr out;
  int full; // dst was too small
};

static void init_destination(j_compress_ptr c) { (void)c; }
static void term_destination(j_compress_ptr c) { (void)c; }

static boolean empty_output_buffer(j_compress_ptr c) {
  ((fw_encoder *)c->client_data)->full = 1;
  ERREXIT(c, JERR_BUFFER_SIZE);
  return FALSE;
}

fw_encoder *fw_encoder_new(void) {
  fw_encoder *e = calloc(1, sizeof *e);
  if (!e) return NULL;
  e->c.err = fw_fault_init(&e->fault);
  e->c.client_data = e;
  if (setjmp(e->fault.back)) {
    fw_encoder_free(e);
    return NULL;
  }
  jpeg_create_compress(&e->c);
  e->c.mem->max_memory_to_use = FW_MEMORY;
  e->out.init_destination = init_destination;
  e->out.empty_output_buffer = empty_output_buffer;
  e->out.term_destination = term_destination;
  e->c.dest = &e->out;
  return e;
}

void fw_encoder_free(fw_encoder *e) {
  jpeg_destroy_compress(&e->c);
  free(e);
}

const char *fw_encoder_text(const fw_encoder *e) { return e->fault.text; }

// begin sets everything that a picture needs but where its samples come from. The accurate transform is at least as
// fast as the other one, which has no AVX2 code.
static void begin(fw_encoder *e, int components, J_COLOR_SPACE space, int width, int height,
                  int hstep, int vstep, int quality, int restart, unsigned char *dst, size_t size) {
  j_compress_ptr c = &e->c;
  e->full = 0;
  e->out.next_output_byte = dst;
  e->out.free_in_buffer = size;
  c->image_width = width;
  c->image_height = height;
  c->input_components = components;
  c->in_color_space = space;
  jpeg_set_defaults(c);
  if (components > 1) {
    c->comp_info[0].h_samp_factor = hstep;
    c->comp_info[0].v_samp_factor = vstep;
  }
  jpeg_set_quality(c, quality, TRUE);
  c->dct_method = JDCT_ISLOW;
  c->restart_in_rows = restart;
}

static long length(const fw_encoder *e, size_t size) { return (long)(size - e->out.free_in_buffer); }

static long failed(fw_encoder *e) {
  jpeg_abort_compress(&e->c);
  return e->full ? FW_FULL : FW_FAILED;
}

long fw_encode_packed(fw_encoder *e, const unsigned char *src, int pitch, int pixel, int width, int height,
                      int hstep, int vstep, int quality, int restart, unsigned char *dst, size_t size) {
  if (setjmp(e->fault.back)) return failed(e);
  begin(e, pixel, pixel == FW_GRAY ? JCS_GRAYSCALE : JCS_EXT_BGR, width, height, hstep, vstep, quality, restart,
        dst, size);
  jpeg_start_compress(&e->c, TRUE);
  while (e->c.next_scanline < e->c.image_height) {
    JSAMPROW rows[most_rows];
    JDIMENSION n = 0;
    for (; n < most_rows && e->c.next_scanline + n < e->c.image_height; n++)
      rows[n] = (JSAMPROW)src + (size_t)(e->c.next_scanline + n) * pitch;
    jpeg_write_scanlines(&e->c, rows, n);
  }
  jpeg_finish_compress(&e->c);
  return length(e, size);
}

// plane is where a component's samples are. Each is taken xstep times across and ystep times down.
//
// The frame, which is larger than the cache, is read row by row into a few rows that stay in it. libjpeg itself would
// go through it block by block, eight bytes of each of eight rows at a time, and take a fifth longer.
typedef struct {
  const unsigned char *data;
  int stride, width, height, xstep, ystep;
  int wide;        // samples that libjpeg reads of a row: whole blocks
  JSAMPARRAY rows; // of one row of MCUs
} plane;

// load copies row y of a plane; those below the last repeat it, and so do samples to the right.
static void load(const plane *p, int y, JSAMPROW to) {
  y /= p->ystep;
  if (y >= p->height) y = p->height - 1;
  const unsigned char *from = p->data + (size_t)y * p->stride;
  int n = p->width;
  if (p->xstep == 1) {
    memcpy(to, from, n);
  } else {
    n = n * 2 < p->wide ? n * 2 : p->wide;
    for (int x = 0; x < n; x++) to[x] = from[x / 2];
  }
  memset(to + n, to[n - 1], p->wide - n);
}

long fw_encode_420(fw_encoder *e, const unsigned char *y, const unsigned char *cb, const unsigned char *cr,
                   int stride, int cstride, int width, int height,
                   int hstep, int vstep, int quality, int restart, unsigned char *dst, size_t size) {
  if (setjmp(e->fault.back)) return failed(e);
  j_compress_ptr c = &e->c;
  begin(e, 3, JCS_YCbCr, width, height, hstep, vstep, quality, restart, dst, size);
  c->raw_data_in = TRUE;
  jpeg_start_compress(c, TRUE);

  int cw = (width + 1) / 2, ch = (height + 1) / 2;
  plane planes[3] = {
    {y, stride, width, height, 1, 1},
    {cb, cstride, cw, ch, 2 / hstep, 2 / vstep},
    {cr, cstride, cw, ch, 2 / hstep, 2 / vstep},
  };
  JSAMPARRAY all[3];
  for (int i = 0; i < 3; i++) {
    plane *p = &planes[i];
    p->wide = (int)c->comp_info[i].width_in_blocks * DCTSIZE;
    all[i] = p->rows = c->mem->alloc_sarray((j_common_ptr)c, JPOOL_IMAGE, p->wide, most_rows);
  }
  for (int mcu = 0; c->next_scanline < c->image_height; mcu++) {
    for (int i = 0; i < 3; i++) {
      int n = c->comp_info[i].v_samp_factor * DCTSIZE;
      for (int j = 0; j < n; j++) load(&planes[i], mcu * n + j, all[i][j]);
    }
    jpeg_write_raw_data(c, all, c->max_v_samp_factor * DCTSIZE);
  }
  jpeg_finish_compress(c);
  return length(e, size);
}
