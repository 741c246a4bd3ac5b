package app

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/fee"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/form"
)

// newHistory looks up who can act: sample persons, organisations, staff by unit
// and role.
func (r *Rooms) newHistory(ctx context.Context, plan *HistoryPlan, clk *MovedClock) (*history, error) {
	h := &history{r: r, plan: plan, clk: clk, rnd: rand.New(rand.NewPCG(70, 2022)), staff: map[string][]actor.Actor{}}
	var err error
	if h.cal, err = r.Calendar.Current(ctx); err != nil {
		return nil, err
	}
	to, err := parseEnd(plan.To)
	if err != nil {
		return nil, err
	}
	h.end = to
	ids, err := r.Identity.DemoIDs(ctx)
	if err != nil {
		return nil, err
	}
	for _, id := range ids.Persons {
		acts, err := r.Identity.Actings(ctx, id)
		if err != nil {
			return nil, err
		}
		for _, acting := range acts {
			a, err := r.Identity.PersonActor(ctx, id, acting.Party, actor.Web)
			if err != nil {
				continue // a mandate that does not stand on the first day of the plan
			}
			held, err := r.Licences.HeldValid(r.DB.Read(ctx), a.For)
			if err != nil {
				return nil, err
			}
			switch {
			case acting.Party.Kind == actor.LegalEntity && a.Mandate == 0:
				h.bodies = append(h.bodies, applicant{a, held})
			case acting.Party.Kind == actor.NaturalPerson && acting.Party.ID == id:
				h.people = append(h.people, applicant{a, held})
			}
		}
	}
	dir, err := r.Identity.Directory(ctx)
	if err != nil {
		return nil, err
	}
	for _, id := range ids.Staff {
		a, err := r.Identity.StaffActor(ctx, id, actor.Window)
		if err != nil {
			return nil, err
		}
		u, _ := dir.Unit(a.Unit)
		for _, g := range a.Grants {
			h.staff[u.Key+"/"+string(g.Role)] = append(h.staff[u.Key+"/"+string(g.Role)], a)
		}
	}
	h.refs = map[string]files.Ref{}
	for typ, content := range map[files.Type][]byte{files.PDF: samplePDF, files.JPEG: sampleJPEG()} {
		ref, err := r.Files.Put(ctx, bytes.NewReader(content), files.Meta{Name: "sample." + string(typ), Types: []files.Type{typ}})
		if err != nil {
			return nil, err
		}
		h.refs[string(typ)] = ref
	}
	return h, nil
}

// fileFor is a sample file of a type that the material takes.
func (h *history) fileFor(m catalog.Material) casework.NamedFile {
	for _, t := range m.FileTypes() {
		if ref, ok := h.refs[t]; ok {
			return casework.NamedFile{Ref: ref, Name: m.Name + "." + t}
		}
	}
	return casework.NamedFile{}
}

func (h *history) applicantFor(g *catalog.Guide) applicant {
	person := slices.Contains(g.Basics.Audience, "1")
	if person && (len(g.Basics.Audience) == 1 || h.rnd.IntN(2) == 0) {
		return h.people[h.rnd.IntN(len(h.people))]
	}
	return h.bodies[h.rnd.IntN(len(h.bodies))]
}

// official finds who does a step of the guide: somebody of the step's unit who
// holds the role, and did not do what may not go together.
func (h *history) official(s *script, unit string, role actor.Role, not []int64) (actor.Actor, error) {
	dir, err := h.r.Identity.Directory(context.Background())
	if err != nil {
		return actor.Actor{}, err
	}
	u, _ := dir.UnitByKey(unit)
	for key, list := range h.staff {
		for _, a := range list {
			if a.Holds(role, u.Path) && !slices.Contains(not, a.ID) && key == unit+"/"+string(role) {
				return a, nil
			}
		}
	}
	for _, list := range h.staff { // somebody above
		for _, a := range list {
			if a.Holds(role, u.Path) && !slices.Contains(not, a.ID) {
				return a, nil
			}
		}
	}
	return actor.Actor{}, fmt.Errorf("history: nobody is %s of %s", role, unit)
}

