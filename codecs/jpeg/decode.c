//go:build opencv

#include "libjpeg.h"

#include <stdlib.h>
#include <string.h>

#include "fault.h"

enum {
  most_rows = 2 * DCTSIZE,
  most_scans = 500, // bounds the scans of a picture once more, behind Header.CheckData
};

struct fw_decoder {
  struct jpeg_decompress_struct c;
  fw_fault fault;
  struct jpeg_source_mgr in;
  struct jpeg_progress_mgr progress;
  const unsigned char *body; // what follows the bytes that libjpeg has; NULL when it has them all
  size_t size;
  int open, first;
};

static const JOCTET end_marker[] = {0xFF, JPEG_EOI};

static void init_source(j_decompress_ptr c) { (void)c; }
static void term_source(j_decompress_ptr c) { (void)c; }

static boolean fill_input_buffer(j_decompress_ptr c) {
  fw_decoder *d = c->client_data;
  if (d->size > 0) {
    d->in.next_input_byte = d->body;
    d->in.bytes_in_buffer = d->size;
    d->size = 0;
  } else if (d->open) {
    d->in.next_input_byte = end_marker;
    d->in.bytes_in_buffer = sizeof end_marker;
  } else {
    ERREXIT(c, JERR_INPUT_EOF);
  }
  return TRUE;
}

static void skip_input_data(j_decompress_ptr c, long n) {
  fw_decoder *d = c->client_data;
  while (n > (long)d->in.bytes_in_buffer) {
    n -= (long)d->in.bytes_in_buffer;
    if (d->size == 0) ERREXIT(c, JERR_INPUT_EOF);
    fill_input_buffer(c);
  }
  d->in.next_input_byte += n;
  d->in.bytes_in_buffer -= n;
}

// A part of a picture may begin with any restart marker, while libjpeg counts from zero.
static boolean resync_to_restart(j_decompress_ptr c, int desired) {
  const fw_decoder *d = c->client_data;
  if (c->unread_marker != JPEG_RST0 + ((desired + d->first) & 7))
    ERREXIT2(c, JWRN_MUST_RESYNC, c->unread_marker, desired);
  c->unread_marker = 0;
  return TRUE;
}

static void progress_monitor(j_common_ptr c) {
  if (((j_decompress_ptr)c)->input_scan_number > most_scans) ERREXIT1(c, JERR_BAD_SCAN_SCRIPT, most_scans);
}

fw_decoder *fw_decoder_new(void) {
  fw_decoder *d = calloc(1, sizeof *d);
  if (!d) return NULL;
  d->c.err = fw_fault_init(&d->fault);
  d->c.client_data = d;
  if (setjmp(d->fault.back)) {
    fw_decoder_free(d);
    return NULL;
  }
  jpeg_create_decompress(&d->c);
  d->c.mem->max_memory_to_use = FW_MEMORY;
  d->in.init_source = init_source;
  d->in.fill_input_buffer = fill_input_buffer;
  d->in.skip_input_data = skip_input_data;
  d->in.resync_to_restart = resync_to_restart;
  d->in.term_source = term_source;
  d->c.src = &d->in;
  d->progress.progress_monitor = progress_monitor;
  d->c.progress = &d->progress;
  return d;
}

void fw_decoder_free(fw_decoder *d) {
  jpeg_destroy_decompress(&d->c);
  free(d);
}

const char *fw_decoder_text(const fw_decoder *d) { return d->fault.text; }

// begin reads the header, and reports whether the picture is of that size.
static int begin(fw_decoder *d, const unsigned char *head, size_t head_size, const unsigned char *body,
                 size_t body_size, int open, int first, int width, int height) {
  d->in.next_input_byte = head;
  d->in.bytes_in_buffer = head_size;
  d->body = body;
  d->size = body_size;
  d->open = open;
  d->first = first;
  jpeg_read_header(&d->c, TRUE);
  d->c.dct_method = JDCT_ISLOW;
  return d->c.image_width == (JDIMENSION)width && d->c.image_height == (JDIMENSION)height;
}

// leave ends the picture early and gives what the call returns.
static int leave(fw_decoder *d, int result) {
  jpeg_abort_decompress(&d->c);
  return result;
}

