// How the C side fails: libjpeg's errors, and those of its warnings that mean a damaged picture, come back to
// the setjmp of the call, with a text.

#ifndef FRAMEWIRE_FAULT_H
#define FRAMEWIRE_FAULT_H

#include <stdio.h>

#include <setjmp.h>

#include <jpeglib.h>

#include <jerror.h>

#if !defined(JCS_EXTENSIONS) || !defined(MEM_SRCDST_SUPPORTED)
#error "libjpeg-turbo is needed: this libjpeg reads and writes no BGR"
#endif

// FW_MEMORY is the most that libjpeg may take for one picture, in bytes. The coefficients of a progressive one of
// 100 megapixels and four components take 800 MB.
#define FW_MEMORY (1L << 30)

typedef struct {
  struct jpeg_error_mgr base; // first, so that libjpeg's pointer to it is one to this
  jmp_buf back;
  char text[JMSG_LENGTH_MAX];
} fw_fault;

// fw_fault_init makes fault what libjpeg reports to.
struct jpeg_error_mgr *fw_fault_init(fw_fault *fault);

#endif
