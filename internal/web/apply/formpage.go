package apply

import (
	"errors"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/web"
)

// FormPage is one page of the item's form.
type FormPage struct {
	Frame
	Form web.FormView
	Safe string // names the page's own copy of what is typed, at the window
}

// typed is what a request brought for one page of the form, laid over the draft.
type typed struct {
	step   form.Step
	values form.Values // of the whole form
	raw    form.Raw
	wrong  []errs.Field // could not be read
}

func (z *Wizard) step(j *job, key string) (form.Step, error) {
	s, ok := j.v.Form().Step(key)
	if !ok || !j.asksFields() {
		return s, web.ErrNoPage()
	}
	return s, nil
}

func (z *Wizard) showForm(w http.ResponseWriter, r *http.Request) error {
	j, err := z.open(r)
	if err != nil {
		return err
	}
	s, err := z.step(j, r.PathValue("step"))
	if err != nil {
		return err
	}
	var wrong []errs.Field
	if r.URL.Query().Get("check") != "" { // from the list of problems on the last page
		wrong = j.v.Form().ValidateStep(j.d.Data.Values, s.Key)
	}
	return z.formPage(w, r, j, http.StatusOK, typed{step: s, values: j.d.Data.Values, raw: j.d.Data.Raw, wrong: wrong}, nil)
}

func (z *Wizard) formPage(w http.ResponseWriter, r *http.Request, j *job, status int, t typed, blank map[string]int) error {
	key := "form/" + t.step.Key
	p := FormPage{Frame: z.frame(r, j, key), Safe: j.at + "/" + key}
	in := web.FormInput{Form: j.v.Form(), Step: t.step.Key, Values: t.values, Raw: t.raw, Problems: t.wrong, Blank: blank,
		Action: j.at + "/" + key, Autosave: j.at + "/autosave", Hidden: []web.Hidden{{Name: "_step", Value: t.step.Key}},
		Submit: p.Tr("保存并下一步", "Save and continue"), From: z.origins(r, j, p.Page, t.values)}
	if back := z.before(j, key); back != "" {
		in.Back = web.Link{Href: back, Text: p.Tr("上一步", "Back")}
	}
	if j.d.Version > 1 {
		in.Saved = p.Tr("上次保存：", "Last saved: ") + j.d.UpdatedAt.In(clock.Shanghai()).Format("2006-01-02 15:04")
	}
	p.Form = z.c.Renderer.Form(&p.Page, in)
	return z.formV.Render(w, r, status, p)
}

// read takes the fields of one page from the request and lays them over j's draft.
func (z *Wizard) read(j *job, r *http.Request, s form.Step) typed {
	f := j.v.Form()
	fresh, raw, wrong := f.Decode(r.PostForm, s.Key)
	t := typed{step: s, values: f.Merge(j.d.Data.Values, fresh, s.Key), raw: form.Raw{}, wrong: wrong}
	for name, text := range j.d.Data.Raw {
		field, _, _ := strings.Cut(name, ".")
		if stepOf(f, field) != s.Key {
			t.raw[name] = text
		}
	}
	maps.Copy(t.raw, raw)
	return t
}

// keep saves what was typed. When somebody saved another page meanwhile, the
// page is laid over the newer draft.
func (z *Wizard) keep(j *job, r *http.Request, s form.Step) (t typed, err error) {
	for try := 0; ; try++ {
		t = z.read(j, r, s)
		d, err := z.c.Casework.SaveDraft(r.Context(), j.a, j.d.ID, j.d.Version, t.values, t.raw)
		if err == nil {
			j.d = d
			return t, nil
		}
		if try == 4 || !errors.Is(err, casework.ErrDraftChanged) {
			return t, err
		}
		if j.d, _, err = z.c.Casework.Draft(r.Context(), j.a, j.d.ID); err != nil {
			return t, err
		}
	}
}

