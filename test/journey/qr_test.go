package journey

import (
	"bytes"
	"context"
	"image/png"
	"net/url"
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// scan photographs the first QR code on the page and reads it, as a phone does.
func (p *person) scan() string { p.t.Helper(); return p.scanIn("main") }

// scanIn reads the QR code in a part of the page: from another distance when the
// picture is no good.
func (p *person) scanIn(part string) string {
	p.t.Helper()
	text, scale := "", 2.0
	p.until(func(ctx context.Context) error {
		if scale++; scale > 6 {
			scale = 3
		}
		b, err := chromedp.Run(ctx, chromedp.ScreenshotScale(chromedp.CSS(part+" svg.qr"), scale))
		if err != nil {
			return err
		}
		img, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			return err
		}
		bits, err := gozxing.NewBinaryBitmapFromImage(img)
		if err != nil {
			return err
		}
		res, err := qrcode.NewQRCodeReader().Decode(bits, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
		if err == nil {
			text = res.GetText()
		}
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
