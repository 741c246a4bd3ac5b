package api

import (
	"context"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/licence"
)

// MaterialIn names a material of a draft.
type MaterialIn struct {
	DraftIn
	Code string `path:"code" maxLength:"40" doc:"Code of the material within the guide."`
}

// FileIn names a file of a material.
type FileIn struct {
	MaterialIn
	File ID `path:"file"`
}

// Uploaded is a file that was taken in; it is kept for a day until it is
// attached.
type Uploaded struct {
	File string `json:"file" doc:"Attach it by this; good for this account alone."`
	Name string `json:"name,omitempty"`
	Size int64  `json:"size" doc:"Bytes."`
	Type string `json:"type" doc:"By content."`
	Hash string `json:"hash" doc:"SM3 of the content, hexadecimal."`
}

// FileRef attaches an uploaded file.
type FileRef struct {
	File string `json:"file" minLength:"1" maxLength:"100" doc:"As POST /files gave it."`
	Name string `json:"name,omitempty" maxLength:"200"`
}

// maxUpload bounds the body of an upload: the file and what wraps it.
const maxUpload = files.DefaultMaxBytes + 64<<10

// multipartFile describes an upload.
func multipartFile() *huma.MediaType {
	return &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeObject, Required: []string{"file"},
		Properties: map[string]*huma.Schema{"file": {Type: huma.TypeString, Format: "binary", Description: "One file."}}}}
}

func (s *server) uploads() {
	add(s, operation{id: "file-upload", method: http.MethodPost, path: "/files", tag: "apply", status: http.StatusCreated, upload: true,
		zh: "上传文件", en: "Upload a file, to attach it later", more: "One part named file.", again: "the same content gives the same file."},
		func(ctx context.Context, c *call, _ *none) (Uploaded, error) {
			ref, name, err := s.receive(ctx, c, files.Meta{})
			if err != nil {
				return Uploaded{}, err
			}
			return Uploaded{s.Files.Ticket(ref, holder(c)), name, ref.Size, string(ref.Type), ref.Hash}, nil
		})
}

func (s *server) materials() {
	add(s, operation{id: "material-attach", method: http.MethodPost, path: "/drafts/{id}/materials/{code}/files", tag: "apply", upload: true,
		status: http.StatusCreated, zh: "提交材料文件", en: "Attach a file to a material", more: "Either multipart/form-data with one part named file, or JSON with a file of POST /files.", again: "a file that the material has is not added again."},
		func(ctx context.Context, c *call, in *MaterialIn) (Draft, error) {
			_, v, err := s.Casework.Draft(ctx, c.Actor, int64(in.ID))
			if err != nil {
				return Draft{}, err
			}
			m, ok := v.Guide.Material(in.Code)
			if !ok {
				return Draft{}, errNoMaterial
			}
			ref, name, err := s.handed(ctx, c, m)
			if err != nil {
				return Draft{}, err
			}
			_, err = s.Casework.AttachFile(ctx, c.Actor, int64(in.ID), in.Code, ref, name)
			return s.shownAfter(ctx, c, in.ID, err)
		})
	send(s, operation{id: "draft-file", method: http.MethodGet, path: "/drafts/{id}/files/{file}", tag: "apply", zh: "下载草稿中的文件", en: "A file of a draft"},
		func(ctx context.Context, c *call, in *struct {
			DraftIn
			File ID `path:"file"`
		}) (*stream, error) {
			d, _, err := s.Casework.Draft(ctx, c.Actor, int64(in.ID))
			if err != nil {
				return nil, err
			}
			for _, h := range d.Data.Materials {
				for _, f := range h.Files {
					if f.File == int64(in.File) {
						return s.stored(ctx, f)
					}
				}
			}
			return nil, files.ErrNoFile()
		})
	add(s, operation{id: "material-remove", method: http.MethodDelete, path: "/drafts/{id}/materials/{code}/files/{file}", tag: "apply", zh: "删除材料文件", en: "Take a file off a material"},
		func(ctx context.Context, c *call, in *FileIn) (Draft, error) {
			_, err := s.Casework.RemoveFile(ctx, c.Actor, int64(in.ID), in.Code, int64(in.File))
			return s.shownAfter(ctx, c, in.ID, err)
		})
	add(s, operation{id: "draft-licences", method: http.MethodGet, path: "/drafts/{id}/licences", tag: "apply", zh: "可以代替材料的证照", en: "Licences of the draft's party that can stand for a material"},
		func(ctx context.Context, c *call, in *DraftIn) (List[Licence], error) {
			d, v, err := s.Casework.Draft(ctx, c.Actor, int64(in.ID))
			if err != nil {
				return List[Licence]{}, err
			}
			held, err := s.heldBy(ctx, c, d.Party)
			out := List[Licence]{Items: []Licence{}}
			for _, l := range held {
				if slices.ContainsFunc(v.Guide.Materials, func(m catalog.Material) bool { return m.LicenceType == l.TypeKey }) {
					out.Items = append(out.Items, s.licence(c, &l))
				}
			}
			return out, err
		})
	add(s, operation{id: "material-licence", method: http.MethodPut, path: "/drafts/{id}/materials/{code}/licence", tag: "apply", zh: "用电子证照代替材料", en: "Use a licence already held instead of files"},
		func(ctx context.Context, c *call, in *struct {
			MaterialIn
			Body struct {
				Licence string `json:"licence" minLength:"1" maxLength:"100" doc:"Its identifier."`
			}
		}) (Draft, error) {
			err := s.useLicence(ctx, c, int64(in.ID), in.Code, in.Body.Licence, "licence")
			return s.shownAfter(ctx, c, in.ID, err)
		})
	add(s, operation{id: "material-licence-back", method: http.MethodDelete, path: "/drafts/{id}/materials/{code}/licence", tag: "apply", zh: "取消使用电子证照", en: "Take the licence back"},
		func(ctx context.Context, c *call, in *MaterialIn) (Draft, error) {
			_, err := s.Casework.UseLicence(ctx, c.Actor, int64(in.ID), in.Code, 0)
			return s.shownAfter(ctx, c, in.ID, err)
		})
	add(s, operation{id: "material-paper", method: http.MethodPut, path: "/drafts/{id}/materials/{code}/paper", tag: "apply", zh: "登记纸质材料", en: "Window clerks: record that the paper was seen"},
		func(ctx context.Context, c *call, in *struct {
			MaterialIn
			Body struct {
				Seen   bool `json:"seen"`
				Copies int  `json:"copies,omitempty" minimum:"0" maximum:"999" doc:"How many stay at the window; 0: given back at once."`
			}
		}) (Draft, error) {
			_, err := s.Casework.PaperSeen(ctx, c.Actor, int64(in.ID), in.Code, in.Body.Seen, in.Body.Copies)
			return s.shownAfter(ctx, c, in.ID, err)
		})
}

