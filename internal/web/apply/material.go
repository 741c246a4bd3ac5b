package apply

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/caseview"
)

// MaterialsPage 申请材料: each material with what is handed in, and how to hand
// in more.
type MaterialsPage struct {
	Frame
	List   []MaterialPart
	Action string // address of the next page
	Back   string
	Left   int // required materials still missing
}

// MaterialPart is one material.
type MaterialPart struct {
	Uploads web.Uploads
	Anchor  string
	Asked   []string   // what the correction asks for
	Taken   web.Action // give a licence back
	Licence string     // words of the licence that stands for it
	Paper   web.Action // at the window
	Copies  string     // name of the box for how many copies stay there; empty: not asked
	Seen    bool
	Kept    int      // copies that stay at the window
	Trust   web.Tag  // 证照可信等级 of what is handed in
	Camera  bool     // a photo may be taken for it
	Facts   []string // standard, how to fill in, copies
	Closed  bool     // not asked for in this correction
}

// asked lists the materials that these answers ask for, and in a correction all
// that were handed in.
func (z *Wizard) asked(j *job) []catalog.Material {
	var out []catalog.Material
	for _, m := range j.v.Guide.Materials {
		if m.Asked(j.d.Data.Values) || j.correcting() && !j.d.Data.Handed(m.Code).Empty() {
			out = append(out, m)
		}
	}
	return out
}

func (z *Wizard) showMaterials(w http.ResponseWriter, r *http.Request) error {
	j, err := z.open(r)
	if err != nil {
		return err
	}
	return z.materialsPage(w, r, j, http.StatusOK, "", nil)
}

func (z *Wizard) materialsPage(w http.ResponseWriter, r *http.Request, j *job, status int, wrongAt string, wrong []string) error {
	p := MaterialsPage{Frame: z.frame(r, j, "materials"), Action: z.next(r.Context(), j, "materials"), Back: z.before(j, "materials")}
	held, err := z.c.Held(r.Context(), j.a, j.d.Party)
	if err != nil {
		return err
	}
	for _, m := range z.asked(j) {
		part := z.materialPart(p.Page, j, m)
		if !part.Closed && j.d.Data.Handed(m.Code).Licence == nil {
			for _, l := range held {
				if m.LicenceType == "" || l.TypeKey != m.LicenceType {
					continue
				}
				part.Uploads.Licences = append(part.Uploads.Licences, web.LicencePick{Text: l.Name, Soft: p.Tr("您已持有，可以免提交", "You hold it; nothing to hand in"),
					Use: web.Action{URL: j.at + "/materials/" + m.Code + "/licence", Text: p.Tr("使用电子证照", "Use it"), Hidden: []web.Hidden{{Name: "licence", Value: strconv.FormatInt(l.ID, 10)}}}})
			}
		}
		if m.Code == wrongAt {
			part.Uploads.Error = strings.Join(wrong, p.Tr("；", "; "))
			for _, text := range wrong {
				p.Errors.Items = append(p.Errors.Items, web.Link{Href: "#" + part.Uploads.ID, Text: text})
			}
		}
		if m.Required() && j.d.Data.Handed(m.Code).Empty() {
			p.Left++
		}
		p.List = append(p.List, part)
	}
	if len(wrong) > 0 {
		p.Errors.Title = p.Tr("有文件没有上传成功", "Some files were not uploaded")
	}
	return z.materialsV.Render(w, r, status, p)
}

