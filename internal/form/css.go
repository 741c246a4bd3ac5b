package form

import (
	"fmt"
	"slices"
	"strings"
)

// maxCSS bounds the stylesheet: conditions on conditions multiply in it.
const maxCSS = 64 << 10

// ShowCSS is the stylesheet that hides questions that are not asked, without
// script. It applies below an element with data-form="ID()" (the form element),
// to wrappers with data-show="NAME". Inputs carry their names; answers given on
// other pages stand as <data data-answer="NAME" value="…"> (see Answers).
// Browsers without :has() show every question; Prune drops what is not asked.
func (f *Form) ShowCSS() string { return f.css }

// Answer is one given answer that conditions on another page depend on.
type Answer struct {
	Field, Value string
}

// Answers lists the answers from other pages that conditions refer to, for the
// page to carry along as <data data-answer="Field" value="Value">.
func (f *Form) Answers(step string, v Values) []Answer {
	here := map[string]bool{}
	s, _ := f.Step(step)
	for _, fd := range s.Fields {
		here[fd.Name] = true
	}
	needed := map[string]bool{}
	for _, fd := range f.fields {
		for _, name := range fd.Show.Fields() {
			needed[name] = !here[name]
		}
	}
	v = f.Normalise(v)
	shown := f.Visible(v)
	var out []Answer
	for _, fd := range f.fields {
		if !needed[fd.Name] || !shown[fd.Name] {
			continue
		}
		values := make([]string, 0, len(fd.Options)+2)
		if fd.Type == Boolean {
			values = append(values, "true", "false")
		}
		for _, o := range fd.Options {
			values = append(values, o.Value)
		}
		for _, value := range values {
			if fd.answered(v[fd.Name], []string{value}) {
				out = append(out, Answer{fd.Name, value})
			}
		}
	}
	return out
}

// showCSS writes the rules; ok is false when they would grow beyond reason.
func (f *Form) showCSS(id string) (css string, ok bool) {
	var b strings.Builder
	holds := map[string]string{} // question → selector that matches while it is asked, "" for always
	for _, fd := range f.fields {
		if fd.Show == nil {
			continue
		}
		var alts []string
		for _, alt := range fd.Show.Any {
			var s strings.Builder
			var upper []string
			for _, a := range alt {
				s.WriteString(f.byName[a.Field].selector(a.Values))
				if u := holds[a.Field]; !slices.Contains(upper, u) {
					upper = append(upper, u)
				}
			}
			for _, u := range upper {
				s.WriteString(u)
			}
			alts = append(alts, s.String())
		}
		sel := alts[0]
		if len(alts) > 1 {
			sel = ":is(" + strings.Join(alts, ",") + ")"
		}
		if len(sel) > maxCSS/4 {
			return "", false
		}
		holds[fd.Name] = sel
		fmt.Fprintf(&b, "[data-form=\"%s\"]:not(%s) [data-show=\"%s\"]{display:none}\n", id, sel, fd.Name)
		if b.Len() > maxCSS {
			return "", false
		}
	}
	if b.Len() == 0 {
		return "", true
	}
	return "@supports selector(:has(a)){\n" + b.String() + "}\n", true
}

// selector matches a form in which the question has one of the answers.
func (fd *Field) selector(values []string) string {
	var alts []string
	for _, v := range values {
		q := cssString(v)
		switch {
		case fd.Widget == Checkbox && v == "false":
			alts = append(alts, `[name="`+fd.Name+`"][value="true"]:not(:checked)`)
		case fd.Widget == Select:
			alts = append(alts, `[name="`+fd.Name+`"] [value=`+q+`]:checked`)
		default:
			alts = append(alts, `[name="`+fd.Name+`"][value=`+q+`]:checked`)
		}
		alts = append(alts, `[data-answer="`+fd.Name+`"][value=`+q+`]`)
	}
	return ":has(" + strings.Join(alts, ",") + ")"
}

// cssString quotes a value; whatever could end the string is escaped.
func cssString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		if r < 0x20 || strings.ContainsRune(`"\<>&{};`, r) {
			fmt.Fprintf(&b, `\%x `, r)
		} else {
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
