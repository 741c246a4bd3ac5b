package channel

import (
	"context"
	"fmt"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/ident"
)

const sqlOutlets = `SELECT id, key, centre_id, no, name, kind, hours, address, phone, items FROM service_window WHERE kind = $1 ORDER BY centre_id, no, id LIMIT 5000`

// Outlets 银行网点 lists the bank outlets that take matters for a centre, by
// centre. Centre is left empty, CentreID is set.
func (s *Service) Outlets(ctx context.Context) ([]Window, error) { return outlets(s.DB.Read(ctx)) }

func outlets(q db.Queryer) ([]Window, error) {
	return db.All(q, scanWindow, sqlOutlets, string(Bank))
}

// BankOutlets counts, by the centre's unit and the matter's basic code, the bank
// outlets that take the matter for the centre.
func BankOutlets(q db.Queryer) (map[int64]map[string]int, error) {
	list, err := outlets(q)
	out := map[int64]map[string]int{}
	for _, w := range list {
		if out[w.CentreID] == nil {
			out[w.CentreID] = map[string]int{}
		}
		for _, code := range w.Items {
			out[w.CentreID][code]++
		}
	}
	return out, err
}

// itemProblems: a bank outlet says what it takes, a window of one field or theme
// may, another window does not. Codes
// must have the form of a basic code; whether there is such a matter the
// catalogue knows.
func itemProblems(codes ident.Profile, at string, w Window) (bad []errs.Field) {
	switch {
	case w.Kind == Bank && len(w.Items) == 0:
		bad = append(bad, errs.Field{Path: at + "/items", Code: "required", ZH: "银行网点应写明可以受理的事项（基本编码）", EN: "A bank outlet names the matters that it takes by their basic codes"})
	case w.Kind != Bank && w.Kind != Special && w.Kind != Theme && len(w.Items) > 0:
		bad = append(bad, errs.Field{Path: at + "/items", Code: "not-here", ZH: "只有银行网点、专业窗口和主题窗口写明受理的事项，其他窗口不写", EN: "A bank outlet and a window of one field or theme name the matters that they take; other windows do not"})
	}
	for i, code := range w.Items {
		if !codes.IsBasic(code) {
			bad = append(bad, errs.Field{Path: fmt.Sprintf("%s/items/%d", at, i), Code: "pattern", ZH: fmt.Sprintf("基本编码是%d位，末尾%d位是子项", codes.BasicLen(), codes.Sub),
				EN: fmt.Sprintf("A basic code has %d characters, the last %d for the sub-item", codes.BasicLen(), codes.Sub)})
		}
	}
	return bad
}
