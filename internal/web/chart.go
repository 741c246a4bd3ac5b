package web

import (
	"fmt"
	"strings"

	qrcode "github.com/skip2/go-qrcode"
)

// Bars 柱状图 is partial "bars": horizontal, from zero, drawn into the table of
// its figures, so that small screens and screen readers get the same.
type Bars struct {
	ID    string // unique on the page
	Title string
	Desc  string // what the reader should see: “三个区超期最多”
	Unit  string // “件”
	Label string // head of the first column: “区划”
	Items []Bar
}

// Bar is one value; the list behind it at Href.
type Bar struct {
	Text  string
	Value float64 // not below zero
	Show  string  // the figure as written; empty: Value without decimals
	Href  string
	Bad   bool
}

type drawnBar struct {
	Bar
	Width int // of 1000
}

// Drawn gives the bars their widths; the greatest value fills the room.
func (b Bars) Drawn() []drawnBar {
	top := 0.0
	for _, it := range b.Items {
		top = max(top, it.Value)
	}
	out := make([]drawnBar, len(b.Items))
	for i, it := range b.Items {
		if it.Show == "" {
			it.Show = fmt.Sprintf("%.0f", it.Value)
		}
		w := 0
		if top > 0 && it.Value > 0 {
			w = max(int(it.Value/top*1000), 4) // what is not zero is seen
		}
		out[i] = drawnBar{Bar: it, Width: w}
	}
	return out
}

// Spark 走势 is partial "spark": a small line from zero.
type Spark struct {
	Title  string // read aloud: “近 12 个月收件量，最近 320 件”
	Values []float64
}

// Path of the line on a drawing of 120 by 30.
func (s Spark) Path() string {
	var b strings.Builder
	for i, v := range s.Values {
		x, y := s.point(i, v)
		op := "L"
		if i == 0 {
			op = "M"
		}
		fmt.Fprintf(&b, "%s%.1f %.1f", op, x, y)
	}
	return b.String()
}

func (s Spark) point(i int, v float64) (x, y float64) {
	top := 0.0
	for _, w := range s.Values {
		top = max(top, w)
	}
	if top == 0 {
		top = 1
	}
	if len(s.Values) > 1 {
		x = 3 + float64(i)*114/float64(len(s.Values)-1)
	}
	return x, 28 - v/top*25
}

// QR 二维码 is partial "qr".
type QR struct {
	Size  int    // modules on a side, with the quiet zone
	Path  string // SVG path, one unit a module
	Title string // what it leads to, read aloud
}

// NewQR draws text, usually an absolute address, as a code of middle error
// correction. It fails when the text is too long for any code (about 2,300 bytes).
func NewQR(text, title string) (QR, error) {
	c, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return QR{}, fmt.Errorf("draw a QR code: %w", err)
	}
	bits := c.Bitmap()
	var b strings.Builder
	for y, row := range bits {
		for x := 0; x < len(row); x++ {
			if !row[x] {
				continue
			}
			from := x
			for x+1 < len(row) && row[x+1] {
				x++
			}
			fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", from, y, x-from+1, x-from+1)
		}
	}
	return QR{Size: len(bits), Path: b.String(), Title: title}, nil
}