// apply hands the application in, online or, now and then, at the window.
func apply(ctx context.Context, s *script) error {
	h, g := s.h, &s.ver.Guide
	a := s.who.a
	in := casework.Application{ItemCode: s.item.Code, Party: a.For, Consent: true, Delivery: s.delivery(g)}
	profile, err := h.r.Identity.Profile(ctx, a)
	if err != nil {
		return err
	}
	sources := map[string]any{}
	for k, v := range profile {
		sources[k] = v
	}
	held := s.who.held
	for _, l := range held {
		for k, v := range l.Fields {
			sources["licence:"+l.TypeKey+"."+k] = v
		}
	}
	if in.Values, err = answer(s.ver.Form(), sources, s.rnd); err != nil {
		return fmt.Errorf("%s: %w", g.Basics.Name, err)
	}
	for _, m := range g.Asked(in.Values) {
		if !m.Required() && !m.Tolerant() { // whoever could bring it later mostly brings it at once
			continue
		}
		hand := casework.HandedIn{Code: m.Code}
		for _, l := range held {
			if m.LicenceType != "" && l.TypeKey == m.LicenceType {
				hand.Licence = l.ID
			}
		}
		if hand.Licence == 0 {
			hand.Files = []casework.NamedFile{h.fileFor(m)}
		}
		in.Materials = append(in.Materials, hand)
	}
	if s.rnd.IntN(5) == 0 {
		clerk, err := h.official(s, g.Department.Receiving, actor.WindowClerk, nil)
		if err != nil {
			return err
		}
		a = clerk
	}
	s.way = in.Delivery.Way
	c, err := h.r.Casework.Apply(ctx, a, in)
	if err != nil {
		return fmt.Errorf("%s: %w", g.Basics.Name, err)
	}
	s.no = c.No
	if g.Instant() {
		s.next = s.next.Add(minutes(3 + s.rnd.IntN(20)))
	} else {
		s.wait(s.rnd.IntN(3))
	}
	return nil
}

func (s *script) delivery(g *catalog.Guide) casework.Delivery {
	ways := g.Result().Delivery
	d := casework.Delivery{Way: ways[s.rnd.IntN(len(ways))]}
	if slices.Contains(ways, catalog.Electronic) && s.rnd.IntN(3) > 0 {
		d.Way = catalog.Electronic
	}
	if d.Way == catalog.Mail {
		d.Name, d.Phone, d.Address = "演示收件人", "13000000000", "无锡市演示路1号"
	}
	return d
}

// answer fills a form: first what is known, then the example that its author
// gave, then something of the right kind.
func answer(f *form.Form, sources map[string]any, rnd *rand.Rand) (form.Values, error) {
	v := f.Prefill(sources)
	for _, fd := range f.Fields() {
		if !f.Visible(v)[fd.Name] || filled(v[fd.Name]) {
			continue
		}
		if fd.Required || fd.Widget == "radio" || fd.Widget == "select" {
			v[fd.Name] = invent(fd, rnd)
		}
	}
	v = f.Prune(f.Normalise(v))
	if bad := f.Validate(v); len(bad) > 0 {
		return nil, errs.InvalidFields(bad...)
	}
	return v, nil
}

func filled(v any) bool { return v != nil && v != "" }

// act does an act of the window.
func act(a casework.Act, fill func(*script, *casework.Input)) func(context.Context, *script) error {
	return func(ctx context.Context, s *script) error {
		clerk, err := s.h.official(s, s.ver.Guide.Department.Receiving, actor.WindowClerk, nil)
		if err != nil {
			return err
		}
		var in casework.Input
		if fill != nil {
			fill(s, &in)
		}
		if err := s.perform(ctx, clerk, a, in); err != nil {
			return err
		}
		if s.ver.Guide.Instant() {
			s.next = s.next.Add(minutes(2 + s.rnd.IntN(15)))
		} else {
			s.wait(s.rnd.IntN(2))
		}
		return nil
	}
}

