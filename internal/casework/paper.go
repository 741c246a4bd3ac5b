package casework

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// Paper 纸质件 is a paper of a case that an office has in its hands: what was
// left at the window, or a result on paper.
type Paper struct {
	ID       int64
	CaseID   int64
	CaseNo   string
	ItemName string
	Code     string // material code; "result" for a result, "" for anything else
	Name     string
	Copies   int
	UnitID   int64      // who has it, or gave it away and waits for the other's word
	State    PaperState //
	SlipID   int64      // under which it travels
	TakenAt  time.Time
	TakenBy  string
	BackAt   time.Time // given to the applicant
	BackBy   string
	BackTo   string // who took it
	Arrived  bool   // on a slip: the other side has it
}

// PaperState says where a paper is.
type PaperState string

// The states.
const (
	PaperHeld     PaperState = "held"     // 在本单位
	PaperMoving   PaperState = "moving"   // 已交出,待对方签收
	PaperReturned PaperState = "returned" // 已交申请人
)

// ResultPaper is the code of a result on paper.
const ResultPaper = "result"

// Slip 交接单 is a list of papers handed from one office to another: given by
// one, received by the other, who says what arrived.
type Slip struct {
	ID         int64
	No         string
	From, To   int64
	GivenAt    time.Time
	GivenBy    string
	ReceivedAt time.Time // zero until received
	ReceivedBy string
	Papers     []Paper
}

// PaperIn records a paper that came to an office.
type PaperIn struct {
	Name   string
	Copies int
	Result bool
}

// Errors of acts on papers.
var (
	ErrNoSlip    = errs.New(errs.NotFound, "slip-not-found", "没有找到这份交接单。", "There is no such slip.")
	ErrPaperGone = errs.New(errs.Conflict, "paper-moved", "纸质件已经交出或者退还，请查看最新情况。", "The paper has been handed on already; look again.")
	ErrReceived  = errs.New(errs.Conflict, "slip-received", "这份交接单已经签收。", "The slip has been received already.")
)

// most of what one act on papers takes.
const (
	maxCopies  = 999
	maxPapers  = 200
	slipsShown = 50
)

const (
	paperColumns = `id, case_id, case_no, item_name, code, name, copies, unit_id, state, slip_id, taken_at, taken_name, returned_at, returned_name, returned_to`
	sqlAddPaper  = `INSERT INTO case_paper (id, case_id, case_no, item_name, code, name, copies, unit_id, state, slip_id, taken_at, taken_by, taken_name,
		returned_at, returned_by, returned_name, returned_to) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'held', 0, $9, $10, $11, 0, 0, '', $12)`
	sqlHeldPapers = `SELECT ` + paperColumns + ` FROM case_paper WHERE unit_id = $1 AND state = 'held' ORDER BY id LIMIT 500`
	sqlCasePapers = `SELECT ` + paperColumns + ` FROM case_paper WHERE case_id = $1 ORDER BY id LIMIT 200`
	sqlPaper      = `SELECT ` + paperColumns + ` FROM case_paper WHERE id = $1`
	sqlSlipPapers = `SELECT p.id, p.case_id, p.case_no, p.item_name, p.code, p.name, p.copies, p.unit_id, p.state, p.slip_id, p.taken_at, p.taken_name,
		p.returned_at, p.returned_name, p.returned_to, m.arrived FROM paper_move m JOIN case_paper p ON p.id = m.paper_id WHERE m.slip_id = $1 ORDER BY p.case_no, p.id`
	sqlGivePaper   = `UPDATE case_paper SET state = 'moving', slip_id = $2 WHERE id = $1 AND state = 'held' AND unit_id = $3`
	sqlLandPaper   = `UPDATE case_paper SET state = 'held', unit_id = $2 WHERE id = $1 AND state = 'moving' AND slip_id = $3`
	sqlReturnPaper = `UPDATE case_paper SET state = 'returned', returned_at = $2, returned_by = $3, returned_name = $4, returned_to = $5
		WHERE id = $1 AND state = 'held' AND unit_id = $6`
	slipColumns    = `id, no, from_unit, to_unit, given_at, given_name, received_at, received_name`
	sqlAddSlip     = `INSERT INTO paper_slip (id, no, from_unit, to_unit, given_at, given_by, given_name, received_at, received_by, received_name) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, '')`
	sqlAddMove     = `INSERT INTO paper_move (slip_id, paper_id, arrived) VALUES ($1, $2, FALSE)`
	sqlMoveArrived = `UPDATE paper_move SET arrived = TRUE WHERE slip_id = $1 AND paper_id = $2`
	sqlReceiveSlip = `UPDATE paper_slip SET received_at = $2, received_by = $3, received_name = $4 WHERE id = $1 AND received_at = 0`
	sqlSlip        = `SELECT ` + slipColumns + ` FROM paper_slip WHERE id = $1`
	sqlSlipsTo     = `SELECT ` + slipColumns + ` FROM paper_slip WHERE to_unit = $1 ORDER BY id DESC LIMIT $2`
	sqlSlipsFrom   = `SELECT ` + slipColumns + ` FROM paper_slip WHERE from_unit = $1 ORDER BY id DESC LIMIT $2`
)

