package portal

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/web"
)

// featureExport is a list as a file.
type featureExport struct {
	List       string            `json:"list"`
	Name       string            `json:"name"`
	Rule       string            `json:"rule"`
	Words      string            `json:"words"`
	RuleNo     int               `json:"ruleNo"`
	ExportedAt string            `json:"exportedAt"`
	Items      []featureExported `json:"items"`
}

type featureExported struct {
	Code      string `json:"code"`
	BasicCode string `json:"basicCode"`
	Name      string `json:"name"`
	Unit      string `json:"unit"`
	Receiving string `json:"receiving"`
	Division  string `json:"division"`
	Area      string `json:"area"`
	Level     string `json:"level"`
	CaseType  string `json:"caseType"`
	Mode      string `json:"mode"`
	Visits    int    `json:"visits"`
	By        string `json:"by"`               // "rule" or "choice"
	Reason    string `json:"reason,omitempty"` // of the choice
}

// featureFile answers GET /featured/{key}/export.csv and export.json, under the
// same filters as the page.
func (p *Portal) featureFile(kind string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		ctx, key := r.Context(), r.PathValue("key")
		s, err := p.Catalog.FeatureOf(ctx, key)
		if err != nil {
			return err
		}
		matters, err := p.Catalog.FeaturedMatters(ctx, key, featuredQuery(r))
		if err != nil {
			return err
		}
		reasons, err := p.additions(ctx, key)
		if err != nil {
			return err
		}
		dir, err := p.Identity.Directory(ctx)
		if err != nil {
			return err
		}
		out := featureExport{List: s.Key, Name: s.Name, Rule: s.Rule.Rule, Words: s.Rule.Words, RuleNo: s.Rule.No, ExportedAt: p.Now().UTC().Format(time.RFC3339), Items: exported(dir, matters, reasons)}
		h := w.Header()
		h.Set("Content-Disposition", `attachment; filename="featured-`+s.Key+`.`+kind+`"`)
		if kind == "json" {
			h.Set("Content-Type", "application/json; charset=utf-8")
			enc := json.NewEncoder(w)
			enc.SetEscapeHTML(false)
			return enc.Encode(out)
		}
		h.Set("Content-Type", "text/csv; charset=utf-8")
		return writeFeatureCSV(w, out)
	}
}

func exported(dir *identity.Directory, matters []catalog.FeaturedMatter, reasons map[string]string) []featureExported {
	out := []featureExported{}
	for _, m := range matters {
		for _, it := range m.Places {
			u, _ := dir.Unit(it.UnitID)
			recv, _ := dir.Unit(it.ReceivingUnitID)
			d, _ := dir.Division(it.Division)
			x := featureExported{Code: it.Code, BasicCode: it.BasicCode, Name: it.Name, Unit: u.Name, Receiving: recv.Name, Division: it.Division, Area: d.Name,
				Level: it.Level, CaseType: it.CaseType, Mode: it.Facts.Mode, Visits: it.Facts.Visits, By: catalog.ByRule}
			for _, subject := range []string{it.Code, it.BasicCode} {
				if why, ok := reasons[subject]; ok && x.Reason == "" {
					x.By, x.Reason = catalog.ByChoice, why
				}
			}
			out = append(out, x)
		}
	}
	return out
}

func writeFeatureCSV(w http.ResponseWriter, out featureExport) error {
	if _, err := w.Write([]byte("\ufeff")); err != nil { // Excel takes it for UTF-8 only so
		return err
	}
	c := csv.NewWriter(w)
	rows := [][]string{{"清单", "实施编码", "基本编码", "事项名称", "实施单位", "受理中心", "区划代码", "区划", "行使层级", "办件类型", "办理形式", "到现场次数", "列入方式", "增列理由"}}
	for _, x := range out.Items {
		by := map[string]string{catalog.ByRule: "符合规则", catalog.ByChoice: "审核增列"}[x.By]
		caseType := map[string]string{"instant": "即办件", "promised": "承诺件"}[x.CaseType]
		mode := map[string]string{"online": "全程网办", "precheck": "网上预审", "window": "窗口办理"}[x.Mode]
		rows = append(rows, []string{out.Name, x.Code, x.BasicCode, x.Name, x.Unit, x.Receiving, x.Division, x.Area, x.Level, caseType, mode, strconv.Itoa(x.Visits), by, x.Reason})
	}
	for _, row := range rows {
		for i, cell := range row {
			if strings.IndexAny(cell, "=+-@\t\r") == 0 {
				row[i] = "'" + cell // no cell is a formula
			}
		}
		if err := c.Write(row); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}
