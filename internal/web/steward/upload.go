package steward

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/web"
)

// Upload 附件 is an element of a guide that is an uploaded file or the address of
// one elsewhere.
type Upload struct {
	ID, Name, Label string
	Help, Error     string
	Held            string        // the uploaded file's address; empty: none
	File            web.Link      // the uploaded file; Href empty: it cannot be opened
	Facts           string        // its kind and size
	Fresh           bool          // it is not saved yet
	Hidden          []web.Hidden  // what names it again
	Drop            web.FieldView // to be without it
	Link            web.FieldView // the address elsewhere
	Accept, Limit   string
	Locked          bool
}

// shelf knows the uploaded files of a draft: those of its guide, and those that
// were taken in for it and are not saved.
type shelf struct {
	draft string // address of the draft
	kept  map[string]catalog.GuideFile
	taken map[string]catalog.TakenFile
}

// upload draws an element that is a file.
func (d *drawer) upload(path, address string) Upload {
	w, tr, most := wordsOf(path), d.page.Tr, strconv.Itoa(catalog.GuideFileMost>>20)+" MB"
	u := Upload{ID: "f-" + idOf(path), Name: path, Label: tr(w.zh, w.en), Error: d.errors[path], Accept: acceptWords(),
		Limit: tr("PDF、OFD、Word（docx）、Excel（xlsx）或者图片，不超过 "+most, "PDF, OFD, Word (docx), Excel (xlsx) or a picture, at most "+most)}
	if d.page.Lang != "en" {
		u.Help = w.help
	}
	u.Link = web.FieldView{ID: u.ID + "-link", Name: path, Label: tr("或者填写网址", "Or its address elsewhere"), Help: tr("以 https:// 开头，上传了文件就不用填", "https:// alone; not needed with an uploaded file"), Mode: "url", Auto: "off", Max: 500}
	key, uploaded := catalog.FileKey(address)
	if !uploaded {
		u.Link.Value = address
		return u
	}
	u.Held = address
	u.Hidden = []web.Hidden{{Name: path + ".held", Value: address}}
	u.Drop = web.FieldView{ID: u.ID + "-drop", Name: path + ".drop", Widget: "checkbox", Label: tr("去掉这个文件", "Be without this file"),
		Options: []web.OptionView{{ID: u.ID + "-drop", Value: "true", Label: tr("去掉这个文件", "Be without this file")}}}
	if t, ok := d.files.taken[key]; ok {
		u.Fresh, u.File.Text, u.Facts = true, t.Name, web.FileWords(*d.page, t.Type, t.Size)
		u.Hidden = append(u.Hidden, web.Hidden{Name: path + ".ticket", Value: t.Ticket}, web.Hidden{Name: path + ".name", Value: t.Name})
		return u
	}
	f, ok := d.files.kept[key]
	if !ok {
		u.File.Text = tr("文件已不在平台上，请重新上传", "The file is no longer there; upload it again")
		return u
	}
	u.File, u.Facts = web.Link{Href: d.files.draft + "/files/" + key, Text: f.Name}, web.FileWords(*d.page, f.Type, f.Size)
	return u
}

func acceptWords() string {
	var out []string
	for _, t := range catalog.GuideFileTypes() {
		out = append(out, "."+t.Ending())
	}
	return strings.Join(append(out, ".jpeg"), ",")
}

// address reads an element that is a file: one that came with the form, an
// address that was typed, or what it was before.
func (r *reader) address(path string) string {
	link := strings.TrimSpace(r.in.Get(path))
	f, came := r.files[path]
	switch {
	case came:
		return f.Address()
	case link != "":
		return link
	case r.in.Get(path+".drop") == "true":
		return ""
	}
	return r.in.Get(path + ".held")
}

// sectionMost is how much a section with its files may be, bytes: files that are
// too large are read to their end, so that what was typed after them is not lost.
const sectionMost = 256 << 20

// sent is a posted section.
type sent struct {
	in       url.Values
	files    map[string]catalog.TakenFile // by the path of their element
	problems []errs.Field
}

// known are the files of a posted section by their keys.
func (s *sent) known() map[string]catalog.TakenFile {
	out := map[string]catalog.TakenFile{}
	for _, f := range s.files {
		out[f.Key] = f
	}
	return out
}

// fresh are the files of a posted section that no guide names yet.
func (s *sent) fresh() []catalog.GuideFile {
	var out []catalog.GuideFile
	for _, path := range slices.Sorted(maps.Keys(s.files)) {
		out = append(out, s.files[path].GuideFile)
	}
	return out
}

