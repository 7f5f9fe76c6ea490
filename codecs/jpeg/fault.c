//go:build opencv

#include "fault.h"

static void fail(j_common_ptr c) {
  fw_fault *fault = (fw_fault *)c->err;
  c->err->format_message(c, fault->text);
  longjmp(fault->back, 1);
}

// A picture with holes is none: what libjpeg only warns of ends the decoding, except warnings about nothing that
// shows. Those are bytes between two segments, which many cameras write in front of the end marker, and versions
// of JFIF and Adobe that it does not know.
static void warn(j_common_ptr c, int level) {
  if (level >= 0) return; // a trace
  switch (c->err->msg_code) {
  case JWRN_EXTRANEOUS_DATA:
  case JWRN_ADOBE_XFORM:
  case JWRN_JFIF_MAJOR:
    return;
  }
  fail(c);
}

static void print(j_common_ptr c) { (void)c; }

struct jpeg_error_mgr *fw_fault_init(fw_fault *fault) {
  jpeg_std_error(&fault->base);
  fault->base.error_exit = fail;
  fault->base.emit_message = warn;
  fault->base.output_message = print;
  return &fault->base;
}
