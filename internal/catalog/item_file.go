package catalog

import (
	"context"
	"fmt"
	"slices"

	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// EntriesOf makes entries of an item file: one for each unit that offers it. What
// the file says is the whole guide.
func (s *Service) EntriesOf(ctx context.Context, at string, d Def) ([]ImportRow, error) {
	dir, err := s.ids.Directory(ctx)
	if err != nil {
		return nil, err
	}
	x, err := s.Index(ctx)
	if err != nil {
		return nil, err
	}
	if b, ok := x.Basic(d.BasicCode); ok && len(d.Guide.Basis) == 0 {
		b.lock(&d.Guide)
	}
	var out []ImportRow
	for i, o := range d.offers(dir) {
		g, unit, recv, ps := fill(s.codes, d, o, dir)
		e := ImportRow{At: fmt.Sprintf("%s/offeredBy/%d", at, i), Code: g.Basics.Code, Receiving: recv.Key, Problems: ps}
		if unit.Key == "" {
			e.Code = ""
		}
		e.Lay = func(to *Guide) []Problem { *to = g; return nil }
		out = append(out, e)
	}
	if len(out) == 0 {
		out = append(out, ImportRow{At: at, Problems: []Problem{blocking("offeredBy", "至少需要一个实施单位", "At least one unit offers it")}})
	}
	return out, nil
}

// DefsOf gathers the published lists of one matter into item files that give
// them back: lists that say the same apart from their place share a file.
func (s *Service) DefsOf(ctx context.Context, guides []Guide) ([]Def, error) {
	dir, err := s.ids.Directory(ctx)
	if err != nil {
		return nil, err
	}
	var out []Def
next:
	for i := range guides {
		g := &guides[i]
		want, err := cutGuide(g)
		if err != nil {
			return nil, err
		}
		text := string(want.canonical())
		for j := range out {
			for _, centre := range []bool{true, false} {
				o := Offerer{Unit: g.Department.Unit, Receiving: g.Department.Receiving, Level: g.Basics.Level, AtCentre: centre}
				if s.again(out[j], o, dir) == text {
					out[j].OfferedBy = append(out[j].OfferedBy, o)
					continue next
				}
			}
		}
		d := Def{BasicCode: g.Basics.BasicCode, Guide: general(*g)}
		o := Offerer{Unit: g.Department.Unit, Receiving: g.Department.Receiving, Level: g.Basics.Level}
		if s.again(d, o, dir) != text {
			d.Guide = *g // its places cannot be taken out
		}
		if s.again(d, o, dir) != text {
			return nil, errs.New(errs.Conflict, "export", "事项"+g.Basics.Code+"不能写成事项文件。", "Item "+g.Basics.Code+" cannot be written as an item file.")
		}
		d.OfferedBy = []Offerer{o}
		out = append(out, d)
	}
	return out, nil
}

func (s *Service) again(d Def, o Offerer, dir *identity.Directory) string {
	g, _, _, _ := fill(s.codes, d, o, dir)
	p, err := cutGuide(&g)
	if err != nil {
		return ""
	}
	return string(p.canonical())
}

// general takes the unit and its centre out of the steps of a guide.
func general(g Guide) Guide {
	unit, recv := g.Department.Unit, g.Department.Receiving
	g.Basics.Code, g.Basics.Division = "", ""
	steps := slices.Clone(g.Steps)
	for i, st := range steps {
		centre := st.Kind == StepReceive || st.Kind == StepDeliver
		if centre && st.Unit == recv || !centre && st.Unit == unit {
			steps[i].Unit = ""
		}
	}
	g.Steps = steps
	if g.Privacy.Processor == g.Department.Name {
		g.Privacy.Processor = ""
	}
	g.Department = Department{Nature: g.Department.Nature, Entrusted: g.Department.Entrusted}
	return g
}

// CodeWords gives a code table of guides in words, Chinese and English, by code.
func CodeWords(table string) map[string][2]string {
	return map[string]codes{"type": typeCodes, "caseType": caseTypeCodes, "audience": audienceCodes, "level": levelCodes, "powerSource": sourceCodes,
		"scope": scopeCodes, "mode": modeCodes, "publish": publishCodes, "depth": depthCodes, "nature": natureCodes, "material": materialCodes, "necessity": necessityCodes,
		"media": mediaCodes, "source": originCodes, "step": stepCodes, "role": roleCodes, "special": specialCodes, "result": resultCodes,
		"delivery": deliveryCodes, "does": doesCodes, "mark": markCodes, "feeDue": dueCodes, "late": lateCodes}[table]
}