// Desk is what an office has on paper: what lies there, and the slips that came
// and went, the newest first.
type Desk struct {
	Held     []Paper
	In, Out  []Slip
	Receiver []identity.Unit // units that have a part in the cases whose papers lie here
}

// Papers lists what a unit holds on paper and its slips.
func (s *Service) Papers(ctx context.Context, a actor.Actor, unit identity.Unit) (d Desk, err error) {
	defer errs.Wrap(&err, "papers")
	if err := s.Identity.Allow(ctx, a, identity.PaperHandle, identity.Target{UnitPath: unit.Path}, unitSubject(unit.ID)); err != nil {
		return d, err
	}
	rd := s.DB.Read(ctx)
	if d.Held, err = db.All(rd, s.scanPaper, sqlHeldPapers, unit.ID); err != nil {
		return d, err
	}
	if d.In, err = db.All(rd, scanSlip, sqlSlipsTo, unit.ID, slipsShown); err != nil {
		return d, err
	}
	if d.Out, err = db.All(rd, scanSlip, sqlSlipsFrom, unit.ID, slipsShown); err != nil {
		return d, err
	}
	d.Receiver, err = s.receivers(ctx, d.Held, unit)
	return d, err
}

// receivers are the units that have a part in the cases of papers.
func (s *Service) receivers(ctx context.Context, list []Paper, from identity.Unit) ([]identity.Unit, error) {
	var out []identity.Unit
	seen := map[int64]bool{}
	for _, p := range list {
		if seen[p.CaseID] {
			continue
		}
		seen[p.CaseID] = true
		c, err := s.scanCase(s.DB.Read(ctx).QueryRow(sqlCaseByID, p.CaseID))
		if err != nil {
			return nil, err
		}
		w, err := s.world(ctx, c.VersionID)
		if err != nil {
			return nil, err
		}
		for _, u := range partners(c, w) {
			if u.ID != from.ID && !slices.ContainsFunc(out, func(x identity.Unit) bool { return x.ID == u.ID }) {
				out = append(out, u)
			}
		}
	}
	return out, nil
}

// partners are the units that have a part in a case: who decides, who receives,
// who reviews.
func partners(c *Case, w world) (out []identity.Unit) {
	add := func(u identity.Unit, ok bool) {
		if ok && !slices.ContainsFunc(out, func(x identity.Unit) bool { return x.ID == u.ID }) {
			out = append(out, u)
		}
	}
	add(w.dir.Unit(c.UnitID))
	add(w.dir.Unit(c.ReceivingUnitID))
	for _, sp := range w.v.Guide.Steps {
		add(w.dir.UnitByKey(sp.Unit))
	}
	return out
}

