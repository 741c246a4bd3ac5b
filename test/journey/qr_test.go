package journey

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/url"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// scan photographs the first QR code on the page and reads it, as a phone does.
func (p *person) scan() string { p.t.Helper(); return p.scanIn("main") }

// scanIn reads the QR code in a part of the page: from another distance, with the
// tab in front, when the picture is no good.
func (p *person) scanIn(part string) string {
	p.t.Helper()
	text, scale := "", 2.0
	p.until(func(ctx context.Context) error {
		if scale++; scale > 6 {
			scale = 3
		}
		if err := chromedp.Do(ctx, command(page.BringToFront, cdp.Empty{})); err != nil {
			return err
		}
		b, err := chromedp.Run(ctx, chromedp.ScreenshotScale(chromedp.CSS(part+" svg.qr"), scale))
		if err != nil {
			return err
		}
		img, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			return err
		}
		text, err = readQR(img)
		return err
	}, patience, "read the QR code")
	if !strings.HasPrefix(text, p.city.url+"/") {
		p.fail("the QR code leads to %s, not to %s", text, p.city.url)
	}
	if _, err := url.Parse(text); err != nil {
		p.fail("the QR code leads to %s: %v", text, err)
	}
	return text
}

// readQR reads the code in a picture: as one photographed, then as one drawn. What it
// says of a picture without one tells a blank page from a code that is hard to read.
func readQR(img image.Image) (string, error) {
	bits, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		return "", err
	}
	var res *gozxing.Result
	for _, way := range []gozxing.DecodeHintType{gozxing.DecodeHintType_TRY_HARDER, gozxing.DecodeHintType_PURE_BARCODE} {
		if res, err = qrcode.NewQRCodeReader().Decode(bits, map[gozxing.DecodeHintType]any{way: true}); err == nil {
			return res.GetText(), nil
		}
	}
	dark, size := 0, img.Bounds()
	for y := size.Min.Y; y < size.Max.Y; y++ {
		for x := size.Min.X; x < size.Max.X; x++ {
			if color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y < 128 {
				dark++
			}
		}
	}
	return "", fmt.Errorf("%d of 100 points of %s are dark: %w", 100*dark/max(1, size.Dx()*size.Dy()), size.Size(), err)
}