var (
	errNoMaterial = errs.New(errs.NotFound, "material-not-found", "办事指南中没有这项材料。", "The guide has no such material.")
	errNotUpload  = errs.New(errs.Unsupported, "content-type", "请求内容应为 multipart/form-data 或 application/json。", "The body must be multipart/form-data or application/json.")
	errNoPart     = errs.New(errs.Invalid, "invalid-input", "填写的内容有误，请按提示修改后再提交。", "Some of the input does not fit; see the fields.").
			With(errs.Field{Path: "file", Code: "required", ZH: "请用名为 file 的部分上传一个文件", EN: "One part named file is required"})
)

// holder is who may use an uploaded file.
func holder(c *call) string { return string(c.Kind) + "/" + strconv.FormatInt(c.ID, 10) }

// handed takes a file of a material: sent now, or uploaded before.
func (s *server) handed(ctx context.Context, c *call, m catalog.Material) (files.Ref, string, error) {
	media, _, _ := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if media != "application/json" {
		return s.receive(ctx, c, files.Meta{Types: fileTypes(m), MaxBytes: m.MaxBytes()})
	}
	var err error
	if c.body, err = io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, maxBody)); err != nil {
		return files.Ref{}, "", broken(err)
	}
	v, err := parse(c.body)
	if err != nil {
		return files.Ref{}, "", err
	}
	ch := checker{schemas: s.huma.OpenAPI().Components.Schemas, patterns: s.patterns}
	ch.value(s.fileRef, v, "")
	if len(ch.found) > 0 {
		return files.Ref{}, "", errs.InvalidFields(ch.found...)
	}
	var in FileRef
	if err := decode(c.body, &in); err != nil {
		return files.Ref{}, "", errJSON.Because(err)
	}
	known, err := s.uploaded(ctx, c, in)
	if err != nil {
		return files.Ref{}, "", err
	}
	return s.redeem(c, known, in, m, "file")
}

