package consult

import (
	"encoding/json"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
)

const (
	inquiryColumns = `id, no, kind, item_id, item_code, item_name, version_id, version_no, case_id, case_no, reason, stage, earlier, came_back,
		party_kind, party_id, party_name, unit_id, received_id, channel, state, version, days, due_on, edition, alarmed_at, started_at, done_at,
		rounds, late, changed_no, proposer_id, basis, data, created_at`
	sqlInsert = `INSERT INTO inquiry (` + inquiryColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
		$20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35)`
	sqlByID = `SELECT ` + inquiryColumns + ` FROM inquiry WHERE id = $1`
	sqlByNo = `SELECT ` + inquiryColumns + ` FROM inquiry WHERE no = $1`
	sqlSave = `UPDATE inquiry SET unit_id = $3, state = $4, days = $5, due_on = $6, edition = $7, alarmed_at = $8, started_at = $9, done_at = $10,
		rounds = $11, late = $12, changed_no = $13, proposer_id = $14, basis = $15, version = version + 1 WHERE id = $1 AND version = $2`

	// Earlier records about the same item and reason, and whether a change that
	// closed one was in the guide already on which the new one stands.
	sqlEarlier = `SELECT count(*), coalesce(max(CASE WHEN state = 'changed' AND changed_no <= CAST($3 AS BIGINT) THEN 1 ELSE 0 END), 0) FROM inquiry
		WHERE kind = 'failure' AND item_id = $1 AND reason = $2`

	// What waits with a unit, and what a centre received that waits with others.
	sqlOfUnit     = `SELECT ` + inquiryColumns + ` FROM inquiry WHERE unit_id = $1 AND done_at = 0 AND (due_on, id) > ($2, $3) ORDER BY due_on, id LIMIT $4`
	sqlOfReceiver = `SELECT ` + inquiryColumns + ` FROM inquiry WHERE received_id = $1 AND unit_id <> $1 AND done_at = 0 AND (due_on, id) > ($2, $3) ORDER BY due_on, id LIMIT $4`
	sqlDone       = `SELECT ` + inquiryColumns + ` FROM inquiry WHERE unit_id = $1 AND done_at <> 0 AND done_at < $2 ORDER BY done_at DESC LIMIT $3`
	sqlOfParty    = `SELECT ` + inquiryColumns + ` FROM inquiry WHERE party_kind = $1 AND party_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4`
	sqlOpenCount  = `SELECT count(*), count(*) FILTER (WHERE due_on < $2) FROM inquiry WHERE unit_id = $1 AND done_at = 0`
	sqlFailuresOf = `SELECT ` + inquiryColumns + ` FROM inquiry WHERE kind = 'failure' AND item_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`

	sqlLate       = `SELECT id FROM inquiry WHERE done_at = 0 AND alarmed_at = 0 AND due_on < $1 AND id > $2 ORDER BY id LIMIT 200`
	sqlOldEdition = `SELECT id FROM inquiry WHERE done_at = 0 AND edition <> $1 AND id > $2 ORDER BY id LIMIT 200`

	sqlAddEntry  = `INSERT INTO inquiry_entry (id, inquiry_id, at, act, actor_kind, actor_id, actor_name, unit_id, inside, words) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
	entryColumns = `id, at, act, actor_kind, actor_id, actor_name, unit_id, inside, words`
	sqlEntries   = `SELECT ` + entryColumns + ` FROM inquiry_entry WHERE inquiry_id = $1 ORDER BY id LIMIT 500`
	sqlLastEntry = `SELECT ` + entryColumns + ` FROM inquiry_entry WHERE inquiry_id = $1 AND act = $2 ORDER BY id DESC LIMIT 1`
)

// SQL lists the texts of this room, for the test that prepares them on both engines.
func SQL() []string {
	return []string{sqlInsert, sqlByID, sqlByNo, sqlSave, sqlEarlier, sqlOfUnit, sqlOfReceiver, sqlDone, sqlOfParty, sqlOpenCount, sqlFailuresOf, sqlLate,
		sqlOldEdition, sqlAddEntry, sqlEntries, sqlLastEntry, sqlPutProposal, sqlProposalOf, sqlProposalByID, sqlDecideProposal, sqlProposals,
		sqlUnitFigures, sqlOpenFigures, sqlCentreFigures, sqlFailureFigures}
}

