package publicity

import (
	"errors"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/search"
)

const (
	columns = `p.id, p.case_id, p.case_no, p.followed, p.state, p.unit_id, p.item_id, p.version_id, p.area, p.outcome, p.decided_on, p.due_on,
		p.published_on, p.ended, p.ended_on, p.ends_on, p.person, p.item_name, p.number, p.party, p.uscc, p.licence, p.licence_no, p.valid_from,
		p.valid_until, p.content, p.basis`

	// Of the events only those matter whose case was decided and has changed since it was last looked at.
	sqlNew = `SELECT e.id, c.id FROM case_event e JOIN cases c ON c.id = e.case_id LEFT JOIN publicity p ON p.case_id = c.id
		WHERE e.id > $1 AND (e.act IN ('decide', 'grant-by-machine', 'deem-renewed') OR e.from_state IN ('delivering', 'closed'))
			AND c.decided_at <> 0 AND (p.id IS NULL OR p.followed <> c.version)
		ORDER BY e.id LIMIT $2`
	sqlCase = `SELECT id, no, item_id, version_id, item_name, unit_id, division, state, party_kind, party_id, party_name, licence_id, version
		FROM cases WHERE id = $1`
	sqlOfCase = `SELECT ` + columns + ` FROM publicity p WHERE p.case_id = $1`
	sqlByID   = `SELECT ` + columns + ` FROM publicity p WHERE p.id = $1 AND p.shown`
	sqlPut    = `INSERT INTO publicity (id, case_id, case_no, followed, state, shown, unit_id, item_id, version_id, area, outcome, decided_on,
			due_on, published_on, ended, ended_on, ends_on, person, item_name, number, party, uscc, licence, licence_no, valid_from, valid_until,
			content, basis)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28)
		ON CONFLICT (id) DO UPDATE SET followed = excluded.followed, state = excluded.state, shown = excluded.shown, outcome = excluded.outcome,
			decided_on = excluded.decided_on, due_on = excluded.due_on, published_on = excluded.published_on, ended = excluded.ended,
			ended_on = excluded.ended_on, ends_on = excluded.ends_on, number = excluded.number, party = excluded.party, uscc = excluded.uscc,
			licence = excluded.licence, licence_no = excluded.licence_no, valid_from = excluded.valid_from, valid_until = excluded.valid_until,
			content = excluded.content, basis = excluded.basis`
	sqlDrop = `DELETE FROM publicity WHERE case_id = $1`

	sqlDue  = `SELECT case_id FROM publicity WHERE state IN ('waiting', 'held') AND state = 'waiting' AND due_on <= $1 ORDER BY due_on, id LIMIT $2`
	sqlEnds = `SELECT case_id FROM publicity WHERE ends_on <> '' AND ends_on <= $1 ORDER BY ends_on, id LIMIT $2`

	sqlRolled    = `UPDATE publicity_roll SET settled_id = $1 WHERE id = 1 AND settled_id < $1`
	sqlHold      = `UPDATE publicity_roll SET settled_id = settled_id WHERE id = 1`
	sqlSettled   = `SELECT settled_id FROM publicity_roll WHERE id = 1`
	sqlDropWords = `DELETE FROM publicity_words WHERE rowid = $1`

	sqlPutWordsSQLite   = `INSERT INTO publicity_words (rowid, words) VALUES ($1, $2)`
	sqlPutWordsPostgres = `INSERT INTO publicity_words (rowid, words) VALUES ($1, CAST(CAST($2 AS TEXT) AS TSVECTOR))`
)

