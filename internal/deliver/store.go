package deliver

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/sm"
)

const (
	parcelColumns = `id, case_id, case_no, item_name, party_kind, party_id, receiving_unit_id, state, provider, order_no, attempts, cabinet, compartment,
	code_hash, code_until, shown_to, shown_at, data, version, created_at, moved_at`

	sqlInsertParcel = `INSERT INTO deliver_parcel (` + parcelColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', '', 0, '', 0, $9, $10, 0, 0, $11, $12, $13, $14)`
	sqlSaveParcel   = `UPDATE deliver_parcel SET state = $3, provider = $4, order_no = $5, attempts = $6, cabinet = $7, compartment = $8, code_hash = $9,
		code_until = $10, shown_to = $11, shown_at = $12, data = $13, moved_at = $14, version = version + 1 WHERE id = $1 AND version = $2`
	sqlForget        = `DELETE FROM deliver_parcel WHERE case_id = $1`
	sqlParcelOf      = `SELECT ` + parcelColumns + ` FROM deliver_parcel WHERE case_id = $1`
	sqlParcelByID    = `SELECT ` + parcelColumns + ` FROM deliver_parcel WHERE id = $1`
	sqlParcelByOrder = `SELECT ` + parcelColumns + ` FROM deliver_parcel WHERE id = (SELECT parcel_id FROM deliver_order WHERE no = $1)`
	sqlStateByOrder  = `SELECT state, moved_at, order_no FROM deliver_parcel WHERE id = (SELECT parcel_id FROM deliver_order WHERE no = $1)`
	sqlByCode        = `SELECT ` + parcelColumns + ` FROM deliver_parcel WHERE code_hash = $1 AND code_hash <> '' LIMIT 20`
	sqlOpened        = `SELECT compartment FROM deliver_parcel WHERE code_hash = $1 AND code_hash <> '' AND state = 'delivered' AND moved_at >= $2`
	sqlShown         = `UPDATE deliver_parcel SET shown_to = $2, shown_at = $3 WHERE id = $1`
	sqlTaken         = `SELECT compartment FROM deliver_parcel WHERE cabinet = $1 AND cabinet <> '' ORDER BY compartment LIMIT 1000`
	sqlExpired       = `SELECT id, case_id FROM deliver_parcel WHERE state = 'cabinet' AND code_until < $1 AND id > $2 ORDER BY id LIMIT 200`

	sqlInsertOrder = `INSERT INTO deliver_order (no, parcel_id, at) VALUES ($1, $2, $3)`
	sqlWaybill     = `UPDATE deliver_parcel SET data = $3, version = version + 1 WHERE id = $1 AND version = $2`

	sqlTrack  = `INSERT INTO deliver_track (id, parcel_id, order_no, at, news, mark, data) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (parcel_id, mark) DO NOTHING`
	sqlTracks = `SELECT at, news, order_no, data FROM deliver_track WHERE parcel_id = $1 ORDER BY at DESC, id DESC LIMIT 200`

	sqlTry      = `INSERT INTO deliver_try (id, who, at) VALUES ($1, $2, $3)`
	sqlTries    = `SELECT count(*) FROM deliver_try WHERE who = $1 AND at > $2`
	sqlForgetTo = `DELETE FROM deliver_try WHERE at < $1`
)

// SQL lists the texts of this room, for the test that prepares them on both engines.
func SQL() []string {
	return []string{sqlInsertParcel, sqlSaveParcel, sqlForget, sqlParcelOf, sqlParcelByID, sqlParcelByOrder, sqlStateByOrder, sqlByCode, sqlOpened, sqlShown, sqlTaken, sqlExpired,
		sqlInsertOrder, sqlWaybill, sqlTrack, sqlTracks, sqlTry, sqlTries, sqlForgetTo}
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return db.Micros(t)
}

func instant(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return db.Time(n)
}

func (s *Service) seal(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return s.Vault.Seal("deliver/parcel", b)
}

