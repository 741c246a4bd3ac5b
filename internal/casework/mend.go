package casework

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
)

// MendLine is one thing that was mended on the spot.
type MendLine struct {
	Name   string `json:"name"` // of the answer or material
	Before string `json:"before"`
	After  string `json:"after"`

	MaskedBefore string `json:"maskedBefore,omitempty"` // as screens of staff show it
	MaskedAfter  string `json:"maskedAfter,omitempty"`
}

// MendView 当场更正 is what the applicant corrected at the counter.
type MendView struct {
	At    time.Time
	Lines []MendLine
}

const (
	sqlInsertMend = `INSERT INTO case_mend (id, case_id, data) VALUES ($1, $2, $3)`
	sqlMends      = `SELECT id, data FROM case_mend WHERE case_id = $1 ORDER BY id`
	// Drafts that nobody can hand in any more: the case has gone on without them.
	sqlStaleMends = `SELECT d.id FROM draft d JOIN cases c ON c.no = d.case_no WHERE d.case_no <> '' AND d.case_no > ''
		AND c.state NOT IN ('submitted', 'prechecked', 'correcting') ORDER BY d.case_no LIMIT 100`
)

// OpenMend 当场更正 opens a draft that holds what the case holds, for the clerk to
// write what the applicant corrects at the counter (行政许可法 第三十二条第一款第三
// 项). present says that the applicant is there. Handing the draft in mends the
// case: no notice, the receipt clock runs on.
func (s *Service) OpenMend(ctx context.Context, a actor.Actor, no string, present bool) (d *Draft, err error) {
	defer errs.Wrap(&err, "mend %s", no)
	return s.openCopy(ctx, a, no, Mend, func(tx *db.Tx, d *Draft) error {
		if !present {
			return missing("present", "请确认申请人在场，由申请人当场更正", "Confirm that the applicant is present and corrects it")
		}
		d.Data.Present = tx.Now()
		return nil
	})
}

// mend hands the draft of a mending in.
func (s *Service) mend(ctx context.Context, a actor.Actor, d *Draft, in SubmitInput) (c *Case, err error) {
	w, err := s.world(ctx, d.VersionID)
	if err != nil {
		return nil, err
	}
	c, err = s.handAgain(ctx, a, d, in, w, Mend, func(st *step, d *Draft) error { return st.mend(d) })
	return s.handed(ctx, a, d, in, Mend, c, err)
}

func (st *step) mend(d *Draft) error {
	s, c, f := st.s, st.c, st.w.v.Form()
	var before form.Values
	if err := s.openJSON("answers", c.answers, &before); err != nil {
		return err
	}
	handed, err := s.materials(st.tx, c.ID)
	if err != nil {
		return err
	}
	fs := problems(d, st.w.v, read(d.Data.Values, st.w.v))
	lost, err := s.lostLicences(st.tx, d, &st.w.v.Guide)
	if err != nil {
		return err
	}
	if fs = append(fs, lost...); len(fs) > 0 {
		return errs.InvalidFields(fs...)
	}
	after := f.Prune(f.Normalise(d.Data.Values))
	lines := append(mendedAnswers(f, f.Normalise(before), after), mendedMaterials(&st.w.v.Guide, handed, d)...)
	if len(lines) == 0 {
		return errs.InvalidFields(errs.Field{Path: "materials", Code: "unchanged", ZH: "没有更正任何内容", EN: "Nothing was changed"})
	}
	if c.answers, err = s.seal("answers", after); err != nil {
		return err
	}
	if err := st.storeMaterials(d); err != nil {
		return err
	}
	sealed, err := s.seal("mend", lines)
	if err != nil {
		return err
	}
	st.tx.Queue(sqlInsertMend, st.eventID, c.ID, sealed)
	var names []string
	for _, l := range lines {
		names = append(names, l.Name)
	}
	st.say("申请人在场，当场更正："+strings.Join(names, "、"), "")
	if err := s.dropCorrections(st.tx, c, d.ID); err != nil { // others began from what is no more
		return err
	}
	return st.finish()
}

