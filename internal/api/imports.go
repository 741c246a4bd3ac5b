package api

import (
	"context"
	"mime/multipart"
	"net/http"
	"time"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/catalog/sheet"
	"github.com/tongban/tongban/internal/sm"
)

// ImportHead 导入 is a file of lists that the caller brought.
type ImportHead struct {
	ID        ID               `json:"id"`
	Name      string           `json:"name" doc:"Of the file."`
	Format    sheet.Format     `json:"format" enum:"xlsx,yaml,json"`
	Mode      catalog.PlanMode `json:"mode" enum:"drafts,publish" doc:"What becomes of it: drafts for the reviewers, or new versions at once."`
	State     Word             `json:"state" doc:"reading, then ready or refused; carrying, then done or failed."`
	Reason    string           `json:"reason,omitempty" doc:"Why it was carried out."`
	CreatedAt time.Time        `json:"createdAt"`
}

// ImportReport 导入预检 says what would come of a file, list by list.
type ImportReport struct {
	ImportHead
	Progress *ImportProgress `json:"progress,omitempty" doc:"While it is read or carried out, if it is known."`
	Problems []ImportProblem `json:"problems" doc:"Why the file as a whole was refused, or was not carried out."`
	Counts   ImportCounts    `json:"counts" doc:"Of all lists."`
	Rows     []ImportLine    `json:"rows" doc:"In the order of the file, those of the state that was asked for."`
	Next     string          `json:"next,omitempty" doc:"Cursor of the next page of rows; left out at the end."`
}

// ImportProgress is how far the work is.
type ImportProgress struct {
	Done int `json:"done"`
	Of   int `json:"of"`
}

// ImportCounts are the lists of a file by what would become of them.
type ImportCounts struct {
	New     int `json:"new"`
	Changed int `json:"changed"`
	Refused int `json:"refused"`
	Same    int `json:"same"`
}

// ImportLine is a list of the file.
type ImportLine struct {
	At       string            `json:"at" doc:"Where it stands in the file: sheet and row, document, or table and record." example:"事项!5"`
	Item     string            `json:"item,omitempty" doc:"实施编码, as the file has it."`
	Name     string            `json:"name,omitempty"`
	Unit     string            `json:"unit,omitempty" doc:"Name of the unit."`
	State    Word              `json:"state" doc:"new, changed, refused or same."`
	Changes  []GuideDifference `json:"changes" doc:"Of a changed list, at most 30."`
	Problems []ImportProblem   `json:"problems" doc:"Errors refuse the list, warnings do not; at most 30."`
}

// ImportProblem is something wrong with a file.
type ImportProblem struct {
	Code     string           `json:"code,omitempty" doc:"Stable: the rule that is broken; of the whole file plan-old, plan-empty, import-workbook …"`
	Path     string           `json:"path" doc:"The cell by sheet, column and row, the field of a table, or the part of the guide." example:"材料!C14"`
	Severity catalog.Severity `json:"severity" enum:"error,warning,hint"`
	Text     string           `json:"text" doc:"What is wrong, in Chinese."`
	TextEN   string           `json:"textEn" doc:"The same in English."`
}

// ImportIn names an import.
type ImportIn struct {
	ID ID `path:"id"`
}

func (s *server) imports() {
	s.importReports()
	s.importActs()
	s.exports()
}

func (s *server) importReports() {
	add(s, operation{id: "list-imports", method: http.MethodGet, path: "/catalogue/imports", tag: "catalogue", zh: "最近的导入", en: "Stewards and reviewers: the caller's last 20 imports, newest first"},
		func(ctx context.Context, c *call, _ *none) (List[ImportHead], error) {
			list, err := s.Sheets.Imports(ctx, c.Actor)
			return List[ImportHead]{Items: mapTo(list, func(im sheet.Import) ImportHead { return importHead(c, &im) })}, err
		})
	add(s, operation{id: "list-import", method: http.MethodGet, path: "/catalogue/imports/{id}", tag: "catalogue", zh: "导入预检报告", en: "Stewards and reviewers: what would come of a file of the caller's, or what came of it",
		more: "What is the same, new, changed (with the differences in words) or refused (with place and reason). Kept for 14 days."},
		func(ctx context.Context, c *call, in *struct {
			ImportIn
			PageIn
			State catalog.PlanState `query:"state" enum:"new,changed,refused,same" doc:"Only these rows; left out: all."`
		}) (ImportReport, error) {
			im, err := s.Sheets.Import(ctx, c.Actor, int64(in.ID))
			if err != nil {
				return ImportReport{}, err
			}
			return s.importReport(c, im, in.State, in.PageIn)
		})
	send(s, operation{id: "list-import-refused", method: http.MethodGet, path: "/catalogue/imports/{id}/refused.xlsx", tag: "catalogue", zh: "下载拒绝的行", en: "Stewards and reviewers: the refused rows of an import with the reasons, as a workbook"},
		func(ctx context.Context, c *call, in *ImportIn) (*stream, error) {
			im, err := s.Sheets.Import(ctx, c.Actor, int64(in.ID))
			if err != nil {
				return nil, err
			}
			return exported(im.Refused()), nil
		})
}

