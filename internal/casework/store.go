package casework

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
)

const caseColumns = `id, no, item_id, version_id, item_name, unit_id, receiving_unit_id, division, state, outcome, resume_state,
	stage, version, party_kind, party_id, party_name, filer_kind, filer_id, filer_name, mandate_id, channel, submitted_at,
	received_at, accepted_at, decided_at, closed_at, due_on, clocks, delivery_way, delivery, answers, correction, reviewers, licence_id`

const (
	sqlCaseByNo    = `SELECT ` + caseColumns + ` FROM cases WHERE no = $1`
	sqlCaseByID    = `SELECT ` + caseColumns + ` FROM cases WHERE id = $1`
	sqlCaseOfEvent = `SELECT ` + caseColumns + ` FROM cases WHERE id = (SELECT case_id FROM case_event WHERE id = $1 AND act IN ($2, $3, $4) AND actor_kind = $5 AND actor_id = $6)`
	sqlInsertCase  = `INSERT INTO cases (` + caseColumns + `, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
		$14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35)`
	sqlSaveCase = `UPDATE cases SET state = $3, outcome = $4, resume_state = $5, stage = $6, version = version + 1, received_at = $7,
		accepted_at = $8, decided_at = $9, closed_at = $10, due_on = $11, clocks = $12, delivery_way = $13, delivery = $14,
		answers = $15, correction = $16, reviewers = $17, licence_id = $18, updated_at = $19 WHERE id = $1 AND version = $2`

	sqlInsertEvent = `INSERT INTO case_event (id, case_id, at, act, from_state, to_state, actor_kind, actor_id, actor_name, unit_id,
		article, note, document_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`
	sqlEvents = `SELECT id, at, act, from_state, to_state, actor_kind, actor_id, actor_name, unit_id, article, note, document_id
		FROM case_event WHERE case_id = $1 ORDER BY id LIMIT 500`

	sqlPutMaterial = `INSERT INTO case_material (id, case_id, code, data) VALUES ($1, $2, $3, $4)
		ON CONFLICT (case_id, code) DO UPDATE SET data = excluded.data`
	sqlDropMaterial = `DELETE FROM case_material WHERE case_id = $1 AND code = $2`
	sqlMaterials    = `SELECT data FROM case_material WHERE case_id = $1 ORDER BY code`

	taskColumns = `id, case_id, unit_id, role, step, name, stage, state, due_on, opened_at, done_at, done_by, done_name, agree, opinion,
	claimed_by, claimed_name, days, reminded_on`
	sqlInsertTask = `INSERT INTO task (` + taskColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', $8, $9, 0, 0, '', FALSE, $10, $11, $12, $13, '')`
	sqlTasks      = `SELECT ` + taskColumns + ` FROM task WHERE case_id = $1 ORDER BY id`
	sqlDoneTask   = `UPDATE task SET state = 'done', done_at = $2, done_by = $3, done_name = $4, agree = $5, opinion = $6
		WHERE id = $1 AND state = 'open'`
	sqlEndTasks  = `UPDATE task SET state = CASE WHEN step = 'opinion' THEN 'void' ELSE $2 END, done_at = $3, done_by = $4, done_name = $5 WHERE case_id = $1 AND state = 'open' AND stage < 100`
	sqlMoveTasks = `UPDATE task SET due_on = $2 WHERE case_id = $1 AND state = 'open' AND stage < 100 AND days = 0`

	sqlInsertDocument = `INSERT INTO document (id, case_id, kind, number, title, hash, content, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	sqlDocuments      = `SELECT id, kind, number, title, hash, at FROM document WHERE case_id = $1 ORDER BY id LIMIT 200`
	sqlDocument       = `SELECT id, case_id, kind, number, title, hash, content, at FROM document WHERE id = $1`
)

// SQL lists the texts of this room, for the test that prepares them on both engines.
func SQL() []string {
	return []string{sqlCaseByNo, sqlCaseByID, sqlAside, sqlCaseOfEvent, sqlInsertCase, sqlSaveCase, sqlInsertEvent, sqlEvents, sqlPutMaterial,
		sqlDropMaterial, sqlMaterials, sqlInsertTask, sqlTasks, sqlDoneTask, sqlEndTasks, sqlMoveTasks, sqlInsertDocument, sqlDocuments,
		sqlDocument, sqlInsertTold, sqlTold, sqlInsertMend, sqlMends, sqlStaleMends, sqlAskMoreTime, sqlMoreTime, sqlAnswerMoreTime, sqlInsertDraft, sqlDraft, sqlDrafts, sqlDraftOfCase, sqlCorrections, sqlSaveDraft, sqlDropDraft, sqlQueue, sqlQueueSize,
		sqlMine, sqlPastDue, sqlSweep, sqlAlarmOf, sqlAlarm, sqlReckoned, sqlSetReckoned, sqlPast, sqlOpenCases, sqlMoveDue, sqlPrint, sqlPutPrint, sqlPrinting,
		sqlSetPrinting, sqlNewestDocument, sqlUnprinted, sqlServe, sqlServed, sqlServedCase, sqlStateOf, sqlContents, sqlClosed, sqlDocumentNumber, fmt.Sprintf(sqlInHand, "$1"),
		sqlInsertPromise, sqlPromises, sqlSetPromise, sqlPromiseDue, sqlBroken, sqlLatePromises, sqlInstant, sqlSetInstant, sqlSetSample, sqlEndAfter, sqlEndAfterAll,
		// decisions made public
		sqlDecisive, sqlOutcome, sqlAnswersOf,
		sqlSides, sqlInsertSide, sqlSaveSide, sqlClaim, sqlMoveTo, sqlUnclaim, sqlLoad, sqlShared, sqlMoveTask, sqlToRemind, sqlReminded,
		// licences that are held
		sqlInsertHeld, sqlHeldOf, sqlEndHeld, sqlLeaveHeld, sqlHeldNoDue, sqlHeldDue, sqlHeldByLicence, sqlReopenHeld,
		// assistance
		sqlAddAssist, sqlAssist, sqlSaveAssist, sqlAssistsOfUnit, sqlAssistsOfHelper, sqlAssistsOfParty, sqlAssistOfCase, sqlAssistsOver, sqlAddAssistEvent, sqlAssistEvents,
		// papers
		sqlAddPaper, sqlHeldPapers, sqlCasePapers, sqlPaper, sqlSlipPapers, sqlGivePaper, sqlLandPaper, sqlReturnPaper, sqlAddSlip, sqlAddMove, sqlMoveArrived,
		sqlReceiveSlip, sqlSlip, sqlSlipsTo, sqlSlipsFrom, sqlResults}
}

type scanner interface{ Scan(dest ...any) error }

func (s *Service) scanCase(r scanner) (*Case, error) {
	var (
		c                                            Case
		submitted, received, accepted, decided, done int64
		clocks, reviewers                            string
		correction                                   []byte
		partyKind, filerKind                         string
	)
	err := r.Scan(&c.ID, &c.No, &c.ItemID, &c.VersionID, &c.ItemName, &c.UnitID, &c.ReceivingUnitID, &c.Division, &c.State, &c.Outcome,
		&c.ResumeState, &c.Stage, &c.Version, &partyKind, &c.Party.ID, &c.Party.Name, &filerKind, &c.Filer.ID, &c.Filer.Name, &c.Mandate,
		&c.Channel, &submitted, &received, &accepted, &decided, &done, &c.DueOn, &clocks, &c.DeliveryWay, &c.delivery, &c.answers,
		&correction, &reviewers, &c.LicenceID)
	if errors.Is(err, db.ErrNoRows) {
		return nil, ErrNoCase
	}
	if err != nil {
		return nil, err
	}
	c.Party.Kind, c.Filer.Kind = actor.PartyKind(partyKind), actor.Kind(filerKind)
	for _, t := range []struct {
		to   *time.Time
		from int64
	}{{&c.SubmittedAt, submitted}, {&c.ReceivedAt, received}, {&c.AcceptedAt, accepted}, {&c.DecidedAt, decided}, {&c.ClosedAt, done}} {
		if t.from != 0 {
			*t.to = db.Time(t.from)
		}
	}
	if err := errors.Join(json.Unmarshal([]byte(clocks), &c.Clocks), readPeople(reviewers, &c)); err != nil {
		return nil, fmt.Errorf("stored case %s: %w", c.No, err)
	}
	if len(correction) > 0 {
		if err := s.openJSON("correction", correction, &c.Correction); err != nil {
			return nil, fmt.Errorf("stored case %s: %w", c.No, err)
		}
	}
	return &c, nil
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return db.Micros(t)
}

// text marshals what is stored as JSON text; these values always marshal.
func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic("casework: " + err.Error())
	}
	if string(b) == "null" {
		return "[]"
	}
	return string(b)
}

// sealedCorrection keeps a clerk's words about an application as secret as the
// application itself; nothing asked is nothing stored.
func (s *Service) sealedCorrection(c *Case) ([]byte, error) {
	if len(c.Correction) == 0 {
		return []byte{}, nil
	}
	return s.seal("correction", c.Correction)
}

func (s *Service) insertCase(tx *db.Tx, c *Case) error {
	correction, err := s.sealedCorrection(c)
	if err != nil {
		return err
	}
	tx.Queue(sqlInsertCase, c.ID, c.No, c.ItemID, c.VersionID, c.ItemName, c.UnitID, c.ReceivingUnitID, c.Division, string(c.State),
		string(c.Outcome), string(c.ResumeState), c.Stage, c.Version, string(c.Party.Kind), c.Party.ID, c.Party.Name, string(c.Filer.Kind),
		c.Filer.ID, c.Filer.Name, c.Mandate, string(c.Channel), micros(c.SubmittedAt), micros(c.ReceivedAt), micros(c.AcceptedAt),
		micros(c.DecidedAt), micros(c.ClosedAt), c.DueOn, text(c.Clocks), c.DeliveryWay, c.delivery, c.answers, correction,
		peopleText(c), c.LicenceID, tx.NowMicros())
	return nil
}

// saveCase stores a case where the version is still the one that was read.
func (s *Service) saveCase(tx *db.Tx, c *Case) error {
	correction, err := s.sealedCorrection(c)
	if err != nil {
		return err
	}
	tx.QueueOne(ErrChanged, sqlSaveCase, c.ID, c.Version, string(c.State), string(c.Outcome), string(c.ResumeState), c.Stage,
		micros(c.ReceivedAt), micros(c.AcceptedAt), micros(c.DecidedAt), micros(c.ClosedAt), c.DueOn, text(c.Clocks), c.DeliveryWay,
		c.delivery, c.answers, correction, peopleText(c), c.LicenceID, tx.NowMicros())
	c.Version++
	return nil
}

func (s *Service) tasks(q db.Queryer, caseID int64) ([]Task, error) {
	return s.taskList(q, sqlTasks, caseID)
}

func (s *Service) taskList(q db.Queryer, query string, args ...any) ([]Task, error) {
	return db.All(q, func(r *db.Rows) (t Task, err error) {
		var opened, done int64
		var opinion []byte
		if err = r.Scan(&t.ID, &t.CaseID, &t.UnitID, &t.Role, &t.Step, &t.Name, &t.Stage, &t.State, &t.DueOn, &opened, &done,
			&t.DoneBy, &t.DoneName, &t.Agree, &opinion, &t.ClaimedBy, &t.ClaimedName, &t.Days, &t.RemindedOn); err != nil {
			return t, err
		}
		t.OpenedAt = db.Time(opened)
		if done != 0 {
			t.DoneAt = db.Time(done)
		}
		t.Opinion, err = s.openText("task", opinion)
		return t, err
	}, query, args...)
}

// partakers is what the column reviewers holds: a plain list of those who gave an
// opinion, and where somebody stands aside both lists by name.
type partakers struct {
	Gave    []int64 `json:"gave"`
	Recused []int64 `json:"recused"`
}

func readPeople(stored string, c *Case) error {
	if !strings.HasPrefix(stored, "{") {
		return json.Unmarshal([]byte(stored), &c.Reviewers)
	}
	var p partakers
	err := json.Unmarshal([]byte(stored), &p)
	c.Reviewers, c.Recused = p.Gave, p.Recused
	return err
}

func peopleText(c *Case) string {
	if len(c.Recused) == 0 {
		return text(c.Reviewers)
	}
	return text(partakers{c.Reviewers, c.Recused})
}

func (s *Service) materials(q db.Queryer, caseID int64) ([]Handed, error) {
	return db.All(q, func(r *db.Rows) (h Handed, err error) {
		var sealed []byte
		if err = r.Scan(&sealed); err != nil {
			return h, err
		}
		return h, s.openJSON("material", sealed, &h)
	}, sqlMaterials, caseID)
}

// seal encrypts what may hold personal data; purpose keeps one kind of
// content from being put in the place of another.
func (s *Service) seal(purpose string, v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return s.Vault.Seal("casework/"+purpose, b)
}

func (s *Service) openJSON(purpose string, sealed []byte, v any) error {
	b, err := s.Vault.Open("casework/"+purpose, sealed)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, v)
}

func (s *Service) sealText(purpose, v string) ([]byte, error) {
	if v == "" {
		return []byte{}, nil
	}
	return s.Vault.Seal("casework/"+purpose, []byte(v))
}

func (s *Service) openText(purpose string, sealed []byte) (string, error) {
	if len(sealed) == 0 {
		return "", nil
	}
	b, err := s.Vault.Open("casework/"+purpose, sealed)
	return string(b), err
}
