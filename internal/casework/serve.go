package casework

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/identity"
)

const (
	sqlServe = `INSERT INTO document_served (id, document_id, case_id, way, at, actor_kind, actor_id, data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (document_id, way) DO NOTHING`
	sqlServed         = `SELECT document_id, way, at, actor_kind, actor_id, data FROM document_served WHERE document_id = $1 ORDER BY id`
	sqlServedCase     = `SELECT document_id, way, at, actor_kind, actor_id, data FROM document_served WHERE case_id = $1 ORDER BY id LIMIT 1000`
	sqlDocumentNumber = `SELECT case_id, number FROM document WHERE id = $1`
)

// ServedWay is how a document reached its addressee.
type ServedWay string

// The ways of service (民事诉讼法第八十七条至第九十五条 by analogy; 行政许可法第四十四条
// leaves them open).
const (
	ServedOnline ServedWay = "electronic" // 电子送达: the addressee opened it
	ServedHand   ServedWay = "pickup"     // 直接送达: taken at the window, signed for
	ServedPost   ServedWay = "post"       // 邮寄送达
)

// Words gives the way's name for people.
func (w ServedWay) Words() (zh, en string) {
	switch w {
	case ServedOnline:
		return "电子送达（已查阅）", "electronic (opened)"
	case ServedHand:
		return "窗口领取", "taken at the window"
	}
	return "邮寄送达", "by post"
}

// The acts that record service; their events stand in a case's history beside
// the moves and change no state.
const (
	NoticeOpened Act = "notice-opened" // the addressee opened it for the first time
	NoticeServed Act = "serve-notice"  // a clerk recorded that it was handed over or posted
)

var servedActs = map[Act][2]string{NoticeOpened: {"查阅文书", "Document opened"}, NoticeServed: {"文书送达登记", "Service recorded"}}

// Served 送达回证 is the record of one service.
type Served struct {
	Document int64
	Way      ServedWay
	At       time.Time
	By       Filer // who opened it, or recorded it
	ServedData
}

// ServedData is what else proves it, sealed at rest.
type ServedData struct {
	Name    string     `json:"name,omitempty"`    // who took it, as signed
	Waybill string     `json:"waybill,omitempty"` // courier and number
	Photo   *HandedDoc `json:"photo,omitempty"`   // picture of the signature or the returned receipt
}

// ServeInput is what a clerk records about a service.
type ServeInput struct {
	Way      ServedWay // pickup or post
	Name     string    // pickup: who signed
	Waybill  string    // post
	Photo    files.Ref // optional; zero: none
	PhotoSay string    // its name
}

// ServePhotos are the kinds of picture of a signature.
func ServePhotos() []files.Type { return []files.Type{files.JPEG, files.PNG, files.PDF} }

// problems lists what is missing.
func (in ServeInput) problems() (out []errs.Field) {
	need := func(path, value string) {
		switch {
		case strings.TrimSpace(value) == "":
			out = append(out, errs.Field{Path: path, Code: "required", ZH: "必须填写", EN: "Required"})
		case len([]rune(value)) > 100:
			out = append(out, errs.Field{Path: path, Code: "max", ZH: "不超过100个字", EN: "At most 100 characters"})
		}
	}
	switch in.Way {
	case ServedHand:
		need("name", in.Name)
	case ServedPost:
		need("waybill", in.Waybill)
	default:
		out = append(out, errs.Field{Path: "way", Code: "enum", ZH: "请选择窗口领取或者邮寄", EN: "pickup or post"})
	}
	return out
}

// ErrServed is for a service that was recorded before: it is never changed.
var ErrServed = errs.New(errs.Conflict, "already-served", "这种方式的送达已经登记过，不能更改。", "Service by this way is recorded already and stays as it is.")

// Serve records that a document was handed over or posted, with its proof.
func (s *Service) Serve(ctx context.Context, a actor.Actor, document int64, in ServeInput) (err error) {
	defer errs.Wrap(&err, "serve document")
	c, number, w, err := s.caseOfDocument(ctx, a, document)
	if err != nil {
		return err
	}
	if err := identity.Decide(a, identity.CaseServeNotice, target(c, w, 0)); err != nil {
		s.denied(ctx, a, string(identity.CaseServeNotice), "case/"+c.No, c.UnitID, err)
		return err
	}
	if fs := in.problems(); len(fs) > 0 {
		return errs.InvalidFields(fs...)
	}
	d := ServedData{Name: strings.TrimSpace(in.Name), Waybill: strings.TrimSpace(in.Waybill)}
	if in.Photo.ID != 0 {
		d.Photo = &HandedDoc{File: in.Photo.ID, Name: files.CleanName(in.PhotoSay, in.Photo.Type), Size: in.Photo.Size, Type: string(in.Photo.Type), At: s.DB.Now()}
	}
	return s.DB.Write(ctx, "casework.serve", func(tx *db.Tx) error {
		if d.Photo != nil {
			s.Files.Attach(tx, d.Photo.File)
		}
		done, err := s.putServed(tx, a, c, document, number, in.Way, d, NoticeServed)
		if err == nil && !done {
			return ErrServed
		}
		return err
	})
}