func (z *Wizard) saveForm(w http.ResponseWriter, r *http.Request) error {
	j, err := z.open(r)
	if err != nil {
		return err
	}
	s, err := z.step(j, r.PathValue("step"))
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	blank, pressed := web.TableButtons(r.PostForm)
	t, err := z.keep(j, r, s)
	if err != nil {
		fields, err := problems(err)
		if err != nil {
			return err
		}
		t.wrong = fields
		return z.formPage(w, r, j, http.StatusUnprocessableEntity, t, blank)
	}
	if pressed {
		t.wrong = nil // a row was added or taken away: nothing to criticise yet
		return z.formPage(w, r, j, http.StatusOK, t, blank)
	}
	if r.PostForm.Get("_save") != "" {
		p := web.NewPage(r, "", "")
		z.c.Renderer.SetFlash(w, web.OK, p.Tr("草稿已保存，可以随时回来继续填写。", "The draft is saved; come back whenever you like."))
		return web.SeeOther(w, r, z.c.Gone)
	}
	t.wrong = judge(j.v.Form(), t)
	if len(t.wrong) > 0 {
		return z.formPage(w, r, j, http.StatusUnprocessableEntity, t, nil)
	}
	return web.SeeOther(w, r, z.next(r.Context(), j, "form/"+s.Key))
}

// judge lists what is wrong with a page: text that could not be read before the
// rules that then miss it, in the order of the form.
func judge(f *form.Form, t typed) []errs.Field {
	out := slices.Clone(t.wrong)
	for _, v := range f.ValidateStep(t.values, t.step.Key) {
		if !slices.ContainsFunc(out, func(w errs.Field) bool { return w.Path == v.Path }) {
			out = append(out, v)
		}
	}
	place := func(e errs.Field) int {
		head, _, _ := strings.Cut(e.Path, "/")
		return slices.IndexFunc(t.step.Fields, func(fd *form.Field) bool { return fd.Name == head })
	}
	slices.SortStableFunc(out, func(a, b errs.Field) int { return place(a) - place(b) })
	return out
}

// autosave keeps what a script sends while somebody types; 204.
func (z *Wizard) autosave(w http.ResponseWriter, r *http.Request) error {
	j, err := z.open(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return web.Malformed(err)
	}
	s, err := z.step(j, r.PostForm.Get("_step"))
	if err != nil {
		return err
	}
	if _, err := z.keep(j, r, s); err != nil {
		return err
	}
	w.Header().Set("X-Draft-Version", strconv.FormatInt(j.d.Version, 10)) // what the page's own copy is measured against
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// origins says where answers that nobody has changed came from: the register
// or a licence held.
func (z *Wizard) origins(r *http.Request, j *job, p web.Page, values form.Values) map[string]string {
	if j.correcting() || z.c.Staff {
		return nil
	}
	out := map[string]string{}
	tell := func(source string, value any, words string) {
		for name, v := range j.v.Form().Prefill(map[string]any{source: value}) {
			fd := j.v.Form().Field(name)
			if fd != nil && out[name] == "" && slices.Contains(fd.Sources, source) && reflect.DeepEqual(values[name], v) {
				out[name] = words
			}
		}
	}
	ctx := r.Context()
	held, err := z.c.Held(ctx, j.a, j.d.Party)
	if err != nil {
		return nil // a remark is missing, the page is not
	}
	for _, l := range held {
		words := p.Tr("来自您的“"+l.Name+"”，如有变化请修改", "From your licence “"+l.Name+"”; change it if it is no longer so")
		for k, v := range l.Fields {
			tell("licence:"+l.TypeKey+"."+k, v, words)
		}
		tell("licence:"+l.TypeKey+".number", l.Number, words)
	}
	profile, err := z.c.Identity.Profile(ctx, j.a)
	if err != nil {
		return out
	}
	for k, v := range profile {
		tell(k, v, p.Tr("来自登记信息，如有变化请修改", "From the register; change it if it is no longer so"))
	}
	return out
}