// mendedAnswers compares the answers as people read them.
func mendedAnswers(f *form.Form, before, after form.Values) (out []MendLine) {
	was, is := f.Summary(before), f.Summary(after)
	find := func(list []form.Line, name string) form.Line {
		if i := slices.IndexFunc(list, func(l form.Line) bool { return l.Name == name }); i >= 0 {
			return list[i]
		}
		return form.Line{}
	}
	for _, l := range is {
		if o := find(was, l.Name); digest(before[l.Name]) != digest(after[l.Name]) {
			out = append(out, MendLine{l.Title, words(o, false), words(l, false), words(o, true), words(l, true)})
		}
	}
	for _, o := range was {
		if find(is, o.Name).Name == "" {
			out = append(out, MendLine{o.Title, words(o, false), "", words(o, true), ""})
		}
	}
	return out
}

// words is an answer in one line; of a table, how many rows it has.
func words(l form.Line, masked bool) string {
	switch {
	case len(l.Rows) > 0:
		return fmt.Sprintf("%d 行", len(l.Rows))
	case masked:
		return l.Masked
	}
	return l.Text
}

func mendedMaterials(g *catalog.Guide, before []Handed, d *Draft) (out []MendLine) {
	for _, m := range g.Materials {
		was := Handed{Code: m.Code}
		for _, h := range before {
			if h.Code == m.Code {
				was = h
			}
		}
		if is := d.Data.Handed(m.Code); digest(was) != digest(is) {
			a, b := handedWords(was), handedWords(is)
			out = append(out, MendLine{m.Name, a, b, a, b})
		}
	}
	return out
}

func handedWords(h Handed) string {
	var out []string
	if h.Licence != nil {
		out = append(out, "电子证照："+h.Licence.Name)
	}
	for _, f := range h.Files {
		out = append(out, f.Name)
	}
	switch {
	case h.Copies > 0:
		out = append(out, fmt.Sprintf("纸质材料，留存 %d 份", h.Copies))
	case h.Paper:
		out = append(out, "纸质材料")
	}
	if len(out) == 0 {
		return "未提交"
	}
	return strings.Join(out, "、")
}

// mends tells what was mended, to who may see the answers.
func (s *Service) mends(q db.Queryer, c *Case, events []Event, masked bool) ([]MendView, error) {
	if !slices.ContainsFunc(events, func(e Event) bool { return e.Act == Mend }) {
		return nil, nil
	}
	return db.All(q, func(r *db.Rows) (m MendView, err error) {
		var id int64
		var sealed []byte
		if err = r.Scan(&id, &sealed); err != nil {
			return m, err
		}
		if err = s.openJSON("mend", sealed, &m.Lines); err != nil {
			return m, err
		}
		for _, e := range events {
			if e.ID == id {
				m.At = e.At
			}
		}
		for i := range m.Lines {
			if l := &m.Lines[i]; masked {
				l.Before, l.After = l.MaskedBefore, l.MaskedAfter
			}
		}
		return m, nil
	}, sqlMends, c.ID)
}

// dropStale removes drafts of cases that have gone on: somebody began to mend
// and the case was accepted meanwhile.
func (s *Service) dropStale(ctx context.Context) error {
	list, err := db.All(s.DB.Read(ctx), func(r *db.Rows) (id int64, err error) { return id, r.Scan(&id) }, sqlStaleMends)
	if err != nil || len(list) == 0 {
		return err
	}
	return s.DB.Write(ctx, "casework.drop-stale", func(tx *db.Tx) error {
		for _, id := range list {
			rows, err := tx.Query(sqlDraft, id)
			if err != nil {
				return err
			}
			if !rows.Next() {
				continue
			}
			d, err := s.scanDraft(rows)
			if err != nil {
				return err
			}
			if err := s.letGo(tx, d); err != nil {
				return err
			}
			tx.QueueOne(ErrDraftChanged, sqlDropDraft, d.ID, d.Version)
			audit.Append(tx, draftRecord(actor.Platform(), "case.discard-draft", d, ""))
		}
		return nil
	})
}