// opened records the first time that the addressee opens a document: that is
// how an electronic service is proven.
func (s *Service) opened(ctx context.Context, a actor.Actor, c *Case, document int64) error {
	if a.Kind != actor.Person || a.For.Kind != c.Party.Kind || a.For.ID != c.Party.ID {
		return nil
	}
	list, err := s.servedOf(s.DB.Read(ctx), sqlServed, document)
	if err != nil {
		return err
	}
	for _, x := range list {
		if x.Way == ServedOnline {
			return nil
		}
	}
	var number string
	if err := s.DB.Read(ctx).QueryRow(sqlDocumentNumber, document).Scan(new(int64), &number); err != nil {
		return err
	}
	return s.DB.Write(ctx, "casework.opened", func(tx *db.Tx) error {
		_, err := s.putServed(tx, a, c, document, number, ServedOnline, ServedData{}, NoticeOpened)
		return err
	})
}

// putServed stores a service with its event and audit record, unless that way
// is recorded already.
func (s *Service) putServed(tx *db.Tx, a actor.Actor, c *Case, document int64, number string, way ServedWay, d ServedData, act Act) (bool, error) {
	sealed, err := s.seal("served", d)
	if err != nil {
		return false, err
	}
	n, err := tx.Exec(sqlServe, tx.NewID(), document, c.ID, string(way), tx.NowMicros(), string(a.Kind), a.ID, sealed)
	if err != nil || n == 0 {
		return false, err
	}
	var state State
	if err := tx.QueryRow(sqlStateOf, c.ID).Scan(&state); err != nil {
		return false, err
	}
	zh, _ := way.Words()
	note, err := s.sealText("note", zh)
	if err != nil {
		return false, err
	}
	tx.Queue(sqlInsertEvent, tx.NewID(), c.ID, tx.NowMicros(), string(act), string(state), string(state), string(a.Kind), a.ID, a.Name, a.Unit, "", note, document)
	return true, audit.Append(tx, audit.Record{Actor: a, Act: "case." + string(act), Subject: "case/" + c.No, Unit: c.UnitID,
		Detail: map[string]string{"notice": number, "way": string(way)}, Outcome: "done"})
}

const sqlStateOf = `SELECT state FROM cases WHERE id = $1`

// servedOf lists services, of a document or of a case.
func (s *Service) servedOf(q db.Queryer, query string, id int64) ([]Served, error) {
	return db.All(q, func(r *db.Rows) (x Served, err error) {
		var at int64
		var kind string
		var sealed []byte
		if err = r.Scan(&x.Document, &x.Way, &at, &kind, &x.By.ID, &sealed); err != nil {
			return x, err
		}
		x.At, x.By.Kind = db.Time(at), actor.Kind(kind)
		return x, s.openJSON("served", sealed, &x.ServedData)
	}, query, id)
}

// Services 送达回证 lists how a document reached its addressee, for those who may
// read its case.
func (s *Service) Services(ctx context.Context, a actor.Actor, document int64) ([]Served, error) {
	if _, _, _, err := s.caseOfDocument(ctx, a, document); err != nil {
		return nil, err
	}
	return s.servedOf(s.DB.Read(ctx), sqlServed, document)
}

// CaseOfDocument gives the number of a document's case to somebody who may read it.
func (s *Service) CaseOfDocument(ctx context.Context, a actor.Actor, document int64) (string, error) {
	c, _, _, err := s.caseOfDocument(ctx, a, document)
	if err != nil {
		return "", err
	}
	return c.No, nil
}

// MayServe reports whether the actor may record the service of a document.
func (s *Service) MayServe(ctx context.Context, a actor.Actor, document int64) bool {
	c, _, w, err := s.caseOfDocument(ctx, a, document)
	return err == nil && identity.Decide(a, identity.CaseServeNotice, target(c, w, 0)) == nil
}

// caseOfDocument finds the case of a document that the actor may read.
func (s *Service) caseOfDocument(ctx context.Context, a actor.Actor, document int64) (c *Case, number string, w world, err error) {
	var caseID int64
	rd := s.DB.Read(ctx)
	err = rd.QueryRow(sqlDocumentNumber, document).Scan(&caseID, &number)
	if errors.Is(err, db.ErrNoRows) {
		return nil, "", w, errNoDocument
	}
	if err != nil {
		return nil, "", w, err
	}
	if c, err = s.scanCase(rd.QueryRow(sqlCaseByID, caseID)); err != nil {
		return nil, "", w, err
	}
	if w, err = s.world(ctx, c.VersionID); err != nil {
		return nil, "", w, err
	}
	if err := s.mayRead(rd, a, c, &w); err != nil {
		s.denied(ctx, a, string(identity.CaseRead), "case/"+c.No, c.UnitID, err)
		return nil, "", w, errNoDocument
	}
	return c, number, w, nil
}
