package apply

import (
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/web"
)

// AskFacts 补正内容 lists what a correction asks for, one row for each material
// or answer, with the clerk's remarks.
func AskFacts(p web.Page, materials []catalog.Material, f *form.Form, asks []casework.Ask) []web.Fact {
	var out []web.Fact
	at := map[string]int{}
	for _, a := range asks {
		key, name := "f:"+a.Field, a.Field
		if fd := f.Field(a.Field); fd != nil {
			name = p.Tr("申请表：", "Form: ") + p.Tr(fd.Title, fd.TitleEN)
		}
		if a.Material != "" {
			key, name = "m:"+a.Material, a.Material
			for _, m := range materials {
				if m.Code == a.Material {
					name = p.Tr(m.Name, m.NameEN)
				}
			}
		}
		i, had := at[key]
		if !had {
			i = len(out)
			at[key] = i
			out = append(out, web.Fact{Key: name})
		}
		line := a.Text
		if a.Note != "" {
			line += p.Tr("（"+a.Note+"）", " ("+a.Note+")")
		}
		out[i].Lines = append(out[i].Lines, line)
	}
	return out
}
