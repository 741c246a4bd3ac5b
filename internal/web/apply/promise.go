package apply

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/web"
)

// PromisePage 承诺: what may follow later and what may be promised instead of
// proven. It shows the whole text before it is signed.
type PromisePage struct {
	Frame
	Action  string // of the choice and of the signature
	Choices []web.FieldView
	Texts   []PromiseText
	Sign    web.FieldView
	Hidden  []web.Hidden
	Signed  string // “张三 于 … 签署”, empty before
	Back    web.Action
	Version int64
	Next    string
	Before  string
}

// PromiseText is the text that is signed.
type PromiseText struct {
	Title string
	Body  []string
	Facts web.Facts
}

// promisable reports whether the draft has anything to promise now, or promises
// something already.
func (z *Wizard) promisable(j *job) bool {
	if j.correcting() || !j.v.Guide.Promises() {
		return false
	}
	later, commit := choices(j)
	return len(later)+len(commit) > 0 || !j.d.Data.Promise.None()
}

// choices lists what may be promised with the answers and documents as they are.
func choices(j *job) (later, commit []web.OptionView) {
	g, values := &j.v.Guide, j.v.Form().Prune(j.d.Data.Values)
	for _, m := range g.Asked(values) {
		if g.Tolerates(m) && j.d.Data.Handed(m.Code).Empty() {
			later = append(later, web.OptionView{ID: "f-later-" + m.Code, Value: m.Code, Label: m.Name, Soft: m.Standard, Checked: slices.Contains(j.d.Data.Promise.Later, m.Code)})
		}
	}
	for _, c := range g.Commitments {
		if c.Offered(values) && (c.Material == "" || j.d.Data.Handed(c.Material).Empty()) {
			commit = append(commit, web.OptionView{ID: "f-commit-" + c.Key, Value: c.Key, Label: c.Name, Soft: c.Excluded, Checked: slices.Contains(j.d.Data.Promise.Commit, c.Key)})
		}
	}
	return later, commit
}

func (z *Wizard) showPromise(w http.ResponseWriter, r *http.Request) error {
	j, err := z.open(r)
	if err != nil {
		return err
	}
	if !z.promisable(j) {
		return web.SeeOther(w, r, z.next(r.Context(), j, ""))
	}
	return z.promisePage(w, r, j, http.StatusOK, r.URL.Query(), nil)
}

func (z *Wizard) promisePage(w http.ResponseWriter, r *http.Request, j *job, status int, in url.Values, wrong []errs.Field) error {
	p := PromisePage{Frame: z.frame(r, j, "promise"), Action: j.at + "/promise", Version: j.d.Version, Next: z.next(r.Context(), j, "promise"), Before: z.before(j, "promise")}
	later, commit := choices(j)
	chosen := casework.Promise{Later: in["later"], Commit: in["commit"]}
	check := func(list []web.OptionView, values []string) {
		for i := range list {
			list[i].Checked = slices.Contains(values, list[i].Value)
		}
	}
	if in.Has("show") || status != http.StatusOK {
		check(later, chosen.Later)
		check(commit, chosen.Commit)
	} else {
		chosen = casework.Promise{}
	}
	ids := map[string]string{"name": "f-name", "hash": "f-name"}
	if len(later) > 0 {
		ids["later"] = later[0].ID
		p.Choices = append(p.Choices, web.FieldView{ID: "f-later", Name: "later", Widget: "checkboxes", Label: p.Tr("以后补交（容缺受理）", "To follow later"), Optional: true, Options: later,
			Help: p.Tr("受理以后在规定的期限内补齐；补齐以前不作出准予的决定。", "They follow after acceptance; nothing is granted before.")})
	}
	if len(commit) > 0 {
		ids["commit"] = commit[0].ID
		p.Choices = append(p.Choices, web.FieldView{ID: "f-commit", Name: "commit", Widget: "checkboxes", Label: p.Tr("签署承诺代替证明（告知承诺）", "Promise instead of proof"), Optional: true, Options: commit,
			Help: p.Tr("由您自己选择；也可以回到上一步提交证明。", "It is your choice; you may go back and hand in the proof.")})
	}
	if !chosen.None() && len(wrong) == 0 || slices.ContainsFunc(wrong, func(f errs.Field) bool { return f.Path == "name" || f.Path == "hash" }) {
		texts, hash, err := z.c.Casework.PromiseText(r.Context(), j.a, j.d.ID, chosen)
		if fs, other := problems(err); err != nil && other != nil {
			return other
		} else if err != nil {
			wrong = fs
		}
		for _, t := range texts {
			p.Texts = append(p.Texts, PromiseTextOf(t))
		}
		p.Hidden = []web.Hidden{{Name: "hash", Value: hash}}
		for _, code := range chosen.Later {
			p.Hidden = append(p.Hidden, web.Hidden{Name: "later", Value: code})
		}
		for _, key := range chosen.Commit {
			p.Hidden = append(p.Hidden, web.Hidden{Name: "commit", Value: key})
		}
		p.Sign = web.FieldView{ID: "f-name", Name: "name", Label: p.Tr("签署姓名", "Sign with your name"), Value: in.Get("name"), Max: 100, Width: "w-m",
			Help: p.Tr("填写您本人的姓名，表示已经阅读以上全文。", "Your own name: you have read the whole text.")}
		if z.c.Staff {
			p.Sign.Label, p.Sign.Help = p.Tr("承诺人姓名", "Who promises"), p.Tr("请申请人阅读全文，由申请人签署。", "The applicant reads the whole text and signs.")
		}
	}
	words := p.FieldErrors(wrong, ids)
	p.Sign.Error = words["name"] + words["hash"]
	for i := range p.Choices {
		p.Choices[i].Error = words[p.Choices[i].Name]
	}
	if s := j.d.Data.Promise; !s.None() {
		p.Signed = p.Tr(s.Name+" 已签署承诺书", "Signed by "+s.Name)
		p.Back = web.Action{URL: p.Action, Text: p.Tr("取消承诺", "Take it back"), Alt: true, Hidden: []web.Hidden{{Name: "version", Value: strconv.FormatInt(j.d.Version, 10)}, {Name: "none", Value: "true"}}}
	}
	return z.promiseV.Render(w, r, status, p)
}