func (s *script) perform(ctx context.Context, a actor.Actor, act casework.Act, in casework.Input) error {
	_, err := s.h.r.Casework.Perform(ctx, a, s.no, act, in)
	if fee.IsUnpaid(err) {
		if err = s.pay(ctx); err == nil {
			_, err = s.h.r.Casework.Perform(ctx, a, s.no, act, in)
		}
	}
	return err
}

// pay settles what is due, at the window.
func (s *script) pay(ctx context.Context) error {
	v, err := s.h.r.Casework.View(ctx, s.who.a, s.no)
	if err != nil {
		return err
	}
	clerk, err := s.h.official(s, s.ver.Guide.Department.Receiving, actor.WindowClerk, nil)
	if err != nil {
		return err
	}
	for _, b := range v.Bills {
		if b.Left() == 0 {
			continue
		}
		in := fee.Taken{Method: fee.Cash}
		if s.rnd.IntN(2) == 0 {
			in = fee.Taken{Method: fee.POS, Slip: fmt.Sprintf("DEMO%06d", s.rnd.IntN(1e6))}
		}
		if _, err := s.h.r.Fees.Take(ctx, clerk, b.No, in); err != nil {
			return err
		}
	}
	return nil
}

// requestCorrection asks for two requirement lines of the guide.
func requestCorrection(ctx context.Context, s *script) error {
	v := &s.ver.Guide
	var in casework.Input
	for _, m := range v.Materials {
		if len(m.Lines) > 0 && len(in.Asks) < 2 {
			in.Asks = append(in.Asks, casework.Ask{Material: m.Code, Line: m.Lines[s.rnd.IntN(len(m.Lines))].Code})
		}
	}
	clerk, err := s.h.official(s, v.Department.Receiving, actor.WindowClerk, nil)
	if err != nil {
		return err
	}
	if err := s.perform(ctx, clerk, casework.RequestCorrection, in); err != nil {
		return err
	}
	s.wait(1 + s.rnd.IntN(6))
	return nil
}

// resubmit hands the corrected files in.
func resubmit(ctx context.Context, s *script) error {
	h := s.h
	d, err := h.r.Casework.OpenCorrection(ctx, s.who.a, s.no)
	if err != nil {
		return err
	}
	for _, m := range s.ver.Guide.Materials {
		if len(m.Lines) > 0 && d.Data.Handed(m.Code).Licence == nil && len(d.Data.Handed(m.Code).Files) < m.FilesAllowed() {
			f := h.fileFor(m)
			if _, err := h.r.Casework.AttachFile(ctx, s.who.a, d.ID, m.Code, f.Ref, "补正-"+f.Name); err != nil {
				return err
			}
			break
		}
	}
	if _, err := h.r.Casework.Submit(ctx, s.who.a, d.ID, casework.SubmitInput{}); err != nil {
		return err
	}
	s.wait(s.rnd.IntN(2))
	return nil
}

func decline(ctx context.Context, s *script) error {
	clerk, err := s.h.official(s, s.ver.Guide.Department.Receiving, actor.WindowClerk, nil)
	if err != nil {
		return err
	}
	return s.perform(ctx, clerk, casework.Decline, casework.Input{Reason: "申请事项不符合办事指南列明的受理条件：" + s.ver.Guide.Conditions[0].Text})
}

func withdraw(ctx context.Context, s *script) error {
	return s.perform(ctx, s.who.a, casework.Withdraw, casework.Input{Reason: "申请人调整安排"})
}

