package caseview

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/web"
)

// ServedLine 送达回证 is one way by which a document reached its addressee.
type ServedLine struct {
	Way   string
	At    time.Time
	Text  string // who took it, the waybill
	Photo web.Link
}

// ServeForm 送达登记 records that a document was handed over or posted.
type ServeForm struct {
	Action                        string // empty: the reader may not
	Errors                        web.Errors
	Way, Name, Waybill            web.FieldView
	PhotoError, PhotoHelp, Accept string
	Open                          bool
}

// photoMost is how large the picture of a signature may be.
const photoMost = 10 << 20

// render finishes the page of a document: its print, its service.
func (d *Documents) render(w http.ResponseWriter, r *http.Request, a actor.Actor, id int64, p DocumentPage, status int) error {
	ctx := r.Context()
	at := d.c.Prefix + strconv.FormatInt(id, 10)
	there, err := d.c.Casework.Printed(ctx, id)
	if err != nil {
		return err
	}
	p.Print, p.Making = web.Link{Href: at + "/print", Text: p.Tr("下载版式文件", "Download for print")}, !there
	list, err := d.c.Casework.Services(ctx, a, id)
	if err != nil {
		return err
	}
	for _, x := range list {
		zh, en := x.Way.Words()
		l := ServedLine{Way: p.Tr(zh, en), At: x.At, Text: strings.TrimSpace(x.Name + " " + x.Waybill)}
		if x.Photo != nil {
			l.Photo = web.Link{Href: at + "/photo/" + strconv.FormatInt(x.Photo.File, 10), Text: x.Photo.Name}
		}
		p.Served = append(p.Served, l)
	}
	if a.Kind == actor.Staff && d.c.Casework.MayServe(ctx, a, id) {
		d.serveForm(&p, at)
	}
	d.c.Style.Add(&p.Page)
	return d.view.Render(w, r, status, p)
}

// serveForm draws the form, with what was typed before if it did not go through.
func (d *Documents) serveForm(p *DocumentPage, at string) {
	f := &p.Serve
	f.Action, f.Accept = at+"/serve", ".jpg,.jpeg,.png,.pdf"
	f.PhotoHelp = p.Tr("签名或者回执的照片，选填，不超过 10 MB", "Picture of the signature or the returned receipt, optional, at most 10 MB")
	f.Way = web.FieldView{ID: "f-way", Name: "way", Widget: "radio", Label: p.Tr("送达方式", "Way"), Value: f.Way.Value, Error: f.Way.Error,
		Options: []web.OptionView{{ID: "f-way-pickup", Value: string(casework.ServedHand), Label: p.Tr("窗口领取", "Taken at the window"), Checked: f.Way.Value == string(casework.ServedHand)},
			{ID: "f-way-post", Value: string(casework.ServedPost), Label: p.Tr("邮寄送达", "By post"), Checked: f.Way.Value == string(casework.ServedPost)}}}
	f.Name = web.FieldView{ID: "f-name", Name: "name", Label: p.Tr("签收人", "Signed by"), Help: p.Tr("窗口领取时填写", "When taken at the window"), Max: 100, Auto: "off", Value: f.Name.Value, Error: f.Name.Error}
	f.Waybill = web.FieldView{ID: "f-waybill", Name: "waybill", Label: p.Tr("快递公司和运单号", "Courier and waybill"), Help: p.Tr("邮寄时填写", "When posted"), Max: 100, Auto: "off", Value: f.Waybill.Value, Error: f.Waybill.Error}
}

// Serve answers POST …/documents/{id}/serve.
func (d *Documents) Serve(w http.ResponseWriter, r *http.Request) error {
	a, id, err := d.numbered(r)
	if err != nil {
		return err
	}
	if !d.c.Casework.MayServe(r.Context(), a, id) { // who may not is told before a picture is taken in
		return d.c.Casework.Serve(r.Context(), a, id, casework.ServeInput{})
	}
	in, typed, err := d.serveInput(r)
	if err == nil {
		err = d.c.Casework.Serve(r.Context(), a, id, in)
	}
	at := d.c.Prefix + strconv.FormatInt(id, 10)
	if err == nil {
		return web.SeeOther(w, r, at)
	}
	e := errs.Of(err)
	if e.Kind != errs.Invalid || len(e.Fields) == 0 {
		return web.Onward(err, web.Link{Href: at, Text: "返回文书"})
	}
	doc, hash, err := d.c.Casework.Document(r.Context(), a, id)
	if err != nil {
		return err
	}
	p, err := NewDocumentPage(web.NewPage(r, "", ""), doc, hash, d.c.BaseURL)
	if err != nil {
		return err
	}
	p.Back, p.Serve.Open = d.c.Case(doc.CaseNo), true
	p.Serve.Way.Value, p.Serve.Name.Value, p.Serve.Waybill.Value = typed["way"], typed["name"], typed["waybill"]
	for _, f := range e.Fields {
		text := p.Tr(f.ZH, f.EN)
		switch f.Path {
		case "way":
			p.Serve.Way.Error = text
		case "name":
			p.Serve.Name.Error = text
		case "waybill":
			p.Serve.Waybill.Error = text
		default:
			p.Serve.PhotoError = text
		}
		p.Serve.Errors.Items = append(p.Serve.Errors.Items, web.Link{Href: "#f-" + f.Path, Text: text})
	}
	return d.render(w, r, a, id, p, http.StatusUnprocessableEntity)
}

