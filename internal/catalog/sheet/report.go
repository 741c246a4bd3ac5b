package sheet

import "github.com/tongban/tongban/internal/catalog"

// Counts tells how many rows of the report are in each state.
func (im *Import) Counts() map[catalog.PlanState]int {
	out := map[catalog.PlanState]int{}
	for i := range im.Rows {
		out[im.Rows[i].State]++
	}
	return out
}

// Page gives at most n rows in a state, empty for all, behind the first from of
// them. more reports that there are others behind those.
func (im *Import) Page(state catalog.PlanState, from, n int) (rows []*catalog.PlanRow, more bool) {
	at := 0
	for i := range im.Rows {
		row := &im.Rows[i]
		if state != "" && row.State != state {
			continue
		}
		if at++; at <= from {
			continue
		}
		if len(rows) == n {
			return rows, true
		}
		rows = append(rows, row)
	}
	return rows, false
}