func (z *Wizard) materialPart(p web.Page, j *job, m catalog.Material) MaterialPart {
	h, at := j.d.Data.Handed(m.Code), j.at+"/materials/"+m.Code
	part := MaterialPart{Anchor: "m-" + m.Code, Closed: !j.openMaterial(m.Code)}
	u := web.Uploads{ID: "u-" + m.Code, Title: p.Tr(m.Name, m.NameEN), Help: m.Standard}
	switch {
	case !h.Empty():
		u.Tag = web.Tag{Tone: web.OK, Text: p.Tr("已提交", "Handed in")}
	case slices.ContainsFunc(j.v.Guide.Commitments, func(c catalog.Commitment) bool { return c.Material == m.Code && c.Offered(j.d.Data.Values) }) && !j.correcting():
		u.Tag = web.Tag{Tone: web.Note, Text: p.Tr("提交，或者下一步签署承诺", "Hand in, or promise in the next step")}
	case m.Necessity == "required":
		u.Tag = web.Tag{Tone: web.Note, Text: p.Tr("必须提交", "Required")}
	case m.Tolerant() && !j.v.Guide.Tolerates(m):
		u.Tag = web.Tag{Text: p.Tr("到窗口时提交", "Bring it to the window")}
	case m.Necessity == "tolerant":
		u.Tag = web.Tag{Text: p.Tr("可以后补，下一步签署承诺", "May follow later: sign in the next step")}
	default:
		u.Tag = web.Tag{Text: p.Tr("如有请提交", "If you have it")}
	}
	for _, f := range caseview.GuideFiles(p, j.v, m) {
		u.Samples = append(u.Samples, web.Link{Href: f.Href, Text: f.Text})
	}
	for _, f := range h.Files {
		id := strconv.FormatInt(f.File, 10)
		file := web.File{Name: f.Name, Size: f.Size, Href: at + "/files/" + id}
		if !part.Closed {
			file.Delete = web.Action{URL: at + "/files/" + id + "/delete", Text: p.Tr("删除", "Delete"), Confirm: p.Tr("确定删除这个文件吗？", "Delete this file?")}
		}
		u.Files = append(u.Files, file)
	}
	for _, a := range j.asks {
		if a.Material == m.Code {
			text := a.Text
			if a.Note != "" {
				text += p.Tr("（"+a.Note+"）", " ("+a.Note+")")
			}
			part.Asked = append(part.Asked, text)
		}
	}
	if m.Filling != "" {
		part.Facts = append(part.Facts, m.Filling)
	}
	if h.Licence != nil {
		part.Licence = h.Licence.Name
		if !part.Closed {
			part.Taken = web.Action{URL: at + "/licence", Text: p.Tr("改为上传文件", "Upload files instead"), Alt: true, Hidden: []web.Hidden{{Name: "licence", Value: "0"}}}
		}
	}
	part.Seen, part.Kept, part.Trust = h.Paper, h.Copies, caseview.Trust(p, casework.TrustOf(h, m))
	part.Camera = slices.Contains(m.FileTypes(), string(files.JPEG))
	if z.c.Staff && !part.Closed {
		part.Paper = web.Action{URL: at + "/paper", Alt: true, Text: p.Tr("登记：已查验纸质原件", "Record: paper original seen"), Hidden: []web.Hidden{{Name: "seen", Value: "true"}}}
		part.Copies = "copies-" + m.Code
		if h.Paper {
			part.Paper.Text, part.Paper.Hidden[0].Value = p.Tr("撤销“已查验原件”", "Take back “original seen”"), "false"
			part.Copies = ""
		}
	}
	if !part.Closed && h.Licence == nil && len(h.Files) < m.FilesAllowed() {
		u.URL = at + "/files"
		u.Accept, u.Limit = accept(m), limit(p, m)
	}
	part.Uploads = u
	return part
}

// accept lists the endings for the file chooser.
func accept(m catalog.Material) string {
	var out []string
	for _, t := range m.FileTypes() {
		if t == string(files.JPEG) {
			out = append(out, ".jpg", ".jpeg")
			continue
		}
		out = append(out, "."+files.Type(t).Ending())
	}
	return strings.Join(out, ",")
}

// limit says what kinds and sizes are taken.
func limit(p web.Page, m catalog.Material) string {
	var kinds []string
	for _, t := range m.FileTypes() {
		if e := strings.ToUpper(files.Type(t).Ending()); !slices.Contains(kinds, e) {
			kinds = append(kinds, e)
		}
	}
	return p.Tr(fmt.Sprintf("%s，每个不超过 %d MB，最多 %d 个文件。", strings.Join(kinds, "、"), m.MaxBytes()>>20, m.FilesAllowed()),
		fmt.Sprintf("%s; at most %d MB each, %d files.", strings.Join(kinds, ", "), m.MaxBytes()>>20, m.FilesAllowed()))
}

// material finds the material of the address, open for changes.
func (z *Wizard) material(j *job, r *http.Request) (catalog.Material, error) {
	m, ok := j.v.Guide.Material(r.PathValue("code"))
	if !ok {
		return m, web.ErrNoPage()
	}
	if !j.openMaterial(m.Code) {
		return m, errNotAsked
	}
	return m, nil
}

var errNotAsked = errs.New(errs.Conflict, "material-not-asked", "补正通知没有要求修改这项材料。", "The correction does not ask for this material.")

