package rating

import (
	"strings"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/ident"
)

const (
	sqlInvite = `INSERT INTO rating_invitation (case_id, case_no, item_id, item_name, unit_id, division, channel, party_kind, party_id, party_name,
		served_at, until_at, rated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0)
		ON CONFLICT (case_id) DO UPDATE SET served_at = excluded.served_at, until_at = excluded.until_at` // decided anew after a ruling: there is more time
	sqlInvitation = `SELECT case_id, case_no, item_id, item_name, unit_id, division, channel, party_kind, party_id, party_name, served_at, until_at,
		rated_at FROM rating_invitation WHERE case_no = $1`
	sqlMarkRated    = `UPDATE rating_invitation SET rated_at = $2 WHERE case_id = $1 AND rated_at = 0`
	sqlInsertRating = `INSERT INTO rating (id, case_id, case_no, item_id, item_name, unit_id, division, channel, level, reasons, words, anonymous,
		rater_name, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`
	ratingColumns = `id, case_no, item_name, unit_id, level, reasons, words, anonymous, rater_name, at`
	sqlByCase     = `SELECT ` + ratingColumns + ` FROM rating WHERE case_id = $1`
	sqlPublished  = `SELECT ` + ratingColumns + ` FROM rating WHERE id < $1 AND (CAST($2 AS BIGINT) = 0 OR unit_id = $2) ORDER BY id DESC LIMIT $3`
)

// SQL lists the texts of this room, for the test that prepares them on both engines.
func SQL() []string {
	return []string{sqlInvite, sqlInvitation, sqlMarkRated, sqlInsertRating, sqlByCase, sqlPublished}
}

func (s *Service) scan(r *db.Rows) (x Rating, err error) {
	var (
		level, at     int64
		reasons, name string
		words         []byte
		anonymous     bool
	)
	if err = r.Scan(&x.ID, &x.CaseNo, &x.ItemName, &x.UnitID, &level, &reasons, &words, &anonymous, &name, &at); err != nil {
		return x, err
	}
	x.Level, x.Reasons, x.At = Level(level), strings.Fields(reasons), db.Time(at)
	if x.Rater = ident.MaskName(name); anonymous {
		x.Rater = "匿名"
	}
	b, err := s.Vault.Open("rating/words", words)
	x.Words = string(b)
	return x, err
}
