package web

import (
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/files"
)

// SendFile answers with a stored file under the name its owner gave it. Pictures
// and PDF open in the browser, everything else is saved. It is never cached.
func SendFile(w http.ResponseWriter, r *http.Request, store *files.Store, f Stored) error {
	return sendFile(w, r, store, f, "no-store")
}

// SendForGood is SendFile for a file that everybody may have and whose address
// is another when its name or content is another: tag. Caches keep it.
func SendForGood(w http.ResponseWriter, r *http.Request, store *files.Store, f Stored, tag string) error {
	const keep = "public, max-age=31536000, immutable"
	tag = `"` + tag + `"`
	w.Header().Set("ETag", tag)
	if SameTag(r, tag) {
		w.Header().Set("Cache-Control", keep)
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	err := sendFile(w, r, store, f, keep)
	if err != nil {
		w.Header().Del("ETag")
	}
	return err
}

// FileWords says of what kind and size a file is: “PDF，32 KB”.
func FileWords(p Page, t files.Type, size int64) string {
	return strings.ToUpper(t.Ending()) + p.Tr("，", ", ") + Size(size)
}

func sendFile(w http.ResponseWriter, r *http.Request, store *files.Store, f Stored, cache string) error {
	body, err := store.Open(r.Context(), files.Ref{ID: f.ID})
	if err != nil {
		return err
	}
	defer body.Close() //nolint:errcheck // read to the end or given up
	h := w.Header()
	kind := "attachment"
	if f.Type.Image() || f.Type == files.PDF {
		kind = "inline"
	}
	h.Set("Content-Type", f.Type.MIME())
	h.Set("Content-Disposition", mime.FormatMediaType(kind, map[string]string{"filename": f.Name}))
	h.Set("Cache-Control", cache)
	if f.Size > 0 {
		h.Set("Content-Length", strconv.FormatInt(f.Size, 10))
	}
	if r.Method == http.MethodHead {
		return nil
	}
	if _, err := io.Copy(w, body); err != nil {
		panic(http.ErrAbortHandler) // half a file must not look whole
	}
	return nil
}

// Stored names a stored file as its owner knows it.
type Stored struct {
	ID   int64 // in the files room
	Name string
	Size int64 // bytes, 0: not known
	Type files.Type
}
