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

// scanIn reads the QR code in a part of the page.
func (p *person) scanIn(part string) string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	b, err := chromedp.Run(ctx, chromedp.ScreenshotScale(chromedp.CSS(part+" svg.qr"), 3))
	if err != nil {
		p.fail("photograph the QR code: %v", err)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		p.fail("photograph the QR code: %v", err)
	}
	bits, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		p.fail("read the QR code: %v", err)
	}
	res, err := qrcode.NewQRCodeReader().Decode(bits, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		p.fail("read the QR code: %v", err)
	}
	text := res.GetText()
	if !strings.HasPrefix(text, p.city.url+"/") {
		p.fail("the QR code leads to %s, not to %s", text, p.city.url)
	}
	if _, err := url.Parse(text); err != nil {
		p.fail("the QR code leads to %s: %v", text, err)
	}
	return text
}