func (s *server) importActs() {
	add(s, operation{id: "list-import-begin", method: http.MethodPost, path: "/catalogue/imports", tag: "catalogue", status: http.StatusCreated, upload: true, once: true,
		zh: "上传清单并预检", en: "Stewards and reviewers: bring a file of lists, to be checked",
		more: "One part named file: a workbook (.xlsx), item files (.yaml) or national exchange tables (.json), told by its name; at most 32 MB. " +
			"The file is read after the answer; the report is there once the state is no longer reading. Nothing is imported before it is carried out. Stewards make drafts; reviewers of the whole city may publish."},
		func(ctx context.Context, c *call, in *struct {
			Mode catalog.PlanMode `query:"mode" required:"true" enum:"drafts,publish" doc:"What becomes of it: drafts for the reviewers, or new versions at once."`
		}) (ImportHead, error) {
			return s.bring(ctx, c, in.Mode)
		})
	add(s, operation{id: "list-import-carry-out", method: http.MethodPost, path: "/catalogue/imports/{id}/carry-out", tag: "catalogue", status: http.StatusAccepted, once: true,
		zh: "执行导入", en: "Stewards and reviewers: have an import carried out",
		more: "What is new or changed is imported as one act after the answer; the state tells when it is done. Refused and equal lists stay as they are. If a list has changed since the report, nothing is imported and the state is failed, with a problem plan-old. An import that is not ready is refused with 409."},
		func(ctx context.Context, c *call, in *struct {
			ImportIn
			Body struct {
				Reason string `json:"reason" minLength:"1" maxLength:"200" doc:"Stands in the audit log and in versions and drafts."`
			}
		}) (ImportHead, error) {
			if err := s.Sheets.Carry(ctx, c.Actor, int64(in.ID), in.Body.Reason, c.once); err != nil {
				return ImportHead{}, err
			}
			return s.importShown(ctx, c, int64(in.ID))
		})
}

func (s *server) exports() {
	send(s, operation{id: "list-export", method: http.MethodGet, path: "/catalogue/export", tag: "catalogue", zh: "导出清单", en: "Stewards and reviewers: the published lists of a unit as a file",
		more: "A file that was not touched changes nothing when it is imported again."},
		func(ctx context.Context, c *call, in *struct {
			Unit   string       `query:"unit" required:"true" maxLength:"60" doc:"Key of the unit."`
			Below  bool         `query:"below" doc:"With the units below it."`
			Format sheet.Format `query:"format" required:"true" enum:"xlsx,yaml,json" doc:"Workbook, item files, or national exchange tables."`
		}) (*stream, error) {
			f, err := s.Sheets.Export(ctx, c.Actor, sheet.Wanted{Unit: in.Unit, Below: in.Below, Format: in.Format})
			if err != nil {
				return nil, err
			}
			return exported(f), nil
		})
}

// bring takes an uploaded file of lists.
func (s *server) bring(ctx context.Context, c *call, mode catalog.PlanMode) (ImportHead, error) {
	if err := s.Sheets.Allowed(ctx, c.Actor); err != nil {
		return ImportHead{}, err // before anything is read
	}
	var name string
	var file []byte
	err := onePart(c, sheet.MaxUpload+maxBody, func(part *multipart.Part) (err error) {
		name = part.FileName()
		file, err = sheet.ReadUpload(part)
		return err
	})
	if err == nil {
		err = c.key([]byte(name + "\n" + sm.SM3Hex(file)))
	}
	if err != nil {
		return ImportHead{}, err
	}
	id, err := s.Sheets.Begin(ctx, c.Actor, name, mode, file, c.once)
	if err != nil {
		return ImportHead{}, err
	}
	return s.importShown(ctx, c, id)
}

// importShown reads an import anew.
func (s *server) importShown(ctx context.Context, c *call, id int64) (ImportHead, error) {
	im, err := s.Sheets.Import(ctx, c.Actor, id)
	if err != nil {
		return ImportHead{}, err
	}
	return importHead(c, im), nil
}

func importHead(c *call, im *sheet.Import) ImportHead {
	return ImportHead{ID: ID(im.ID), Name: im.Name, Format: im.Format, Mode: im.Mode, State: word(c, im.State), Reason: im.Reason, CreatedAt: im.CreatedAt.UTC()}
}

func (s *server) importReport(c *call, im *sheet.Import, state catalog.PlanState, page PageIn) (ImportReport, error) {
	list := "import-rows/" + string(state)
	from, err := behind(list, page.Cursor)
	if err != nil {
		return ImportReport{}, err
	}
	count := im.Counts()
	out := ImportReport{ImportHead: importHead(c, im), Problems: []ImportProblem{},
		Counts: ImportCounts{count[catalog.PlanNew], count[catalog.PlanChanged], count[catalog.PlanRefused], count[catalog.PlanSame]}}
	if at, ok := s.Sheets.Progress(im.ID); ok && im.State.Busy() {
		out.Progress = &ImportProgress{at.Done, at.Of}
	}
	for _, f := range im.Problems {
		out.Problems = append(out.Problems, ImportProblem{f.Code, f.Path, catalog.Blocks, f.ZH, f.EN})
	}
	rows, more := im.Page(state, int(from), page.limit())
	out.Rows = mapTo(rows, func(r *catalog.PlanRow) ImportLine { return importLine(c, r) })
	if more {
		out.Next = after(list, from+int64(len(rows)))
	}
	return out, nil
}

func importLine(c *call, r *catalog.PlanRow) ImportLine {
	return ImportLine{At: r.At, Item: r.Code, Name: r.Name, Unit: r.Unit, State: word(c, r.State),
		Changes:  mapTo(r.Changes, guideDifference),
		Problems: mapTo(r.Problems, func(p catalog.Problem) ImportProblem { return ImportProblem{p.Rule, p.Path, p.Severity(), p.ZH, p.EN} })}
}

// exported is a file that is written while it is sent.
func exported(f *sheet.Export) *stream { return &stream{mime: f.MIME, name: f.Name, write: f.Write} }