// CasePapers lists the papers of a case for staff who may read it.
func (s *Service) CasePapers(ctx context.Context, a actor.Actor, no string) (_ []Paper, err error) {
	defer errs.Wrap(&err, "papers of %s", no)
	c, _, err := s.readable(ctx, s.DB.Read(ctx), a, no)
	if err != nil {
		return nil, err
	}
	return db.All(s.DB.Read(ctx), s.scanPaper, sqlCasePapers, c.ID)
}

// TakePaper 登记纸质件 records that a paper of a case came to the actor's unit
// after the application was handed in: something the applicant brought, or a
// result made on paper, to be handed to the window.
func (s *Service) TakePaper(ctx context.Context, a actor.Actor, no string, in PaperIn) (err error) {
	defer errs.Wrap(&err, "take a paper of %s", no)
	c, w, err := s.readable(ctx, s.DB.Read(ctx), a, no)
	if err != nil {
		return err
	}
	if err := s.Identity.Allow(ctx, a, identity.PaperHandle, identity.Target{UnitPath: w.dir.Path(a.Unit)}, "case/"+no); err != nil {
		return err
	}
	in.Name = strings.TrimSpace(in.Name)
	code := ""
	if in.Result {
		code = ResultPaper
		if in.Name == "" {
			in.Name = w.v.Guide.Result().Name
		}
	}
	bad := textProblems("name", in.Name, maxShort)
	if in.Name == "" {
		bad = append(bad, errs.Field{Path: "name", Code: "required", ZH: "请填写纸质件名称", EN: "Say what paper it is"})
	}
	if in.Copies < 1 || in.Copies > maxCopies {
		bad = append(bad, copiesProblem("copies"))
	}
	if in.Result && c.DecidedAt.IsZero() {
		bad = append(bad, errs.Field{Path: "result", Code: "not-decided", ZH: "还没有作出决定，不能登记办理结果", EN: "Nothing has been decided yet"})
	}
	if len(bad) > 0 {
		return errs.InvalidFields(bad...)
	}
	return s.DB.Write(ctx, "casework.take-paper", func(tx *db.Tx) error {
		addPaper(tx, a, c, code, in.Name, in.Copies, a.Unit)
		return audit.Append(tx, audit.Record{Actor: a, Act: "paper.take", Subject: "case/" + no, Unit: a.Unit, Outcome: "done",
			Detail: map[string]string{"copies": strconv.Itoa(in.Copies), "code": code}})
	})
}

func addPaper(tx *db.Tx, a actor.Actor, c *Case, code, name string, copies int, unit int64) {
	tx.Queue(sqlAddPaper, tx.NewID(), c.ID, c.No, c.ItemName, code, name, copies, unit, tx.NowMicros(), a.ID, a.Name, []byte{})
}

func copiesProblem(path string) errs.Field {
	return errs.Field{Path: path, Code: "range", ZH: fmt.Sprintf("份数应为1至%d", maxCopies), EN: fmt.Sprintf("Between 1 and %d copies", maxCopies)}
}

// GivePapers 交出 hands papers of one unit to another that has a part in their
// cases, on one slip. The other side confirms what arrived.
func (s *Service) GivePapers(ctx context.Context, a actor.Actor, from, to identity.Unit, ids []int64, once Once) (slip *Slip, err error) {
	defer errs.Wrap(&err, "give papers")
	if slip, err = s.givePapers(ctx, a, from, to, ids, once); err == nil || once == nil {
		return slip, err
	}
	rd := s.DB.Read(ctx)
	prior, e := once.Prior(rd)
	switch {
	case errs.KindOf(e) == errs.Invalid: // the key is not this request's
		return nil, e
	case e != nil || prior == "":
		return nil, err
	}
	id, err := strconv.ParseInt(prior, 10, 64)
	if err != nil {
		return nil, err
	}
	return s.slip(rd, id)
}