// What the sealed columns hold.
const (
	dataPurpose  = "consult/data"
	entryPurpose = "consult/entry"
)

func (s *Service) seal(purpose string, v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return s.Vault.Seal(purpose, b)
}

func (s *Service) open(purpose string, sealed []byte, v any) error {
	b, err := s.Vault.Open(purpose, sealed)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, v)
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

func (s *Service) insert(tx *db.Tx, x *Inquiry) error {
	sealed, err := s.seal(dataPurpose, x.Data)
	if err != nil {
		return err
	}
	tx.Queue(sqlInsert, x.ID, x.No, string(x.Kind), x.ItemID, x.ItemCode, x.ItemName, x.Pinned, x.PinnedNo, x.CaseID, x.CaseNo, x.Reason, x.Stage, x.Earlier, x.CameBack,
		string(x.Party.Kind), x.Party.ID, x.Party.Name, x.UnitID, x.ReceivedID, string(x.Channel), string(x.State), x.Version, x.Days, x.DueOn.String(), x.Edition,
		micros(x.AlarmedAt), micros(x.StartedAt), micros(x.DoneAt), x.Rounds, x.Late, x.ChangedNo, x.Proposer, x.Basis, sealed, micros(x.CreatedAt))
	return nil
}

func (s *Service) save(tx *db.Tx, x *Inquiry) error {
	tx.QueueOne(ErrChanged, sqlSave, x.ID, x.Version, x.UnitID, string(x.State), x.Days, x.DueOn.String(), x.Edition, micros(x.AlarmedAt), micros(x.StartedAt),
		micros(x.DoneAt), x.Rounds, x.Late, x.ChangedNo, x.Proposer, x.Basis)
	x.Version++
	return nil
}

func (s *Service) byID(q db.Queryer, id int64) (*Inquiry, error) { return s.one(q, sqlByID, id) }

func (s *Service) byNo(q db.Queryer, no string) (*Inquiry, error) { return s.one(q, sqlByNo, no) }

func (s *Service) one(q db.Queryer, sql string, arg any) (*Inquiry, error) {
	list, err := db.All(q, s.scan, sql, arg)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, ErrNone
	}
	return &list[0], nil
}

func (s *Service) scan(r *db.Rows) (x Inquiry, err error) {
	var party, channel, due string
	var alarmed, started, done, created int64
	var sealed []byte
	if err = r.Scan(&x.ID, &x.No, &x.Kind, &x.ItemID, &x.ItemCode, &x.ItemName, &x.Pinned, &x.PinnedNo, &x.CaseID, &x.CaseNo, &x.Reason, &x.Stage, &x.Earlier, &x.CameBack,
		&party, &x.Party.ID, &x.Party.Name, &x.UnitID, &x.ReceivedID, &channel, &x.State, &x.Version, &x.Days, &due, &x.Edition, &alarmed, &started, &done,
		&x.Rounds, &x.Late, &x.ChangedNo, &x.Proposer, &x.Basis, &sealed, &created); err != nil {
		return x, err
	}
	x.Party.Kind, x.Channel = actor.PartyKind(party), actor.Channel(channel)
	x.AlarmedAt, x.StartedAt, x.DoneAt, x.CreatedAt = instant(alarmed), instant(started), instant(done), instant(created)
	if x.DueOn, err = clock.ParseDate(due); err != nil {
		return x, err
	}
	return x, s.open(dataPurpose, sealed, &x.Data)
}

func (s *Service) scanEntry(r *db.Rows) (e Entry, err error) {
	var at int64
	var kind string
	var sealed []byte
	if err = r.Scan(&e.ID, &at, &e.Act, &kind, &e.By.ID, &e.By.Name, &e.UnitID, &e.Inside, &sealed); err != nil {
		return e, err
	}
	e.At, e.By.Kind = db.Time(at), actor.Kind(kind)
	return e, s.open(entryPurpose, sealed, &e.Words)
}