int fw_decode_packed(fw_decoder *d, const unsigned char *head, size_t head_size, const unsigned char *body,
                     size_t body_size, int open, int first, int pixel, int width, int height, int scale,
                     int skip, int rows, unsigned char *dst, int pitch) {
  if (setjmp(d->fault.back)) return leave(d, FW_FAILED);
  j_decompress_ptr c = &d->c;
  if (!begin(d, head, head_size, body, body_size, open, first, width, height)) return leave(d, FW_DIFFERS);
  c->out_color_space = pixel == FW_GRAY ? JCS_GRAYSCALE : pixel == FW_BGR ? JCS_EXT_BGR : JCS_CMYK;
  c->scale_num = 1;
  c->scale_denom = scale;
  jpeg_start_decompress(c);
  if (c->output_components != pixel || c->output_width != (JDIMENSION)((width + scale - 1) / scale) ||
      c->output_height < (JDIMENSION)(skip + rows))
    return leave(d, FW_DIFFERS);
  if (skip > 0) {
    JSAMPARRAY scratch = c->mem->alloc_sarray((j_common_ptr)c, JPOOL_IMAGE, c->output_width * pixel, 1);
    while (c->output_scanline < (JDIMENSION)skip) jpeg_read_scanlines(c, scratch, 1);
  }
  for (int y = 0; y < rows;) {
    JSAMPROW some[most_rows];
    int n = rows - y < most_rows ? rows - y : most_rows;
    for (int i = 0; i < n; i++) some[i] = dst + (size_t)(y + i) * pitch;
    y += (int)jpeg_read_scanlines(c, some, n);
  }
  if (c->output_scanline < c->output_height) return leave(d, 0); // what follows belongs to another part
  jpeg_finish_decompress(c);
  return 0;
}

// plane is where a component's samples go: by way of a few rows that stay in the cache and take whole blocks, as in
// encode.c.
typedef struct {
  unsigned char *data;
  int stride, width, height;
} plane;

int fw_decode_420(fw_decoder *d, const unsigned char *head, size_t head_size, const unsigned char *body,
                  size_t body_size, int open, int first, int width, int height,
                  unsigned char *y, unsigned char *cb, unsigned char *cr, int stride, int cstride) {
  if (setjmp(d->fault.back)) return leave(d, FW_FAILED);
  j_decompress_ptr c = &d->c;
  if (!begin(d, head, head_size, body, body_size, open, first, width, height)) return leave(d, FW_DIFFERS);
  const jpeg_component_info *comp = c->comp_info;
  if (c->num_components != 3 || c->jpeg_color_space != JCS_YCbCr || comp[0].h_samp_factor != 2 ||
      comp[0].v_samp_factor != 2 || comp[1].h_samp_factor != 1 || comp[1].v_samp_factor != 1 ||
      comp[2].h_samp_factor != 1 || comp[2].v_samp_factor != 1)
    return leave(d, FW_DIFFERS);
  c->raw_data_out = TRUE;
  c->out_color_space = JCS_YCbCr;
  jpeg_start_decompress(c);

  int cw = (width + 1) / 2, ch = (height + 1) / 2;
  const plane planes[3] = {{y, stride, width, height}, {cb, cstride, cw, ch}, {cr, cstride, cw, ch}};
  JSAMPARRAY rows[3];
  for (int i = 0; i < 3; i++)
    rows[i] = c->mem->alloc_sarray((j_common_ptr)c, JPOOL_IMAGE, comp[i].width_in_blocks * DCTSIZE, most_rows);
  for (int mcu = 0; c->output_scanline < c->output_height; mcu++) {
    jpeg_read_raw_data(c, rows, most_rows);
    for (int i = 0; i < 3; i++) {
      const plane *p = &planes[i];
      int n = comp[i].v_samp_factor * DCTSIZE;
      for (int j = 0, at = mcu * n; j < n && at < p->height; j++, at++)
        memcpy(p->data + (size_t)at * p->stride, rows[i][j], p->width);
    }
  }
  jpeg_finish_decompress(c);
  return 0;
}