// What is public, newest decision first, between two keys. One filter leads;
// the others, when they are set, narrow.
const (
	narrow = ` AND p.shown AND p.id < $1 AND p.id >= $2 AND (CAST($3 AS BIGINT) = 0 OR p.unit_id = $3) AND (CAST($4 AS BIGINT) = 0 OR p.item_id = $4)
		AND (CAST($5 AS TEXT) = '' OR p.area = $5) AND (CAST($6 AS TEXT) = '' OR p.outcome = $6)`
	newest = ` ORDER BY p.id DESC LIMIT $7`

	sqlAll       = `SELECT ` + columns + ` FROM publicity p WHERE TRUE` + narrow + newest
	sqlOfUnit    = `SELECT ` + columns + ` FROM publicity p WHERE p.unit_id = $3` + narrow + newest
	sqlOfItem    = `SELECT ` + columns + ` FROM publicity p WHERE p.item_id = $4` + narrow + newest
	sqlOfArea    = `SELECT ` + columns + ` FROM publicity p WHERE p.area = $5` + narrow + newest
	sqlOfOutcome = `SELECT ` + columns + ` FROM publicity p WHERE p.outcome = $6` + narrow + newest
	sqlOfNo      = `SELECT ` + columns + ` FROM publicity p WHERE p.case_no = $8` + narrow + newest
	sqlOfUSCC    = `SELECT ` + columns + ` FROM publicity p WHERE p.uscc = $8 AND p.uscc <> ''` + narrow + newest

	sqlFindSQLite = `SELECT ` + columns + ` FROM publicity_words w JOIN publicity p ON p.id = w.rowid
		WHERE w.publicity_words MATCH $8 AND w.rowid < $1 AND w.rowid >= $2` + narrow + ` ORDER BY w.rowid DESC LIMIT $7`
	sqlFindPostgres = `SELECT ` + columns + ` FROM publicity_words w JOIN publicity p ON p.id = w.rowid
		WHERE w.words @@ CAST(CAST($8 AS TEXT) AS TSQUERY) AND w.rowid < $1 AND w.rowid >= $2` + narrow + ` ORDER BY w.rowid DESC LIMIT $7`
)

// Requests and figures.
const (
	markColumns = `id, case_id, unit_id, kind, state, ground, scope, reason, at, by_kind, by_id, by_name, for_kind, for_id, answer, answered_at,
		answered_by, answered_name`
	sqlAddMark = `INSERT INTO publicity_mark (` + markColumns + `) VALUES ($1, $2, $3, $4, 'open', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, 0, '')
		ON CONFLICT DO NOTHING`
	sqlMarks  = `SELECT ` + markColumns + ` FROM publicity_mark WHERE case_id = $1 ORDER BY id LIMIT 200`
	sqlMark   = `SELECT ` + markColumns + ` FROM publicity_mark WHERE id = $1`
	sqlAnswer = `UPDATE publicity_mark SET state = $2, scope = $3, answer = $4, answered_at = $5, answered_by = $6, answered_name = $7
		WHERE id = $1 AND state = 'open'`
	sqlOpenMarks = `SELECT ` + markColumns + ` FROM publicity_mark WHERE unit_id = $1 AND state = 'open' ORDER BY id LIMIT 200`
	sqlNoOf      = `SELECT no FROM cases WHERE id = $1`

	sqlWaiting   = `SELECT unit_id, count(*), count(*) FILTER (WHERE due_on < $1) FROM publicity WHERE state IN ('waiting', 'held') GROUP BY unit_id`
	sqlPublished = `SELECT unit_id, count(*), count(*) FILTER (WHERE published_on > due_on) FROM publicity
		WHERE published_on <> '' AND published_on >= $1 AND published_on <= $2 GROUP BY unit_id`
	sqlMarkCount = `SELECT unit_id, count(*) FROM publicity_mark WHERE state = 'open' GROUP BY unit_id`
	sqlLate      = `SELECT ` + columns + ` FROM publicity p WHERE p.state IN ('waiting', 'held') AND p.due_on < $1 ORDER BY p.due_on, p.id LIMIT $2`
)

