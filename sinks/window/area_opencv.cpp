//go:build opencv

#include "area_opencv.h"

#include <opencv2/highgui.hpp>

extern "C" int fw_window_area(const char *name, int *width, int *height) {
  try {
    cv::Rect r = cv::getWindowImageRect(name);
    *width = r.width;
    *height = r.height;
    return r.width > 0 && r.height > 0;
  } catch (...) {
    return 0;
  }
}