func (s *Service) givePapers(ctx context.Context, a actor.Actor, from, to identity.Unit, ids []int64, once Once) (*Slip, error) {
	if err := s.Identity.Allow(ctx, a, identity.PaperHandle, identity.Target{UnitPath: from.Path}, unitSubject(from.ID)); err != nil {
		return nil, err
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	switch {
	case len(ids) == 0:
		return nil, missing("paper", "请勾选要交接的纸质件", "Tick the papers to hand over")
	case len(ids) > maxPapers:
		return nil, errs.InvalidFields(errs.Field{Path: "paper", Code: "max-items", ZH: "一次最多交接200件", EN: "At most 200 papers at once"})
	case to.ID == 0 || to.ID == from.ID:
		return nil, missing("to", "请选择接收单位", "Choose who receives them")
	}
	slip := &Slip{From: from.ID, To: to.ID}
	for _, id := range ids {
		p, err := s.scanPaperRow(s.DB.Read(ctx).QueryRow(sqlPaper, id))
		if errors.Is(err, db.ErrNoRows) || err == nil && (p.UnitID != from.ID || p.State != PaperHeld) {
			return nil, ErrPaperGone
		}
		if err != nil {
			return nil, err
		}
		fit, err := s.receivers(ctx, []Paper{p}, from)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(fit, func(u identity.Unit) bool { return u.ID == to.ID }) {
			return nil, errs.InvalidFields(errs.Field{Path: "to", Code: "no-part", ZH: "接收单位不办理“" + p.ItemName + "”", EN: "That unit has no part in this case"})
		}
		slip.Papers = append(slip.Papers, p)
	}
	err := s.DB.Write(ctx, "casework.give-papers", func(tx *db.Tx) error {
		slip.ID, slip.GivenAt, slip.GivenBy = tx.NewID(), tx.Now(), a.Name
		if once != nil {
			once.Claim(tx, strconv.FormatInt(slip.ID, 10))
		}
		year := clock.DateOf(tx.Now()).String()[:4]
		n, err := tx.Serial("paper-slip/" + year)
		if err != nil {
			return err
		}
		slip.No = fmt.Sprintf("交接〔%s〕第%06d号", year, n)
		tx.Queue(sqlAddSlip, slip.ID, slip.No, from.ID, to.ID, tx.NowMicros(), a.ID, a.Name)
		for _, p := range slip.Papers {
			tx.QueueOne(ErrPaperGone, sqlGivePaper, p.ID, slip.ID, from.ID)
			tx.Queue(sqlAddMove, slip.ID, p.ID)
		}
		return audit.Append(tx, audit.Record{Actor: a, Act: "paper.give", Subject: slipSubject(slip.ID), Unit: from.ID, Outcome: "done",
			Detail: map[string]string{"papers": strconv.Itoa(len(ids)), "to": strconv.FormatInt(to.ID, 10)}})
	})
	return slip, err
}

// PaperSlip gives a slip to either side.
func (s *Service) PaperSlip(ctx context.Context, a actor.Actor, id int64) (_ *Slip, err error) {
	defer errs.Wrap(&err, "slip %d", id)
	slip, err := s.slip(s.DB.Read(ctx), id)
	if err != nil {
		return nil, err
	}
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return nil, err
	}
	for _, unit := range []int64{slip.From, slip.To} {
		if identity.Decide(a, identity.PaperHandle, identity.Target{UnitPath: dir.Path(unit)}) == nil {
			return slip, nil
		}
	}
	s.denied(ctx, a, string(identity.PaperHandle), slipSubject(id), slip.To, identity.ErrForbidden)
	return nil, ErrNoSlip
}

func (s *Service) slip(q db.Queryer, id int64) (*Slip, error) {
	rows, err := db.All(q, scanSlip, sqlSlip, id)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, ErrNoSlip
	}
	slip := &rows[0]
	slip.Papers, err = db.All(q, s.scanMoved, sqlSlipPapers, id)
	return slip, err
}

