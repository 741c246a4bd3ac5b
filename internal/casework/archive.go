package casework

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/archive"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/calendar"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/identity"
)

const (
	sqlContents = `SELECT id, content FROM document WHERE case_id = $1 ORDER BY id LIMIT 200`
	sqlClosed   = `SELECT id, no FROM cases WHERE state = 'closed' AND id > $1 AND closed_at >= $2 AND closed_at < $3
		AND (CAST($4 AS BIGINT) = 0 OR unit_id = $4) ORDER BY id LIMIT 200`
)

// ArchiveTrust is what archive packages are sealed and checked with.
type ArchiveTrust struct {
	Signer note.Signer // Ed25519: one signature for one text
	Keys   []string    // verifier keys of the audit log, Ed25519 first
	Origin string      // name of the log
	URL    string      // address of the platform
}

// ErrNotClosed says that a case has no archive yet.
var ErrNotClosed = errs.New(errs.Conflict, "case-not-closed", "办件办结之后才有电子档案。", "A case has an archive once it is closed.")

// errNoTrust is for a platform that has no key to seal packages with.
var errNoTrust = errs.New(errs.Unavailable, "archive-no-key", "平台没有封存档案的密钥。", "The platform has no key to seal archives with.")

// Archived 电子档案 is the package of one closed case, ready to be written.
type Archived struct {
	Name string // of the file
	p    archive.Package
	sign note.Signer
}

// Write writes the package: the same case in the same state gives the same
// bytes. Materials are read as they are written.
func (x *Archived) Write(w io.Writer) error { return archive.Write(w, x.p, x.sign) }

// Archive gives the package of a closed case to its applicant and to those who
// keep or supervise it. Each one that is handed out is in the audit log before
// its first byte leaves.
func (s *Service) Archive(ctx context.Context, a actor.Actor, no string) (x *Archived, err error) {
	defer errs.Wrap(&err, "archive of %s", no)
	c, w, err := s.readable(ctx, s.DB.Read(ctx), a, no)
	if err != nil {
		return nil, err
	}
	if err := identity.Decide(a, identity.CaseArchive, target(c, w, 0)); err != nil {
		s.denied(ctx, a, string(identity.CaseArchive), "case/"+c.No, c.UnitID, err)
		return nil, err
	}
	if x, err = s.pack(ctx, a, c, w); err != nil {
		return nil, err
	}
	return x, s.DB.Write(ctx, "casework.archive", func(tx *db.Tx) error {
		return audit.Append(tx, audit.Record{Actor: a, Act: string(identity.CaseArchive), Subject: "case/" + c.No, Unit: c.UnitID, Outcome: "done"})
	})
}

// MayArchive reports whether the viewer may have the package of the case.
func (v *View) MayArchive() bool { return v.archive }

// ArchiveRange says which closed cases are exported.
type ArchiveRange struct {
	From, Until time.Time     // closed at or after From and before Until; zero: open
	Unit        int64         // deciding unit; 0: all
	Wait        time.Duration // how long the audit sealer is waited for
}

// Archives hands the packages of many closed cases to each, one after another,
// in the order in which the cases were made; memory does not grow with their
// number. It is for the platform itself; whoever calls it has recorded that.
// Cases whose log is being sealed come last, when it is; those of which it is
// not in time are left out, which is an error that counts and names them: code
// "archives-left".
func (s *Service) Archives(ctx context.Context, a actor.Actor, r ArchiveRange, each func(*Archived) error) (n int, err error) {
	defer errs.Wrap(&err, "archives")
	if a.Kind != actor.System {
		return 0, identity.ErrForbidden
	}
	one := func(no string) error {
		c, w, err := s.readable(ctx, s.DB.Read(ctx), a, no)
		if err != nil {
			return err
		}
		x, err := s.pack(ctx, a, c, w)
		if err == nil {
			err = each(x)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", no, err)
		}
		n++
		return nil
	}
	var waiting []string
	err = s.eachClosed(ctx, r, func(no string) error {
		err := one(no)
		if errors.Is(err, audit.ErrNotSealed) && len(waiting) < maxWaiting {
			waiting, err = append(waiting, no), nil
		}
		return err
	})
	for try := 0; err == nil && len(waiting) > 0 && try < sealTries; try++ {
		select {
		case <-ctx.Done():
			return n, ctx.Err()
		case <-time.After(r.Wait / sealTries):
		}
		again := waiting
		waiting = nil
		for _, no := range again {
			if err = one(no); errors.Is(err, audit.ErrNotSealed) {
				waiting, err = append(waiting, no), nil
			}
			if err != nil {
				break
			}
		}
	}
	if err == nil && len(waiting) > 0 {
		some := strings.Join(waiting[:min(3, len(waiting))], " ")
		err = errs.New(errs.Conflict, "archives-left", fmt.Sprintf("%d件办件没有导出：它们的审计日志尚未固定，请确认平台正在运行，稍后再试（%s）。", len(waiting), some),
			fmt.Sprintf("%d cases were left out, because their audit log is not sealed: see that the platform is running and try again later (%s).", len(waiting), some))
	}
	return n, err
}