// serveInput reads the form, part by part; a picture goes straight to the files room.
func (d *Documents) serveInput(r *http.Request) (in casework.ServeInput, typed map[string]string, err error) {
	typed = map[string]string{}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "multipart/form-data" {
		if err := r.ParseForm(); err != nil {
			return in, typed, errs.New(errs.Malformed, "form", "表单无法读取。", "The form cannot be read.").Because(err)
		}
		for _, k := range []string{"way", "name", "waybill"} {
			typed[k] = r.PostForm.Get(k)
		}
	} else if err := d.serveParts(r, &in, typed); err != nil {
		return in, typed, err
	}
	in.Way, in.Name, in.Waybill = casework.ServedWay(typed["way"]), typed["name"], typed["waybill"]
	return in, typed, nil
}

func (d *Documents) serveParts(r *http.Request, in *casework.ServeInput, typed map[string]string) error {
	parts, err := r.MultipartReader()
	if err != nil {
		return errs.New(errs.Malformed, "form", "表单无法读取。", "The form cannot be read.").Because(err)
	}
	for n := 0; n < 10; n++ {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return errs.New(errs.Malformed, "form", "表单无法读取。", "The form cannot be read.").Because(err)
		}
		if part.FormName() == "photo" {
			if err := d.photo(r, in, part); err != nil {
				return err
			}
			continue
		}
		b, err := io.ReadAll(io.LimitReader(part, 2_000))
		if err != nil {
			return errs.New(errs.Malformed, "form", "表单无法读取。", "The form cannot be read.").Because(err)
		}
		typed[part.FormName()] = string(b)
	}
	return nil
}

func (d *Documents) photo(r *http.Request, in *casework.ServeInput, part *multipart.Part) error {
	if part.FileName() == "" {
		return nil
	}
	ref, err := d.c.Files.Put(r.Context(), part, files.Meta{Name: part.FileName(), Types: casework.ServePhotos(), MaxBytes: photoMost})
	if err != nil {
		e := errs.Of(err)
		if e.Kind == errs.Internal {
			return err
		}
		return errs.InvalidFields(errs.Field{Path: "photo", Code: e.Code, ZH: e.ZH, EN: e.EN})
	}
	in.Photo, in.PhotoSay = ref, part.FileName()
	return nil
}

// Print answers GET …/documents/{id}/print with the stored print.
func (d *Documents) Print(w http.ResponseWriter, r *http.Request) error {
	a, id, err := d.numbered(r)
	if err != nil {
		return err
	}
	f, err := d.c.Casework.Print(r.Context(), a, id)
	if err != nil {
		return web.Onward(err, web.Link{Href: d.c.Prefix + strconv.FormatInt(id, 10), Text: "返回文书"})
	}
	return web.SendFile(w, r, d.c.Files, web.Stored{ID: f.File, Name: f.Name, Size: f.Size, Type: files.Type(f.Type)})
}

// Photo answers GET …/documents/{id}/photo/{file} with the picture of a
// signature.
func (d *Documents) Photo(w http.ResponseWriter, r *http.Request) error {
	a, err := d.c.Actor(r)
	if err != nil {
		return err
	}
	id, err1 := strconv.ParseInt(r.PathValue("id"), 10, 64)
	file, err2 := strconv.ParseInt(r.PathValue("file"), 10, 64)
	if err1 != nil || err2 != nil {
		return web.ErrNoPage()
	}
	list, err := d.c.Casework.Services(r.Context(), a, id)
	if err != nil {
		return err
	}
	for _, x := range list {
		if x.Photo != nil && x.Photo.File == file {
			return web.SendFile(w, r, d.c.Files, web.Stored{ID: file, Name: x.Photo.Name, Size: x.Photo.Size, Type: files.Type(x.Photo.Type)})
		}
	}
	return web.ErrNoPage()
}

// SendArchive answers with the package of a case.
func SendArchive(w http.ResponseWriter, r *http.Request, x *casework.Archived) error {
	h := w.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": x.Name}))
	h.Set("Cache-Control", "no-store")
	if r.Method == http.MethodHead {
		return nil
	}
	if err := x.Write(w); err != nil {
		panic(http.ErrAbortHandler) // half a package must not look whole
	}
	return nil
}
