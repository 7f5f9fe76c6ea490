// What the Go side knows of libraries.c.

#ifndef FRAMEWIRE_NATIVE_H
#define FRAMEWIRE_NATIVE_H

enum {
  OPENCV_CORE,
  OPENCV_IMGPROC,
  OPENCV_IMGCODECS,
  OPENCV_HIGHGUI,
  OPENCV_VIDEOIO,
  AVUTIL,
  SWSCALE,
  AVCODEC,
  AVFORMAT,
};

// FW_WHY is the room for why a library could not be loaded, in bytes.
enum { FW_WHY = 512 };

// fw_load loads a library and fills the slots of its functions, as often as it is called. It gives 0, or else writes why
// it could not.
int fw_load(int library, char *why);

#endif