// PromiseTextOf shows the text of a promise.
func PromiseTextOf(t casework.PromiseText) PromiseText {
	out := PromiseText{Title: t.Title, Body: t.Body}
	for _, l := range t.Lines {
		out.Facts.Rows = append(out.Facts.Rows, web.Fact{Key: l.Name, Value: l.Text})
	}
	return out
}

func (z *Wizard) signPromise(w http.ResponseWriter, r *http.Request) error {
	j, err := z.open(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	version, err := strconv.ParseInt(r.PostForm.Get("version"), 10, 64)
	if err != nil {
		return web.Malformed(err)
	}
	p := casework.Promise{}
	if r.PostForm.Get("none") == "" {
		p = casework.Promise{Later: r.PostForm["later"], Commit: r.PostForm["commit"], Name: r.PostForm.Get("name"), Hash: r.PostForm.Get("hash")}
	}
	d, err := z.c.Casework.SignPromise(r.Context(), j.a, j.d.ID, version, p)
	if err != nil {
		fs, other := problems(err)
		if other != nil {
			return web.Onward(err, web.Link{Href: j.at + "/promise", Text: "重新阅读"})
		}
		return z.promisePage(w, r, j, http.StatusUnprocessableEntity, r.PostForm, fs)
	}
	if j.d = d; p.None() {
		return web.SeeOther(w, r, j.at+"/promise")
	}
	return web.SeeOther(w, r, z.next(r.Context(), j, "promise"))
}

// promiseSection says on the check page what was signed.
func (z *Wizard) promiseSection(p web.Page, j *job) []Section {
	s := j.d.Data.Promise
	if s.None() || j.correcting() {
		return nil
	}
	sec := Section{Title: p.Tr("承诺", "Promise"), Change: web.Link{Href: j.at + "/promise", Text: p.Tr("修改", "Change")}}
	for _, code := range s.Later {
		if m, ok := j.v.Guide.Material(code); ok {
			sec.Facts.Rows = append(sec.Facts.Rows, web.Fact{Key: m.Name, Value: p.Tr("已承诺以后补齐", "Promised to follow")})
		}
	}
	for _, key := range s.Commit {
		if c, ok := j.v.Guide.Commitment(key); ok {
			sec.Facts.Rows = append(sec.Facts.Rows, web.Fact{Key: p.Tr(c.Name, orName(c.NameEN, c.Name)), Value: p.Tr("已签署告知承诺", "Promised instead of proven")})
		}
	}
	sec.Facts.Rows = append(sec.Facts.Rows, web.Fact{Key: p.Tr("签署人", "Signed by"), Value: s.Name})
	return []Section{sec}
}

func orName(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
