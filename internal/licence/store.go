package licence

import (
	"encoding/json"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
)

const (
	columns = `id, identifier, type_key, name, number, holder_kind, holder_id, holder_name, issuer_unit, issuer_name, issued_on,
		valid_from, valid_until, status, case_no, content, hash, signature, signed_at, version, replaces, replaced_by, ended`
	sqlInsert = `INSERT INTO licence (` + columns + `, number_index, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
		$13, $14, $15, $16, $17, NULL, 0, $18, $19, 0, '', $20, $21)`
	sqlByID         = `SELECT ` + columns + ` FROM licence WHERE id = $1`
	sqlByIdentifier = `SELECT ` + columns + ` FROM licence WHERE identifier = $1`
	sqlByNumber     = `SELECT ` + columns + ` FROM licence WHERE type_key = $1 AND number_index = $2 ORDER BY version DESC LIMIT 1`
	sqlHeld         = `SELECT ` + columns + ` FROM licence WHERE holder_kind = $1 AND holder_id = $2 ORDER BY id DESC LIMIT 200`
	sqlSign         = `UPDATE licence SET signature = $2, signed_at = $3 WHERE id = $1 AND signed_at = 0`
	sqlStatus       = `UPDATE licence SET status = $2, ended = $4 WHERE id = $1 AND status = $3 AND ended = $5`
	sqlReplaced     = `UPDATE licence SET status = '05', ended = $2, replaced_by = $3 WHERE id = $1 AND status = $4 AND replaced_by = 0`
	sqlRestored     = `UPDATE licence SET status = '01', ended = '', replaced_by = 0 WHERE id = $1 AND status = $2 AND ended = $3`
	sqlLapsed       = `SELECT ` + columns + ` FROM licence WHERE issuer_unit = $1 AND status = '01' AND valid_until <> '' AND valid_until < $2 AND case_no <> ''
		AND (valid_until, id) > ($3, $4) ORDER BY valid_until, id LIMIT $5`
	sqlUndone   = `SELECT ` + columns + ` FROM licence WHERE issuer_unit = $1 AND ended IN ('annul', 'retract') AND status <> '04' AND case_no <> '' AND id > $2 ORDER BY id LIMIT $3`
	sqlSignedAt = `SELECT signed_at FROM licence WHERE id = $1`

	sqlInsertUse = `INSERT INTO licence_use (id, licence_id, at, actor_kind, actor_id, actor_name, unit_id, case_no, item_name, purpose)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
	sqlUses = `SELECT at, actor_name, case_no, item_name, purpose FROM licence_use WHERE licence_id = $1 ORDER BY id DESC LIMIT 200`

	sqlTypes   = `SELECT definition FROM licence_type ORDER BY key LIMIT 2000`
	sqlType    = `SELECT definition FROM licence_type WHERE key = $1`
	sqlPutType = `INSERT INTO licence_type (key, code, name, definition) VALUES ($1, $2, $3, $4)
		ON CONFLICT (key) DO UPDATE SET code = excluded.code, name = excluded.name, definition = excluded.definition`
)

// SQL lists the texts of this room, for the test that prepares them on both engines.
func SQL() []string {
	return []string{sqlInsert, sqlByID, sqlByIdentifier, sqlByNumber, sqlHeld, sqlSign, sqlStatus, sqlReplaced, sqlRestored, sqlLapsed, sqlUndone, sqlSignedAt, sqlInsertUse, sqlUses, sqlTypes, sqlType, sqlPutType}
}

func (s *Service) insert(tx *db.Tx, l *Licence) error {
	number, err := s.Vault.Seal("licence/number", []byte(l.Number))
	if err != nil {
		return err
	}
	content, err := s.Vault.Seal("licence/content", l.Content)
	if err != nil {
		return err
	}
	tx.Queue(sqlInsert, l.ID, l.Identifier, l.TypeKey, l.Name, number, string(l.Holder.Kind), l.Holder.ID, l.HolderName, l.IssuerUnit,
		l.IssuerName, l.Issued, l.From, l.Until, string(l.Status), l.CaseNo, content, l.Hash,
		l.Version, l.Replaces, s.numberIndex(l.TypeKey, l.Number), tx.NowMicros())
	return nil
}

func (s *Service) numberIndex(typeKey, number string) string {
	return s.Vault.Index("licence/number/"+typeKey, strings.ToUpper(strings.TrimSpace(number)))
}

// scan reads a row. When only its sealed parts cannot be opened, it gives the
// rest beside the error, for Verify to report on.
func (s *Service) scan(r *db.Rows) (*Licence, error) {
	var (
		l                  Licence
		number, content    []byte
		holderKind, status string
		signed             int64
		data               Content
	)
	err := r.Scan(&l.ID, &l.Identifier, &l.TypeKey, &l.Name, &number, &holderKind, &l.Holder.ID, &l.HolderName, &l.IssuerUnit, &l.IssuerName,
		&l.Issued, &l.From, &l.Until, &status, &l.CaseNo, &content, &l.Hash, &l.Signature, &signed,
		&l.Version, &l.Replaces, &l.ReplacedBy, &l.Ended)
	if err != nil {
		return nil, err
	}
	l.Holder.Kind, l.Holder.Name, l.Status = actor.PartyKind(holderKind), l.HolderName, Status(status)
	if signed != 0 {
		l.SignedAt = db.Time(signed)
	}
	if number, err = s.Vault.Open("licence/number", number); err != nil {
		return &l, err
	}
	l.Number = string(number)
	if l.Content, err = s.Vault.Open("licence/content", content); err != nil {
		return &l, err
	}
	if err := json.Unmarshal(l.Content, &data); err != nil {
		return &l, err
	}
	l.Fields = data.Extend
	return &l, nil
}

func scanType(r *db.Rows) (t Type, err error) {
	var def string
	if err = r.Scan(&def); err != nil {
		return t, err
	}
	return t, json.Unmarshal([]byte(def), &t)
}