// uploaded finds the files that tickets of the caller name, by their ids.
func (s *server) uploaded(ctx context.Context, c *call, list ...FileRef) (map[int64]files.Ref, error) {
	var ids []int64
	for _, in := range list {
		if id, err := s.Files.Redeem(in.File, holder(c)); err == nil && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return s.Shelf.Files(ctx, ids...)
}

// redeem takes an uploaded file from among those that are known and sees that
// the material takes it.
func (s *server) redeem(c *call, known map[int64]files.Ref, in FileRef, m catalog.Material, at string) (files.Ref, string, error) {
	id, err := s.Files.Redeem(in.File, holder(c))
	ref, ok := known[id]
	switch {
	case err != nil || !ok:
		return files.Ref{}, "", noSuchFile(at)
	case !slices.Contains(fileTypes(m), ref.Type):
		return ref, "", files.ErrType().With(errs.Field{Path: at, Code: "type", ZH: "这项材料不接受该类型的文件", EN: "The material does not take this type"})
	case ref.Size > m.MaxBytes():
		return ref, "", files.ErrTooLarge().With(errs.Field{Path: at, Code: "size", ZH: "文件超过这项材料允许的大小", EN: "Larger than the material allows"})
	}
	return ref, files.CleanName(in.Name, ref.Type), nil
}

func noSuchFile(at string) error {
	return errs.InvalidFields(errs.Field{Path: at, Code: "unknown", ZH: "没有这个文件，或者已过期，请重新上传", EN: "There is no such file, or it has expired; upload it again"})
}

// receive streams the part named file into the file store. What is stored and
// then refused is attached to nothing and swept in a day.
func (s *server) receive(ctx context.Context, c *call, meta files.Meta) (ref files.Ref, name string, err error) {
	err = onePart(c, maxUpload, func(part *multipart.Part) (err error) {
		meta.Name = part.FileName()
		ref, err = s.Files.Put(ctx, part, meta)
		return err
	})
	if err != nil {
		return ref, "", err
	}
	return ref, files.CleanName(meta.Name, ref.Type), nil
}

// onePart takes the part named file of a body that has no other and is at most so
// many bytes.
func onePart(c *call, limit int64, take func(*multipart.Part) error) error {
	media, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || media != "multipart/form-data" {
		return errNotUpload
	}
	c.r.Body = http.MaxBytesReader(c.w, c.r.Body, limit)
	parts, err := c.r.MultipartReader()
	if err != nil {
		return errNotUpload.Because(err)
	}
	switch part, err := parts.NextPart(); {
	case err == io.EOF:
		return errNoPart
	case err != nil:
		return broken(err)
	case part.FormName() != "file" || part.FileName() == "":
		return errNoPart
	default:
		if err := take(part); err != nil {
			return err
		}
	}
	switch _, err := parts.NextPart(); {
	case err == nil:
		return errNoPart
	case err != io.EOF:
		return broken(err)
	}
	return nil
}

// fileTypes are the types that a material takes.
func fileTypes(m catalog.Material) []files.Type {
	return mapTo(m.FileTypes(), func(name string) files.Type { return files.Type(name) })
}

// useLicence hands in a licence that the draft's party holds.
func (s *server) useLicence(ctx context.Context, c *call, draft int64, material, identifier, at string) error {
	d, _, err := s.Casework.Draft(ctx, c.Actor, draft)
	if err != nil {
		return err
	}
	id, err := s.held(ctx, c, d.Party, identifier, at)
	if err != nil {
		return err
	}
	_, err = s.Casework.UseLicence(ctx, c.Actor, draft, material, id)
	return err
}

// heldBy lists the licences of a party for whoever fills in its application:
// the party itself, or a clerk, whose right to do that has been seen.
func (s *server) heldBy(ctx context.Context, c *call, party actor.Party) ([]licence.Licence, error) {
	switch {
	case c.Kind == actor.Person:
		return s.Licences.Held(ctx, c.Actor)
	case s.Held == nil:
		return nil, errNotWired
	}
	return s.Held(ctx, c.Actor, party)
}

// held finds one of them by its identifier.
func (s *server) held(ctx context.Context, c *call, party actor.Party, identifier, at string) (int64, error) {
	list, err := s.heldBy(ctx, c, party)
	if err != nil {
		return 0, err
	}
	for _, l := range list {
		if l.Identifier == strings.ToUpper(strings.TrimSpace(identifier)) {
			return l.ID, nil
		}
	}
	return 0, errs.InvalidFields(errs.Field{Path: at, Code: "unknown", ZH: "申请人名下没有这份电子证照", EN: "The party holds no such licence"})
}

// stored opens a stored file for sending.
func (s *server) stored(ctx context.Context, f casework.HandedDoc) (*stream, error) {
	return s.opened(ctx, f.File, files.Type(f.Type), f.Name, f.Size)
}

// opened opens a file of the files room for sending under a name.
func (s *server) opened(ctx context.Context, id int64, t files.Type, name string, size int64) (*stream, error) {
	r, err := s.Files.Open(ctx, files.Ref{ID: id})
	if err != nil {
		return nil, err
	}
	return &stream{t.MIME(), name, size, func(w io.Writer) error {
		defer r.Close()
		_, err := io.Copy(w, r)
		return err
	}}, nil
}

// stream sends a file as a download; nothing in it can run in a browser.
func (s *server) stream(c *call, f *stream) {
	h := c.w.Header()
	h.Set("Content-Type", f.mime)
	if f.size > 0 {
		h.Set("Content-Length", strconv.FormatInt(f.size, 10))
	}
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.name}))
	c.w.WriteHeader(http.StatusOK)
	if err := f.write(c.w); err != nil {
		s.Log.WarnContext(c.r.Context(), "a file was not sent whole", "err", err)
		panic(http.ErrAbortHandler) // a cut connection, never a short file that looks whole
	}
}