// received reads a posted section and takes in the files that come with it. One
// that is refused is a problem of its element and takes nothing else with it.
func (s *Steward) received(w http.ResponseWriter, r *http.Request, a actor.Actor, d *catalog.Draft) (*sent, error) {
	if media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); media != "multipart/form-data" {
		r.Body = http.MaxBytesReader(w, r.Body, web.BodyLimit)
		in, err := posted(r)
		return &sent{in: in}, err
	}
	if err := s.c.Catalog.MayWrite(r.Context(), a, d.ID); err != nil {
		return nil, err
	}
	mr, err := r.MultipartReader()
	if err != nil {
		return nil, web.Malformed(err)
	}
	out := &sent{in: url.Values{}, files: map[string]catalog.TakenFile{}}
	room := int64(web.BodyLimit)
	for {
		part, err := mr.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return out, s.takenBefore(r, a, d, out)
		case err != nil:
			return nil, web.Malformed(err)
		case part.FileName() != "":
			err = s.take(r, a, d, part, out)
		case strings.HasSuffix(part.FormName(), fileEnd): // nothing was chosen
		default:
			room, err = value(part, out.in, room)
		}
		if err != nil {
			return nil, err
		}
	}
}

// fileEnd ends the name of an input for a file.
const fileEnd = ".file"

// value reads an input that is no file; all of them together have a limit.
func value(part *multipart.Part, in url.Values, room int64) (int64, error) {
	text, err := io.ReadAll(io.LimitReader(part, room+1))
	if err != nil {
		return 0, web.Malformed(err)
	}
	if room -= int64(len(text)); room < 0 {
		return 0, &http.MaxBytesError{Limit: web.BodyLimit}
	}
	in.Add(part.FormName(), string(text))
	return room, nil
}

// take stores one file of the form.
func (s *Steward) take(r *http.Request, a actor.Actor, d *catalog.Draft, part *multipart.Part, out *sent) error {
	path, ok := strings.CutSuffix(part.FormName(), fileEnd)
	if !ok || !wordsOf(path).upload {
		return nil
	}
	f, err := s.c.Catalog.TakeFile(r.Context(), a, d.ID, part, part.FileName())
	if err == nil {
		out.files[path] = f
		return nil
	}
	return out.refused(path, part.FileName(), err)
}

// takenBefore finds the files that an earlier form brought and nobody saved.
func (s *Steward) takenBefore(r *http.Request, a actor.Actor, d *catalog.Draft, out *sent) error {
	for _, name := range slices.Sorted(maps.Keys(out.in)) {
		path, ok := strings.CutSuffix(name, ".ticket")
		if _, newer := out.files[path]; !ok || newer || out.in.Get(path) != "" || out.in.Get(path+".drop") == "true" {
			continue
		}
		called := out.in.Get(path + ".name")
		f, err := s.c.Catalog.FileTaken(r.Context(), a, d.ID, out.in.Get(name), called)
		if err != nil {
			if err := out.refused(path, called, err); err != nil {
				return err
			}
			continue
		}
		out.files[path] = f
	}
	return nil
}

// refused notes why a file was not taken; trouble of ours is no fault of the file.
func (s *sent) refused(path, name string, err error) error {
	e := errs.Of(err)
	switch e.Kind {
	case errs.Invalid, errs.TooLarge, errs.Unsupported, errs.Malformed, errs.NotFound:
		zh, en := place(path)
		s.problems = append(s.problems, errs.Field{Path: path, Code: e.Code, ZH: fmt.Sprintf("%s“%s”：%s", zh, name, e.ZH), EN: fmt.Sprintf("%s “%s”: %s", en, name, e.EN)})
		return nil
	}
	return err
}

// place names an element with the row in which it stands: 材料 2 的空白表格.
func place(path string) (zh, en string) {
	w, parts := wordsOf(path), strings.Split(path, ".")
	zh, en = w.zh, w.en
	if len(parts) < 3 {
		return zh, en
	}
	if i, err := strconv.Atoi(parts[1]); err == nil {
		of, no := wordsOf(parts[0]), strconv.Itoa(i+1)
		zh, en = of.zh+" "+no+" 的"+zh, of.en+" "+no+": "+en
	}
	return zh, en
}

// draftFile sends a file of a draft to whoever may see the draft.
func (s *Steward) draftFile(w http.ResponseWriter, r *http.Request) error {
	_, d, err := s.found(r)
	if err != nil {
		return err
	}
	f, ok := d.Files[r.PathValue("key")]
	if !ok {
		return web.ErrNoPage()
	}
	return web.SendFile(w, r, s.c.Files, web.Stored{ID: f.File, Name: f.Name, Size: f.Size, Type: f.Type})
}
