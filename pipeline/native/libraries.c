//go:build opencv && linux && (amd64 || arm64)

#include "libraries.h"

#include <dlfcn.h>
#include <libavcodec/version.h>
#include <libavformat/version.h>
#include <libavutil/version.h>
#include <libswscale/version.h>
#include <opencv2/core/version.hpp>
#include <stdio.h>
#include <stdlib.h>

// unloaded is where all slots point at first.
static void unloaded(void) {
  fputs("framewire: a function of OpenCV's or FFmpeg's was called before native.Load, or the library has none of that name\n", stderr);
  abort();
}

// JUMP goes on at the address in a slot; it touches only the register that calls between libraries may use.
#if defined(__x86_64__)
#define JUMP(slot) "endbr64\n\tjmp *" slot "(%rip)\n"
#elif defined(__aarch64__)
#define JUMP(slot) "hint #34\n\tadrp x16, " slot "\n\tldr x16, [x16, :lo12:" slot "]\n\tbr x16\n"
#endif

#define FUNCTION(library, name)                                             \
  __attribute__((used)) static void *slot_##name = unloaded;                \
  __asm__(".text\n.p2align 4\n.globl " #name "\n.hidden " #name             \
          "\n.type " #name ", %function\n" #name ":\n\t" JUMP("slot_" #name) \
          ".size " #name ", .-" #name "\n");
#include "ffmpeg.h"
#include "opencv.h"
#undef FUNCTION

static const struct {
  int library;
  const char *name;
  void **slot;
} functions[] = {
#define FUNCTION(library, name) {library, #name, &slot_##name},
#include "ffmpeg.h"
#include "opencv.h"
#undef FUNCTION
};

// gocv catches this class of OpenCV's. The type itself is data, which no slot can stand for: this one is the same to
// whoever compares, as types are compared by name (Itanium C++ ABI, 2.9.5; class with a single base).
extern void *const _ZTVN10__cxxabiv120__si_class_type_infoE[];
extern const char _ZTISt9exception[];
static const char exception_name[] = "N2cv9ExceptionE";
__attribute__((visibility("hidden"))) const void *const _ZTIN2cv9ExceptionE[] = {
    &_ZTVN10__cxxabiv120__si_class_type_infoE[2], exception_name, _ZTISt9exception};

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

static void soname(int library, char *name, size_t size) {
  // An OpenCV of 4.6 is 406 in its libraries' names.
  static const char *const modules[] = {"core", "imgproc", "imgcodecs", "highgui", "videoio"};
  static const char *const av[] = {
      [AVUTIL] = "libavutil.so." TEXT(LIBAVUTIL_VERSION_MAJOR),
      [SWSCALE] = "libswscale.so." TEXT(LIBSWSCALE_VERSION_MAJOR),
      [AVCODEC] = "libavcodec.so." TEXT(LIBAVCODEC_VERSION_MAJOR),
      [AVFORMAT] = "libavformat.so." TEXT(LIBAVFORMAT_VERSION_MAJOR),
  };
  if (library <= OPENCV_VIDEOIO)
    snprintf(name, size, "libopencv_%s.so.%d%02d", modules[library], CV_VERSION_MAJOR, CV_VERSION_MINOR);
  else
    snprintf(name, size, "%s", av[library]);
}

int fw_load(int library, char *why) {
  char name[64];
  soname(library, name, sizeof name);
  void *handle = dlopen(name, RTLD_LAZY | RTLD_LOCAL);
  if (!handle) {
    snprintf(why, FW_WHY, "%s", dlerror());
    return -1;
  }
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    if (functions[i].library != library) continue;
    void *function = dlsym(handle, functions[i].name);
    // Others may be calling: what is stored again is the same.
    if (function) __atomic_store_n(functions[i].slot, function, __ATOMIC_RELEASE);
  }
  return 0;
}
