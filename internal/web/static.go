package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
)

//go:embed static
var staticFS embed.FS

// assets are the files that every page may ask for, under names that change
// when any content changes, so that browsers may keep them for a year.
type assets struct {
	hash  string
	files map[string]*asset
}

// asset is one file; its compressed form is made when first asked for.
type asset struct {
	kind  string
	plain []byte
	gz    func() []byte
}

// loadAssets reads the embedded files: the stylesheets become one, comments
// and needless spaces are left out of it.
func loadAssets() (*assets, error) {
	css, err := fs.Glob(staticFS, "static/css/*.css")
	if err != nil {
		return nil, fmt.Errorf("list stylesheets: %w", err)
	}
	slices.Sort(css)
	var sheet []byte
	for _, name := range css {
		b, err := staticFS.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read stylesheet: %w", err)
		}
		sheet = append(sheet, b...)
	}
	a := &assets{files: map[string]*asset{}}
	a.add("tongban.css", "text/css; charset=utf-8", squeezeCSS(sheet))
	for name, kind := range map[string]string{
		"tongban.js":  "text/javascript; charset=utf-8",
		"draft.js":    "text/javascript; charset=utf-8",
		"favicon.svg": "image/svg+xml",
	} {
		b, err := staticFS.ReadFile("static/" + name)
		if err != nil {
			return nil, fmt.Errorf("read static file: %w", err)
		}
		if strings.HasSuffix(name, ".js") {
			b = jsMargin.ReplaceAll(b, nil)
		}
		a.add(name, kind, b)
	}
	names := make([]string, 0, len(a.files))
	for name := range a.files {
		names = append(names, name)
	}
	slices.Sort(names)
	sum := sha256.New()
	for _, name := range names {
		fmt.Fprintf(sum, "%s %d\n", name, len(a.files[name].plain))
		sum.Write(a.files[name].plain)
	}
	a.hash = hex.EncodeToString(sum.Sum(nil))[:12]
	return a, nil
}

func (a *assets) add(name, kind string, plain []byte) {
	a.files[name] = &asset{kind: kind, plain: plain, gz: sync.OnceValue(func() []byte { return gzipped(plain, gzip.BestCompression) })}
}

// url is the address of a file; an unknown name is the page author's mistake
// and fails the rendering.
func (a *assets) url(name string) (string, error) {
	if a.files[name] == nil {
		return "", fmt.Errorf("no static file %q", name)
	}
	return "/static/" + a.hash + "/" + name, nil
}

// ServeHTTP answers GET /static/<hash>/<name>. Another hash still answers (a
// page rendered before an upgrade asks for it) but may not be kept.
func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	hash, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/static/"), "/")
	f := a.files[name]
	if f == nil {
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Vary", "Accept-Encoding")
	if hash == a.hash {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	body := f.plain
	if acceptsGzip(r) {
		h.Set("Content-Encoding", "gzip")
		body = f.gz()
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the client may have gone; nothing to undo
	}
}

func acceptsGzip(r *http.Request) bool {
	for _, part := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name == "gzip" {
			return strings.TrimSpace(q) != "q=0"
		}
	}
	return false
}

func gzipped(plain []byte, level int) []byte {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, level)
	if err != nil {
		panic(err) // level is a constant of ours
	}
	_, _ = z.Write(plain) // a bytes.Buffer takes everything
	_ = z.Close()
	return b.Bytes()
}

var (
	jsMargin   = regexp.MustCompile(`(?m)^\s*(//.*)?\n?`) // our script has no text over several lines
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	cssBlank   = regexp.MustCompile(`\s+`)
	cssAround  = regexp.MustCompile(` ?([{};,]) ?`)
	cssColon   = regexp.MustCompile(`([{;][a-z-]+): `)
)

// squeezeCSS leaves out what a browser does not need. It knows our own
// stylesheets (no strings with braces or semicolons in them), not all of CSS.
func squeezeCSS(b []byte) []byte {
	b = cssComment.ReplaceAll(b, nil)
	b = cssBlank.ReplaceAll(b, []byte(" "))
	b = cssAround.ReplaceAll(b, []byte("$1"))
	for range 2 { // neighbours share their separator
		b = cssColon.ReplaceAll(b, []byte("$1:"))
	}
	return bytes.TrimSpace(bytes.ReplaceAll(b, []byte(";}"), []byte("}")))
}
