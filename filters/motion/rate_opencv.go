//go:build opencv

package motion

// jpegEvery is the least time between two looks at JPEG: libjpeg-turbo decodes small pictures quickly.
const jpegEvery = 0
