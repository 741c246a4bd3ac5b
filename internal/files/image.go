package files

import (
	"fmt"
	"image"
	_ "image/gif"  // registers the decoder for DecodeConfig
	_ "image/jpeg" // registers the decoder for DecodeConfig
	_ "image/png"  // registers the decoder for DecodeConfig
	"io"
)

// Limits of pictures: a scanned A3 page at 600 dpi has 70 million pixels.
const (
	maxImageSide   = 20_000
	maxImagePixels = 100_000_000
)

// checkImage reads the header alone: a picture of a few kilobytes may claim
// billions of pixels, and whoever decodes it later would pay for them.
func checkImage(src io.ReaderAt, size int64) error {
	c, _, err := image.DecodeConfig(io.NewSectionReader(src, 0, size))
	if err != nil {
		return ErrImage().Because(err)
	}
	if c.Width <= 0 || c.Height <= 0 || c.Width > maxImageSide || c.Height > maxImageSide ||
		int64(c.Width)*int64(c.Height) > maxImagePixels {
		return ErrImage().Because(fmt.Errorf("%d×%d pixels", c.Width, c.Height))
	}
	return nil
}
