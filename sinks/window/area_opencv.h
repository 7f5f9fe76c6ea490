// OpenCV tells the size of what a window shows in C++ only, and gocv does not at all.

#ifdef __cplusplus
extern "C"
#endif
// fw_window_area gives the size in pixels of the area that a window shows pictures in, and 0 when it is not known.
int fw_window_area(const char *name, int *width, int *height);