// How often Archives tries again, and for how many cases at most.
const (
	sealTries  = 5
	maxWaiting = 10_000
)

// eachClosed goes through the numbers of the closed cases.
func (s *Service) eachClosed(ctx context.Context, r ArchiveRange, each func(no string) error) error {
	from, until := int64(1), int64(1<<62)
	if !r.From.IsZero() {
		from = db.Micros(r.From)
	}
	if !r.Until.IsZero() {
		until = db.Micros(r.Until)
	}
	for last := int64(0); ; {
		list, err := db.All(s.DB.Read(ctx), func(r *db.Rows) (c CaseRow, err error) { return c, r.Scan(&c.ID, &c.No) }, sqlClosed, last, from, until, r.Unit)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, row := range list {
			last = row.ID
			if err := each(row.No); err != nil {
				return err
			}
		}
	}
}

// RecordArchives writes down that many packages are about to be exported.
func (s *Service) RecordArchives(ctx context.Context, a actor.Actor, r ArchiveRange) error {
	if a.Kind != actor.System {
		return identity.ErrForbidden
	}
	return s.DB.Write(ctx, "casework.archives", func(tx *db.Tx) error {
		return audit.Append(tx, audit.Record{Actor: a, Act: "case.archives", Subject: "cases", Unit: r.Unit,
			Detail: map[string]string{"from": dayOrNone(r.From), "until": dayOrNone(r.Until)}, Outcome: "done"})
	})
}

func dayOrNone(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return clock.DateOf(t).String()
}

// packing gathers one package.
type packing struct {
	s   *Service
	ctx context.Context
	a   actor.Actor
	v   *View
	p   archive.Package

	files  map[int64]files.Ref
	served map[int64]Served
}

func (s *Service) pack(ctx context.Context, a actor.Actor, c *Case, w world) (*Archived, error) {
	if c.State != Closed {
		return nil, ErrNotClosed
	}
	if s.Trust.Signer == nil {
		return nil, errNoTrust
	}
	v, err := s.view(ctx, a, c)
	if err != nil {
		return nil, err
	}
	k := &packing{s: s, ctx: ctx, a: a, v: v, served: map[int64]Served{}}
	for _, step := range []func() error{k.readServed, k.readFiles, k.facts, k.materials, k.events, k.notices, k.clocks, k.licence} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return &Archived{Name: c.No + ".zip", p: k.p, sign: s.Trust.Signer}, nil
}

// as is the last instant at which something happened to the case.
func (k *packing) as() time.Time {
	return k.v.Events[len(k.v.Events)-1].At
}

// at is an instant as packages write it.
func at(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.Round(0).In(clock.Shanghai())
}

func (k *packing) readServed() error {
	list, err := k.s.servedOf(k.s.DB.Read(k.ctx), sqlServedCase, k.v.Case.ID)
	for _, x := range list {
		if have, ok := k.served[x.Document]; !ok || have.Way == ServedOnline { // paper proves more than a look
			k.served[x.Document] = x
		}
	}
	return err
}

// readFiles looks up what was stored for the case, all at once.
func (k *packing) readFiles() (err error) {
	var ids []int64
	for _, m := range k.v.Materials {
		for _, f := range m.Handed.Files {
			ids = append(ids, f.File)
		}
	}
	for _, x := range k.served {
		if x.Photo != nil {
			ids = append(ids, x.Photo.File)
		}
	}
	k.files, err = k.s.Files.Stats(k.s.DB.Read(k.ctx), ids...)
	return err
}