// review gives a department's opinion.
func review(sp catalog.Step) func(context.Context, *script) error {
	return func(ctx context.Context, s *script) error {
		who, err := s.h.official(s, sp.Unit, actor.Reviewer, nil)
		if err != nil {
			return err
		}
		in := casework.Input{Agree: s.kind != "refuse", Opinion: "经审查，申请材料齐全，符合条件，建议准予。"}
		if !in.Agree {
			in.Opinion = "经审查，不符合规定条件，建议不予。"
		}
		if err := s.perform(ctx, who, casework.Review, in); err != nil {
			return err
		}
		s.reviewers = append(s.reviewers, who.ID)
		share := max(1, s.ver.Guide.Limits.Promised.Days/3)
		if s.ver.Guide.Instant() {
			s.next = s.next.Add(minutes(2 + s.rnd.IntN(10)))
		} else {
			s.wait(s.rnd.IntN(share + 1))
		}
		return nil
	}
}

func (s *script) decider() (actor.Actor, error) {
	sp, _ := s.ver.Guide.Step(catalog.StepDecide)
	return s.h.official(s, sp.Unit, actor.Decider, s.reviewers)
}

func extend(ctx context.Context, s *script) error {
	who, err := s.decider()
	if err != nil {
		return err
	}
	if err := s.perform(ctx, who, casework.Extend, casework.Input{Days: 5, Reason: "情况复杂，需要进一步核实"}); err != nil {
		return err
	}
	s.wait(2)
	return nil
}

// byRules lets the published clauses decide 秒批; where they are not all met it
// is left to people.
func byRules(ctx context.Context, s *script) error {
	s.next = s.next.Add(minutes(1))
	c, err := s.h.r.Casework.Perform(ctx, actor.Platform(), s.no, casework.GrantByMachine, casework.Input{})
	if err != nil && errs.Of(err).Code == "clauses-not-met" {
		_, err = s.h.r.Casework.Perform(ctx, actor.Platform(), s.no, casework.ReferByMachine, casework.Input{})
		return err
	}
	s.granted = err == nil && c.Outcome == casework.Granted
	return err
}

// unlessGranted is a step of people that has no more sense once the clauses granted.
func unlessGranted(f func(context.Context, *script) error) func(context.Context, *script) error {
	return func(ctx context.Context, s *script) error {
		if s.granted {
			return nil
		}
		return f(ctx, s)
	}
}

func decide(ctx context.Context, s *script) error {
	who, err := s.decider()
	if err != nil {
		return err
	}
	in := casework.Input{Grant: s.kind != "refuse", Reason: "经审查，不符合本事项法律依据规定的条件"}
	if in.Grant {
		in.Reason = ""
	}
	if err := s.perform(ctx, who, casework.Decide, in); err != nil {
		return err
	}
	if s.way == catalog.Electronic || s.ver.Guide.Instant() {
		s.next = s.next.Add(minutes(1 + s.rnd.IntN(8)))
	} else {
		s.wait(1 + s.rnd.IntN(2))
	}
	return nil
}

// handOut delivers at the window or by post; electronic results are delivered
// by the platform's own job.
func handOut(ctx context.Context, s *script) error {
	v, err := s.h.r.Casework.View(ctx, s.who.a, s.no)
	if err != nil {
		return err
	}
	clerk, err := s.h.official(s, s.ver.Guide.Department.Receiving, actor.WindowClerk, nil)
	if err != nil {
		return err
	}
	switch v.Case.DeliveryWay {
	case catalog.Electronic: // what the platform's job does, at the moved time
		if v.Case.LicenceID != 0 {
			err = s.h.r.Licences.EnsureSigned(ctx, v.Case.LicenceID)
		}
		if err == nil {
			err = s.perform(ctx, actor.Platform(), casework.DeliverElectronic, casework.Input{})
		}
	case catalog.PickUp:
		err = s.perform(ctx, clerk, casework.HandOver, casework.Input{Recipient: v.Case.Party.Name})
	case catalog.Mail:
		err = s.perform(ctx, clerk, casework.Post, casework.Input{Waybill: fmt.Sprintf("演示快递 DEMO%08d", s.rnd.IntN(1e8))})
		if err == nil {
			s.wait(1)
			err = s.perform(ctx, clerk, casework.PostSigned, casework.Input{Parcel: casework.ParcelInput{SignedBy: v.Case.Party.Name}})
		}
	}
	s.wait(s.rnd.IntN(4))
	return err
}