// SQL lists the texts of this room that both engines share, for the test that
// prepares them.
func SQL() []string {
	return []string{sqlNew, sqlCase, sqlOfCase, sqlByID, sqlPut, sqlDrop, sqlDue, sqlEnds, sqlRolled, sqlHold, sqlSettled, sqlDropWords, sqlAll, sqlOfUnit,
		sqlOfItem, sqlOfArea, sqlOfOutcome, sqlOfNo, sqlOfUSCC, sqlAddMark, sqlMarks, sqlMark, sqlAnswer, sqlOpenMarks, sqlNoOf, sqlWaiting,
		sqlPublished, sqlMarkCount, sqlLate}
}

type scanner interface{ Scan(dest ...any) error }

func scanRow(r scanner) (x Row, err error) {
	err = r.Scan(&x.ID, &x.CaseID, &x.CaseNo, &x.followed, &x.State, &x.UnitID, &x.ItemID, &x.VersionID, &x.Area, &x.Outcome, &x.DecidedOn,
		&x.DueOn, &x.PublishedOn, &x.Ended, &x.EndedOn, &x.EndsOn, &x.Person, &x.ItemName, &x.Number, &x.Party, &x.USCC, &x.Licence,
		&x.LicenceNo, &x.ValidFrom, &x.ValidUntil, &x.Content, &x.Basis)
	if errors.Is(err, db.ErrNoRows) {
		return x, ErrNoDecision
	}
	return x, err
}

func listRow(r *db.Rows) (Row, error) { return scanRow(r) }

// put stores a row and, where what it is found by has changed, its words.
func (x Row) put(tx *db.Tx, before Row) {
	tx.Queue(sqlPut, x.ID, x.CaseID, x.CaseNo, x.followed, string(x.State), x.State.shown(), x.UnitID, x.ItemID, x.VersionID, x.Area,
		string(x.Outcome), x.DecidedOn, x.DueOn, x.PublishedOn, x.Ended, x.EndedOn, x.EndsOn, x.Person, x.ItemName, x.Number, x.Party, x.USCC,
		x.Licence, x.LicenceNo, x.ValidFrom, x.ValidUntil, x.Content, x.Basis)
	if x.State.shown() == before.State.shown() && x.words() == before.words() {
		return
	}
	if before.State.shown() {
		tx.Queue(sqlDropWords, x.ID)
	}
	if !x.State.shown() {
		return
	}
	sql := sqlPutWordsSQLite
	if tx.Engine() == db.Postgres {
		sql = sqlPutWordsPostgres
	}
	tx.Queue(sql, x.ID, search.Words(tx.Engine(), x.words()))
}

func (s *Service) scanMark(r scanner) (m Mark, err error) {
	var reason, answer []byte
	var at, answered int64
	err = r.Scan(&m.ID, &m.CaseID, &m.UnitID, &m.Kind, &m.State, &m.Ground, &m.Scope, &reason, &at, &m.By.Kind, &m.By.ID, &m.By.Name,
		&m.By.ForKind, &m.By.ForID, &answer, &answered, &m.answerer, &m.AnswerBy)
	if errors.Is(err, db.ErrNoRows) {
		return m, ErrNoDecision
	}
	if err != nil {
		return m, err
	}
	m.At = db.Time(at)
	if answered != 0 {
		m.Answered = db.Time(answered)
	}
	if m.Reason, err = s.open(reason); err != nil {
		return m, err
	}
	m.Answer, err = s.open(answer)
	return m, err
}

func (s *Service) marks(q db.Queryer, query string, arg int64) ([]Mark, error) {
	return db.All(q, func(r *db.Rows) (Mark, error) { return s.scanMark(r) }, query, arg)
}

// What people write about a publication is as secret as the case.
func (s *Service) seal(text string) ([]byte, error) {
	if text == "" {
		return []byte{}, nil
	}
	return s.Vault.Seal("publicity/words", []byte(text))
}

func (s *Service) open(sealed []byte) (string, error) {
	if len(sealed) == 0 {
		return "", nil
	}
	b, err := s.Vault.Open("publicity/words", sealed)
	return string(b), err
}

func (a Asker) party() actor.Party { return actor.Party{Kind: actor.PartyKind(a.ForKind), ID: a.ForID} }