// upload takes files in, one after the other, as they stream in. A file that is
// refused does not take the others with it.
func (z *Wizard) upload(w http.ResponseWriter, r *http.Request) error {
	j, err := z.open(r)
	if err != nil {
		return err
	}
	m, err := z.material(j, r)
	if err != nil {
		return err
	}
	mr, err := r.MultipartReader()
	if err != nil {
		return web.Malformed(err)
	}
	p := web.NewPage(r, "", "")
	var wrong []string
	taken := 0
	for {
		part, err := mr.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return brokenOff(err)
		}
		if part.FormName() != "file" || part.FileName() == "" {
			continue
		}
		name := fileName(part)
		d, err := z.take(r, j, m, part, name)
		if err != nil {
			e := errs.Of(err)
			if e.Kind == errs.Internal || e.Kind == errs.Unavailable {
				return err
			}
			words := p.Tr(e.ZH, e.EN)
			if len(e.Fields) > 0 {
				words = p.Tr(e.Fields[0].ZH, e.Fields[0].EN)
			}
			wrong = append(wrong, p.Tr("“"+name+"”：", "“"+name+"”: ")+words)
			continue
		}
		j.d = d
		taken++
	}
	if taken == 0 && len(wrong) == 0 {
		wrong = []string{p.Tr("请先选择文件，再按“上传”", "Choose a file first, then press Upload")}
	}
	if len(wrong) > 0 {
		return z.materialsPage(w, r, j, http.StatusUnprocessableEntity, m.Code, wrong)
	}
	return web.SeeOther(w, r, j.at+"/materials#m-"+m.Code)
}

func (z *Wizard) take(r *http.Request, j *job, m catalog.Material, part *multipart.Part, name string) (*casework.Draft, error) {
	meta := files.Meta{Name: name, MaxBytes: m.MaxBytes()}
	for _, t := range m.FileTypes() {
		meta.Types = append(meta.Types, files.Type(t))
	}
	ref, err := z.c.Files.Put(r.Context(), part, meta)
	if err != nil {
		return nil, err
	}
	return z.c.Casework.AttachFile(r.Context(), j.a, j.d.ID, m.Code, ref, name)
}

// fileName is the name as the person's device called it, fit to be shown.
func fileName(part *multipart.Part) string {
	name := path.Base(strings.ReplaceAll(part.FileName(), `\`, "/"))
	name = strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f || c == '\uFFFD' || 0x202a <= c && c <= 0x202e || 0x2066 <= c && c <= 0x2069 {
			return -1
		}
		return c
	}, name)
	if runes := []rune(name); len(runes) > 120 {
		name = string(runes[:100]) + "…" + string(runes[len(runes)-15:])
	}
	if name == "" || name == "." {
		return "文件"
	}
	return name
}

func brokenOff(err error) error {
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return err
	}
	return files.ErrBrokenOff().Because(err)
}

func (z *Wizard) removeFile(w http.ResponseWriter, r *http.Request) error {
	j, err := z.open(r)
	if err != nil {
		return err
	}
	m, err := z.material(j, r)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(r.PathValue("file"), 10, 64)
	if err != nil {
		return web.ErrNoPage()
	}
	if _, err := z.c.Casework.RemoveFile(r.Context(), j.a, j.d.ID, m.Code, id); err != nil {
		return err
	}
	return web.SeeOther(w, r, j.at+"/materials#m-"+m.Code)
}

func (z *Wizard) download(w http.ResponseWriter, r *http.Request) error {
	j, err := z.open(r)
	if err != nil {
		return err
	}
	for _, f := range j.d.Data.Handed(r.PathValue("code")).Files {
		if strconv.FormatInt(f.File, 10) == r.PathValue("file") {
			return web.SendFile(w, r, z.c.Files, web.Stored{ID: f.File, Name: f.Name, Size: f.Size, Type: files.Type(f.Type)})
		}
	}
	return web.ErrNoPage()
}

// useLicence takes a held licence instead of files; licence=0 gives it back.
func (z *Wizard) useLicence(w http.ResponseWriter, r *http.Request) error {
	j, err := z.open(r)
	if err != nil {
		return err
	}
	m, err := z.material(j, r)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(r.PostFormValue("licence"), 10, 64)
	if err != nil {
		return web.Malformed(err)
	}
	if _, err := z.c.Casework.UseLicence(r.Context(), j.a, j.d.ID, m.Code, id); err != nil {
		return err
	}
	return web.SeeOther(w, r, j.at+"/materials#m-"+m.Code)
}

func (z *Wizard) paperSeen(w http.ResponseWriter, r *http.Request) error {
	j, err := z.open(r)
	if err != nil {
		return err
	}
	m, err := z.material(j, r)
	if err != nil {
		return err
	}
	copies := 0
	if s := strings.TrimSpace(r.PostFormValue("copies")); s != "" {
		if copies, err = strconv.Atoi(s); err != nil {
			copies = -1 // refused in words
		}
	}
	if _, err := z.c.Casework.PaperSeen(r.Context(), j.a, j.d.ID, m.Code, r.PostFormValue("seen") == "true", copies); err != nil {
		fields, err := problems(err)
		if err != nil {
			return err
		}
		p := web.NewPage(r, "", "")
		return z.materialsPage(w, r, j, http.StatusUnprocessableEntity, m.Code, []string{p.Tr(fields[0].ZH, fields[0].EN)})
	}
	return web.SeeOther(w, r, j.at+"/materials#m-"+m.Code)
}
