// Package camera is the source that takes pictures from a camera, and the list of the cameras here.
//
// The life of a camera:
//
//  1. Open finds the device: an index, a path, or a stable id, which is looked for among the devices that
//     are there now.
//  2. On Linux the device is tried with plain system calls first, so that a missing permission, a camera
//     that another program uses and a device that is no camera get a message that says what to do.
//  3. A goroutine opens it with OpenCV, reads without pause, and closes it again: nobody else touches it,
//     so a read is never raced by Close. It keeps the newest picture and counts those that it replaces.
//  4. Read hands the newest picture on. When none comes for Config.Timeout, or the goroutine's read fails
//     because the camera was unplugged, it gives ErrLost, and the runner opens it again.
//  5. With a shutter (package sources/internal/photo) Read looks at every picture in the same way and hands only
//     those on that are to be taken.
//  6. Close tells the goroutine to stop and waits for it up to a limit. A read that is stuck is left
//     behind and logged; the goroutine closes the device whenever that read returns.
//
// Listing needs no OpenCV and works in the plain build; taking pictures needs the native one.
package camera
