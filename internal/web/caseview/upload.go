package caseview

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/web"
)

// ReadAct parses the form of an act; files that come with it, in inputs named
// file, are stored as they stream in. A file that is refused is a problem of
// the field "file".
func ReadAct(r *http.Request, store *files.Store) (list []casework.NamedFile, bad []errs.Field, err error) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "multipart/form-data" {
		if err := r.ParseForm(); err != nil {
			return nil, nil, web.Malformed(err)
		}
		return nil, nil, nil
	}
	mr, err := r.MultipartReader()
	if err != nil {
		return nil, nil, web.Malformed(err)
	}
	in := url.Values{}
	for {
		part, err := mr.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, web.Malformed(err)
		}
		if part.FormName() != "file" {
			text, err := io.ReadAll(io.LimitReader(part, 1<<20))
			if err != nil {
				return nil, nil, web.Malformed(err)
			}
			in.Add(part.FormName(), string(text))
			continue
		}
		if part.FileName() == "" {
			continue
		}
		ref, err := store.Put(r.Context(), part, files.Meta{Name: part.FileName(), MaxBytes: casework.SideFileBytes, Types: casework.SideFileTypes()})
		if e := errs.Of(err); err != nil && e.Kind != errs.Internal && e.Kind != errs.Unavailable {
			bad = append(bad, errs.Field{Path: "file", Code: e.Code, ZH: part.FileName() + "：" + e.ZH, EN: part.FileName() + ": " + e.EN})
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		list = append(list, casework.NamedFile{Ref: ref, Name: files.CleanName(part.FileName(), ref.Type)})
	}
	r.PostForm, r.Form = in, in
	return list, bad, nil
}