// ReceivePapers 签收 is done by the receiving unit, which says what arrived; what
// did not lies with the giver again, marked so on the slip.
func (s *Service) ReceivePapers(ctx context.Context, a actor.Actor, id int64, arrived []int64) (err error) {
	defer errs.Wrap(&err, "receive slip %d", id)
	slip, err := s.PaperSlip(ctx, a, id)
	if err != nil {
		return err
	}
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return err
	}
	if err := s.Identity.Allow(ctx, a, identity.PaperHandle, identity.Target{UnitPath: dir.Path(slip.To)}, slipSubject(id)); err != nil {
		return err
	}
	for _, p := range arrived {
		if !slices.ContainsFunc(slip.Papers, func(x Paper) bool { return x.ID == p }) {
			return missing("paper", "交接单上没有这件纸质件", "The slip has no such paper")
		}
	}
	return s.DB.Write(ctx, "casework.receive-papers", func(tx *db.Tx) error {
		tx.QueueOne(ErrReceived, sqlReceiveSlip, id, tx.NowMicros(), a.ID, a.Name)
		for _, p := range slip.Papers {
			unit := slip.From
			if slices.Contains(arrived, p.ID) {
				unit = slip.To
				tx.Queue(sqlMoveArrived, id, p.ID)
			}
			tx.QueueOne(ErrPaperGone, sqlLandPaper, p.ID, unit, id)
		}
		return audit.Append(tx, audit.Record{Actor: a, Act: "paper.receive", Subject: slipSubject(id), Unit: slip.To, Outcome: "done",
			Detail: map[string]string{"arrived": strconv.Itoa(len(arrived)), "of": strconv.Itoa(len(slip.Papers))}})
	})
}

// ReturnPaper 退还 gives a paper to the applicant, who counts and signs.
func (s *Service) ReturnPaper(ctx context.Context, a actor.Actor, unit identity.Unit, id int64, to string) (err error) {
	defer errs.Wrap(&err, "return a paper")
	if err := s.Identity.Allow(ctx, a, identity.PaperHandle, identity.Target{UnitPath: unit.Path}, unitSubject(unit.ID)); err != nil {
		return err
	}
	to = strings.TrimSpace(to)
	if to == "" || utf8.RuneCountInString(to) > 50 {
		return missing("to", "请填写领取人姓名，不超过50字", "Enter who took it, in 50 characters")
	}
	sealed, err := s.sealText("paper", to)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, "casework.return-paper", func(tx *db.Tx) error {
		tx.QueueOne(ErrPaperGone, sqlReturnPaper, id, tx.NowMicros(), a.ID, a.Name, sealed, unit.ID)
		return audit.Append(tx, audit.Record{Actor: a, Act: "paper.return", Subject: "paper/" + strconv.FormatInt(id, 10), Unit: unit.ID, Outcome: "done"})
	})
}

func slipSubject(id int64) string { return "paper-slip/" + strconv.FormatInt(id, 10) }

func unitSubject(id int64) string { return "unit/" + strconv.FormatInt(id, 10) }

func (s *Service) scanPaper(r *db.Rows) (Paper, error) { return s.scanPaperRow(r) }

func (s *Service) scanMoved(r *db.Rows) (p Paper, err error) {
	return s.readPaper(func(to ...any) error { return r.Scan(append(to, &p.Arrived)...) }, &p)
}

func (s *Service) scanPaperRow(r scanner) (p Paper, err error) { return s.readPaper(r.Scan, &p) }

func (s *Service) readPaper(scan func(...any) error, p *Paper) (Paper, error) {
	var taken, back int64
	var to []byte
	err := scan(&p.ID, &p.CaseID, &p.CaseNo, &p.ItemName, &p.Code, &p.Name, &p.Copies, &p.UnitID, &p.State, &p.SlipID, &taken, &p.TakenBy, &back, &p.BackBy, &to)
	if err != nil {
		return *p, err
	}
	p.TakenAt = db.Time(taken)
	if back != 0 {
		p.BackAt = db.Time(back)
	}
	p.BackTo, err = s.openText("paper", to)
	return *p, err
}

func scanSlip(r *db.Rows) (x Slip, err error) {
	var given, received int64
	err = r.Scan(&x.ID, &x.No, &x.From, &x.To, &given, &x.GivenBy, &received, &x.ReceivedBy)
	x.GivenAt = db.Time(given)
	if received != 0 {
		x.ReceivedAt = db.Time(received)
	}
	return x, err
}
