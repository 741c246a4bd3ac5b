package casework

import (
	"context"
	"slices"
	"strings"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// refer 转报: the matter goes to another unit, which goes on with all of its
// materials; here it ends with its own code (行政许可法 第三十五条). A unit of the
// platform that offers the matter gets the case at once; one that works
// elsewhere is named.
func (st *step) refer() error {
	var fs []errs.Field
	in := &st.in
	if strings.TrimSpace(in.Elsewhere) == "" && in.Work.Unit == "" {
		fs = append(fs, errs.Field{Path: "elsewhere", Code: "required", ZH: "请选择本平台的单位，或者填写转报的单位", EN: "Choose a unit of the platform, or name another one"})
	}
	if in.Elsewhere != "" && in.Work.Unit != "" {
		fs = append(fs, errs.Field{Path: "elsewhere", Code: "both", ZH: "已经选择了本平台的单位，不再填写其他单位", EN: "A unit of the platform is chosen already"})
	}
	if strings.TrimSpace(in.Reason) == "" {
		fs = append(fs, errs.Field{Path: "reason", Code: "required", ZH: "请写明转报的理由，将告知申请人", EN: "Give the reason; the applicant is told"})
	}
	if len(fs) > 0 {
		return errs.InvalidFields(fs...)
	}
	to := in.Elsewhere
	st.docFacts = nil
	if in.Work.Unit != "" {
		next, unit, err := st.hereafter()
		if err != nil {
			return err
		}
		to = unit.Name
		st.docFacts = []DocFact{{"新办件编号", next.No}}
		st.say("转报"+to+"，新办件编号 "+next.No, in.Reason)
	} else {
		st.say("转报"+to, in.Reason)
	}
	st.endTasks()
	st.reason = in.Reason
	st.docFacts = append([]DocFact{{"转报单位", to}}, st.docFacts...)
	return nil
}

// hereafter makes the case at the unit that goes on with it: the same answers
// and materials under that unit's guide, with a number, a receipt and clocks of
// its own. What that guide asks beyond them is named, and nothing happens.
func (st *step) hereafter() (*Case, identity.Unit, error) {
	s, tx := st.s, st.tx
	list, err := s.Catalog.Offers(tx.Context(), st.w.v.Guide.Basics.BasicCode)
	if err != nil {
		return nil, identity.Unit{}, err
	}
	unit, ok := st.w.dir.UnitByKey(st.in.Work.Unit)
	at := slices.IndexFunc(list, func(it catalog.Item) bool { return it.UnitID == unit.ID && it.ID != st.c.ItemID })
	if !ok || at < 0 {
		return nil, unit, errs.InvalidFields(errs.Field{Path: "work/unit", Code: "not-offered", ZH: "这个单位没有公布同一事项，不能在平台内转报", EN: "That unit does not offer the matter on the platform"})
	}
	it := &list[at]
	w, err := s.world(tx.Context(), it.VersionID)
	if err != nil {
		return nil, unit, err
	}
	d := &Draft{ID: tx.NewID(), ItemID: it.ID, VersionID: it.VersionID, ItemName: it.Name, Owner: st.c.Filer, Party: st.c.Party}
	if d.Data, err = s.held(tx, st.c); err != nil {
		return nil, unit, err
	}
	d.Data.Consent = st.c.SubmittedAt
	handed := d.Data.Materials
	d.Data.Materials = nil
	var files []int64
	for _, h := range handed {
		if _, asked := w.v.Guide.Material(h.Code); !asked {
			continue // of this unit's guide alone
		}
		for _, f := range h.Files {
			files = append(files, f.File)
		}
		h.Copies = 0 // paper goes by a slip of its own
		d.Data.Materials = append(d.Data.Materials, h)
	}
	r, err := s.readToStore(d.Data.Values, w.v)
	if err != nil {
		return nil, unit, err
	}
	lost, err := s.lostLicences(tx, d, &w.v.Guide)
	if err != nil {
		return nil, unit, err
	}
	if fs := append(problems(d, w.v, r), lost...); len(fs) > 0 {
		var zh, en []string
		for _, f := range fs {
			zh, en = append(zh, f.ZH), append(en, f.EN)
		}
		return nil, unit, errs.InvalidFields(errs.Field{Path: "work/unit", Code: "asks-more", ZH: unit.Name + "的办事指南还有其他要求：" + strings.Join(zh, "；"),
			EN: "The guide of " + unit.Name + " asks more: " + strings.Join(en, "; ")})
	}
	o, err := s.opening(tx, st.a, d, r, w, it)
	if err != nil {
		return nil, unit, err
	}
	next := o.c
	next.Filer, next.Channel, next.Mandate = st.c.Filer, st.c.Channel, st.c.Mandate
	s.Files.Attach(tx, files...)
	if err := o.storeMaterials(d); err != nil {
		return nil, unit, err
	}
	o.docLines = o.handedLines(d)
	o.docFacts = []DocFact{{"转报自", st.unit().Name}, {"原办件编号", st.c.No}}
	o.say("由" + st.unit().Name + "转报，原办件编号 " + st.c.No)
	o.task(&w.v.Guide, catalog.StepReceive)
	return next, unit, o.finish()
}

// referrals are the units to which the viewer can hand the case on the platform.
func (s *Service) referrals(ctx context.Context, v *View, w world) (out []identity.Unit, err error) {
	if !slices.ContainsFunc(v.Offered, func(o Offer) bool { return o.Act == Refer }) {
		return nil, nil
	}
	list, err := s.Catalog.Offers(ctx, w.v.Guide.Basics.BasicCode)
	for _, it := range list {
		if u, ok := w.dir.Unit(it.UnitID); ok && it.ID != v.Case.ItemID {
			out = append(out, u)
		}
	}
	return out, err
}
