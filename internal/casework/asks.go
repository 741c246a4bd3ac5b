package casework

import (
	"fmt"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
)

// noteLength is how much a clerk may add to one requirement line, in characters.
const noteLength = 300

// checkAsks turns what a clerk ticked into what a correction asks for. Each ask
// is a requirement line of a material of the pinned guide, the material itself
// when it was not handed in, or a field of the guide's form: what the guide does
// not name cannot be asked (第二十一条第三款).
func checkAsks(g *catalog.Guide, f *form.Form, asks []Ask) ([]Ask, []errs.Field) {
	if len(asks) == 0 {
		return nil, []errs.Field{{Path: "asks", Code: "required", ZH: "请勾选需要补正的内容", EN: "Tick what has to be corrected"}}
	}
	var out []Ask
	var bad []errs.Field
	seen := map[Ask]bool{}
	for i, a := range asks {
		at := fmt.Sprintf("asks/%d", i)
		key := Ask{Material: a.Material, Line: a.Line, Field: a.Field, Paper: a.Paper}
		if seen[key] {
			continue
		}
		seen[key] = true
		if len([]rune(a.Note)) > noteLength {
			bad = append(bad, errs.Field{Path: at + "/note", Code: "max-length", ZH: "说明请不要超过300个字", EN: "At most 300 characters"})
			continue
		}
		switch {
		case a.Material != "" && a.Field == "":
			m, ok := g.Material(a.Material)
			if !ok {
				bad = append(bad, notInGuide(at))
				continue
			}
			if f := paperProblem(at, m, a); f != nil {
				bad = append(bad, *f)
				continue
			}
			key.Text = "请提交“" + m.Name + "”。"
			if a.Paper {
				key.Text = "请提交“" + m.Name + "”的纸质原件（依据：" + m.PaperLaw + "）。"
			}
			if a.Line != "" {
				l, ok := m.Line(a.Line)
				if !ok {
					bad = append(bad, notInGuide(at))
					continue
				}
				key.Text = l.Text
			}
		case a.Field != "" && a.Material == "" && !a.Paper:
			fd := f.Field(a.Field)
			if fd == nil {
				bad = append(bad, notInGuide(at))
				continue
			}
			key.Text = "请更正“" + fd.Title + "”。"
		default:
			bad = append(bad, notInGuide(at))
			continue
		}
		key.Note = a.Note
		out = append(out, key)
	}
	return out, bad
}

func notInGuide(at string) errs.Field {
	return errs.Field{Path: at, Code: "not-in-guide", ZH: "只能要求补正办事指南中列明的内容", EN: "Only what the guide names can be asked for"}
}

func askName(g *catalog.Guide, f *form.Form, a Ask) string {
	if m, ok := g.Material(a.Material); ok {
		return m.Name
	}
	if fd := f.Field(a.Field); fd != nil {
		return "申请表：" + fd.Title
	}
	return a.Material + a.Field
}