func (k *packing) facts() error {
	v, c := k.v, k.v.Case
	state, _ := c.State.Words()
	outcome, _ := c.Outcome.Words()
	b := v.Version.Guide.Basics
	k.p.Case = archive.Case{Format: archive.Format, Platform: k.s.Trust.URL, No: c.No,
		Item: archive.ItemRef{Code: b.Code, Name: c.ItemName, Type: b.Type, GuideNo: v.Version.No, GuideHash: v.Version.Hash},
		Unit: archive.UnitRef{Name: v.Unit.Name, USCC: v.Unit.USCC}, Receiving: archive.UnitRef{Name: v.Receiving.Name, USCC: v.Receiving.USCC},
		Applicant: c.Party.Name, Channel: string(c.Channel), State: archive.Word{Code: string(c.State), Name: state}, Outcome: archive.Word{Code: string(c.Outcome), Name: outcome},
		Submitted: at(c.SubmittedAt), Accepted: at(c.AcceptedAt), Decided: at(c.DecidedAt), Closed: at(c.ClosedAt), As: at(k.as()),
		Masked: k.a.Kind == actor.Staff && v.Values == nil, Form: archiveAnswers(v.Summary), Delivery: []archive.Answer{},
		Materials: []archive.Material{}, Tasks: []archive.Task{}, Events: []archive.Event{}, Notices: []archive.Notice{}, Clocks: []archive.ClockRef{}}
	if c.Filer.Kind == actor.Person && c.Filer.Name != c.Party.Name || inside(k.a) && c.Filer.Kind == actor.Staff {
		k.p.Case.HandedIn = c.Filer.Name
	}
	for _, f := range []struct{ label, text string }{{"方式", deliveryNames[v.Delivery.Way]}, {"收件人", v.Delivery.Name}, {"电话", v.Delivery.Phone}, {"地址", v.Delivery.Address}} {
		if f.text != "" {
			k.p.Case.Delivery = append(k.p.Case.Delivery, archive.Answer{Label: f.label, Text: f.text})
		}
	}
	for _, t := range v.Tasks {
		x := archive.Task{Name: t.Name, Unit: t.Unit, State: t.State, Done: at(t.DoneAt), By: t.DoneName, Opinion: t.Opinion}
		if inside(k.a) && t.Role == actor.Reviewer && t.State == "done" {
			x.Agree = &t.Agree
		}
		k.p.Case.Tasks = append(k.p.Case.Tasks, x)
	}
	return nil
}

var deliveryNames = map[string]string{"electronic": "电子送达", "pickup": "窗口领取", "post": "邮寄"}

func archiveAnswers(list []form.Line) []archive.Answer {
	out := []archive.Answer{}
	for _, l := range list {
		a := archive.Answer{Label: l.Title, Text: l.Text}
		for i, row := range l.Rows {
			var cells []string
			for _, cell := range row {
				if i == 0 {
					a.Heads = append(a.Heads, cell.Title)
				}
				cells = append(cells, cell.Text)
			}
			a.Rows = append(a.Rows, cells)
		}
		out = append(out, a)
	}
	return out
}

func (k *packing) materials() error {
	for _, m := range k.v.Materials {
		x := archive.Material{Code: m.Material.Code, Name: m.Material.Name, Paper: m.Handed.Paper}
		if l := m.Handed.Licence; l != nil {
			x.Licence = &archive.LicenceRef{Name: l.Name, Identifier: l.Identifier}
			if !k.p.Case.Masked {
				x.Licence.Number = l.Number
			}
		}
		for i, f := range m.Handed.Files {
			ref, err := k.file(fmt.Sprintf("materials/%s/%02d-", safe(m.Material.Code), i+1), f)
			if err != nil {
				return err
			}
			x.Files = append(x.Files, ref)
		}
		k.p.Case.Materials = append(k.p.Case.Materials, x)
	}
	return nil
}

// file adds a stored file below a prefix.
func (k *packing) file(prefix string, f HandedDoc) (archive.FileRef, error) {
	ref, ok := k.files[f.File]
	if !ok {
		return archive.FileRef{}, fmt.Errorf("file %d: %w", f.File, files.ErrNoFile())
	}
	name := prefix + safe(files.CleanName(f.Name, ref.Type))
	k.p.Files = append(k.p.Files, archive.Content{Path: name, Open: func() (io.ReadCloser, error) {
		return k.s.Files.Open(k.ctx, files.Ref{ID: f.File})
	}})
	return archive.FileRef{Path: name, Name: f.Name, Type: ref.Type.MIME(), Size: ref.Size, SM3: ref.Hash, At: at(f.At)}, nil
}

// safe makes one element of a path that every system can have.
func safe(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|#%`, r) || r < ' ' {
			return '_'
		}
		return r
	}, s)
	return strings.TrimRight(path.Base(s), " .")
}

// events takes what happened, and the log's records of it: who applies gets
// the records of the case's own acts, without what reviewers said.
func (k *packing) events() error {
	show := func(act string) bool {
		return inside(k.a) || strings.HasPrefix(act, "case.") && act != "case."+string(Review)
	}
	x, err := audit.Prove(k.s.DB.Read(k.ctx), "case/"+k.v.Case.No, k.as(), string(identity.CaseArchive), show)
	if err != nil {
		return err
	}
	k.p.Log = archive.Log{Origin: k.s.Trust.Origin, Keys: k.s.Trust.Keys, Extract: x}
	said := map[string]bool{}
	for _, act := range x.Acts() {
		if act.Outcome == "done" {
			said[act.Act+" "+fmt.Sprint(act.At.UnixMicro())] = true
		}
	}
	for _, e := range k.v.Events {
		k.p.Case.Events = append(k.p.Case.Events, archive.Event{At: at(e.At), Act: string(e.Act), Name: e.ZH, By: e.By, From: string(e.From), To: string(e.To),
			Article: e.Article, Note: e.Note, Notice: e.Number, Logged: said["case."+string(e.Act)+" "+fmt.Sprint(e.At.UnixMicro())]})
	}
	return nil
}