func (s *Service) open(sealed []byte, v any) error {
	b, err := s.Vault.Open("deliver/parcel", sealed)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, v)
}

func (s *Service) insertParcel(tx *db.Tx, p *Parcel) error {
	data, err := s.seal(p.Secret)
	if err != nil {
		return err
	}
	tx.Queue(sqlInsertParcel, p.ID, p.CaseID, p.CaseNo, p.ItemName, string(p.Party.Kind), p.Party.ID, p.ReceivingUnitID, string(p.State),
		p.codeHash, micros(p.CodeUntil), data, p.Version, micros(p.CreatedAt), micros(p.MovedAt))
	return tx.Err()
}

// saveParcel stores a parcel where the version is still the one that was read.
func (s *Service) saveParcel(tx *db.Tx, p *Parcel) error {
	data, err := s.seal(p.Secret)
	if err != nil {
		return err
	}
	tx.QueueOne(ErrChanged, sqlSaveParcel, p.ID, p.Version, string(p.State), p.Provider, p.OrderNo, p.Attempts, p.Cabinet, p.Compartment, p.codeHash,
		micros(p.CodeUntil), p.shownTo, micros(p.shownAt), data, micros(p.MovedAt))
	p.Version++
	return tx.Err()
}

func (s *Service) scanParcel(r *db.Rows) (*Parcel, error) { return s.scan(r) }

func (s *Service) scan(r interface{ Scan(...any) error }) (*Parcel, error) {
	p := &Parcel{}
	var kind string
	var data []byte
	var until, shown, created, moved int64
	if err := r.Scan(&p.ID, &p.CaseID, &p.CaseNo, &p.ItemName, &kind, &p.Party.ID, &p.ReceivingUnitID, &p.State, &p.Provider, &p.OrderNo, &p.Attempts,
		&p.Cabinet, &p.Compartment, &p.codeHash, &until, &p.shownTo, &shown, &data, &p.Version, &created, &moved); err != nil {
		if errors.Is(err, db.ErrNoRows) {
			return nil, ErrNoParcel
		}
		return nil, err
	}
	p.Party.Kind, p.CodeUntil, p.shownAt, p.CreatedAt, p.MovedAt = actor.PartyKind(kind), instant(until), instant(shown), instant(created), instant(moved)
	return p, s.open(data, &p.Secret)
}

func (s *Service) ofCase(q db.Queryer, caseID int64) (*Parcel, error) {
	return s.scan(q.QueryRow(sqlParcelOf, caseID))
}

// track adds a line to where the parcel was, unless the same was told before.
func (s *Service) track(tx *db.Tx, p *Parcel, orderNo string, t Told) error {
	data, err := s.seal(struct {
		Text     string `json:"text"`
		SignedBy string `json:"signedBy,omitempty"`
	}{t.Text, t.SignedBy})
	if err != nil {
		return err
	}
	mark := sm.SM3Hex([]byte(orderNo+"\n"+string(t.News)+"\n"+t.At.UTC().Format(time.RFC3339)+"\n"), []byte(t.Text))[:32]
	tx.Queue(sqlTrack, tx.NewID(), p.ID, orderNo, micros(t.At), string(t.News), mark, data)
	return tx.Err()
}

func (s *Service) tracks(q db.Queryer, parcel int64) ([]Track, error) {
	return db.All(q, func(r *db.Rows) (t Track, err error) {
		var at int64
		var data []byte
		if err = r.Scan(&at, &t.News, &t.OrderNo, &data); err != nil {
			return t, err
		}
		var x struct{ Text, SignedBy string }
		t.At = instant(at)
		err = s.open(data, &x)
		t.Text = x.Text
		if x.SignedBy != "" {
			t.Text = strings.TrimSpace("签收人：" + x.SignedBy + "　" + x.Text)
		}
		return t, err
	}, sqlTracks, parcel)
}
