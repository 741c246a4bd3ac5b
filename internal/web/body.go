package web

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"strings"

	"github.com/tongban/tongban/internal/sm"
)

// Body is a drawn page, kept to be sent to many readers: whoever keeps one sees
// to it that the page says nothing about a reader and is still true.
type Body struct {
	html, zipped []byte
	lang, tag    string
}

// Size is what it takes in memory, bytes.
func (b *Body) Size() int { return len(b.html) + len(b.zipped) }

// Draw makes the page without sending it.
func (v *View[T]) Draw(data T) (*Body, error) {
	var b, z bytes.Buffer
	if err := v.Execute(&b, data); err != nil {
		return nil, err
	}
	w, err := gzip.NewWriterLevel(&z, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	_, _ = w.Write(b.Bytes()) // a bytes.Buffer takes everything
	_ = w.Close()
	return &Body{html: b.Bytes(), zipped: z.Bytes(), lang: v.base(&data).Lang, tag: `W/"` + sm.SM3Hex(b.Bytes())[:32] + `"`}, nil
}

// SendBody answers with a kept page, or with 304 to who has it. The reader's own
// cache asks each time, so that a change shows with the next request.
func SendBody(w http.ResponseWriter, r *http.Request, b *Body) {
	h := w.Header()
	h.Set("ETag", b.tag)
	h.Set("Cache-Control", "private, no-cache")
	h.Add("Vary", "Cookie, Accept-Encoding")
	if SameTag(r, b.tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", b.lang)
	out := b.html
	if acceptsGzip(r) {
		h.Set("Content-Encoding", "gzip")
		out = b.zipped
	}
	h.Set("Content-Length", fmt.Sprint(len(out)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(out) // the client may have gone; nothing to undo
	}
}

// SameTag reports whether the request names an entity tag as one it has.
func SameTag(r *http.Request, tag string) bool {
	for t := range strings.SplitSeq(r.Header.Get("If-None-Match"), ",") {
		if t = strings.TrimSpace(t); t == "*" || strings.TrimPrefix(t, "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}