func (k *packing) notices() error {
	contents := map[int64][]byte{}
	type row struct {
		id     int64
		sealed []byte
	}
	rows, err := db.All(k.s.DB.Read(k.ctx), func(r *db.Rows) (x row, err error) { return x, r.Scan(&x.id, &x.sealed) }, sqlContents, k.v.Case.ID)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if contents[r.id], err = k.s.Vault.Open("casework/document", r.sealed); err != nil {
			return err
		}
	}
	for i, d := range k.v.Documents {
		n := archive.Notice{Kind: string(d.Kind), Title: d.Title, Number: d.Number, At: at(d.At), SM3: d.Hash, Path: fmt.Sprintf("notices/%02d.json", i+1)}
		k.p.Notices = append(k.p.Notices, inMemory(n.Path, contents[d.ID]))
		if k.s.Config.Printer != nil {
			n.Print = fmt.Sprintf("notices/%02d.html", i+1)
			k.p.Prints = append(k.p.Prints, archive.Content{Path: n.Print, Open: func() (io.ReadCloser, error) { return k.printed(d.ID) }})
		}
		if x, ok := k.served[d.ID]; ok {
			if n.Served, err = k.service(x, i+1); err != nil {
				return err
			}
		}
		k.p.Case.Notices = append(k.p.Case.Notices, n)
	}
	return nil
}

// printed opens the print of a document, the stored one if there is one.
func (k *packing) printed(document int64) (io.ReadCloser, error) {
	var file int64
	err := k.s.DB.Read(k.ctx).QueryRow(sqlPrint, document).Scan(&file, new(string), new(int64))
	if err == nil {
		return k.s.Files.Open(k.ctx, files.Ref{ID: file})
	}
	if !errors.Is(err, db.ErrNoRows) {
		return nil, err
	}
	doc, _, hash, err := k.s.content(k.ctx, document)
	if err != nil {
		return nil, err
	}
	b, err := k.s.Config.Printer(doc, hash)
	return io.NopCloser(bytes.NewReader(b)), err
}

func (k *packing) service(x Served, no int) (*archive.Served, error) {
	zh, _ := x.Way.Words()
	out := &archive.Served{Way: string(x.Way), Name: zh, At: at(x.At), By: x.Name, Waybill: x.Waybill}
	if x.Photo == nil || k.p.Case.Masked {
		return out, nil
	}
	ref, err := k.file(fmt.Sprintf("served/%02d-", no), *x.Photo)
	out.Photo = &ref
	return out, err
}

func inMemory(name string, b []byte) archive.Content {
	return archive.Content{Path: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }}
}

// clocks proves every limit as it stood when the last thing happened, by the
// calendar that was in force then.
func (k *packing) clocks() error {
	cal, err := k.s.calendarOn(k.ctx, k.as())
	if err != nil {
		return err
	}
	for i, c := range k.v.Case.Clocks {
		p := c.prove(k.v.Case.No, cal, k.as())
		ref := archive.ClockRef{Path: fmt.Sprintf("clocks/%02d-%s.json", i+1, safe(string(c.Kind))), Name: p.Name}
		if p.Result.Due != nil {
			ref.Due = p.Result.Due.String()
		}
		k.p.Clocks = append(k.p.Clocks, p)
		k.p.Case.Clocks = append(k.p.Case.Clocks, ref)
	}
	return nil
}

// calendarOn is the newest edition published by an instant; the first one for
// what lies before any.
func (s *Service) calendarOn(ctx context.Context, at time.Time) (clock.Calendar, error) {
	list, err := s.Calendar.Editions(ctx, 10_000)
	if err != nil || len(list) == 0 {
		return clock.Calendar{}, errors.Join(err, errNoCalendar(len(list)))
	}
	i := slices.IndexFunc(list, func(e calendar.Info) bool { return !e.PublishedAt.After(at) })
	if i < 0 {
		i = len(list) - 1
	}
	return s.Calendar.Edition(ctx, list[i].Edition)
}

func errNoCalendar(n int) error {
	if n > 0 {
		return nil
	}
	return errors.New("no edition of the calendar")
}

func (k *packing) licence() error {
	c := k.v.Case
	if c.LicenceID == 0 {
		return nil
	}
	l, err := k.s.Licences.ByID(k.s.DB.Read(k.ctx), c.LicenceID)
	if err != nil {
		return err
	}
	k.p.Case.Licence = &archive.LicenceRef{Name: l.Name, Identifier: l.Identifier}
	if !k.p.Case.Masked {
		k.p.Case.Licence.Number = l.Number
	}
	return nil
}
