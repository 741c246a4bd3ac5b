package app

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/catalog/sheet"
	"github.com/tongban/tongban/internal/errs"
)

// ItemReport is what importing a file of lists does, or would do.
type ItemReport struct {
	New     int       `json:"new"`
	Changed int       `json:"changed"`
	Same    int       `json:"same"`
	Rows    int       `json:"rows"`    // that are refused
	Refused []Refusal `json:"refused"` // at most 200
	More    int       `json:"more"`    // reasons beyond those
	Done    bool      `json:"done"`    // it was carried out
}

// Refusal says where in a file something is refused, and why.
type Refusal struct {
	At string `json:"at"` // place, matter, unit, cell or part
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// refusedMost is how many refused rows a report names.
const refusedMost = 200

// ImportItems plans a file of implementation lists and, unless dry or a row is
// refused, publishes what is new or changed as one act, for a reason. On SQLite the serving process
// does it.
func ImportItems(ctx context.Context, c Config, file, reason string, dry bool) (out ItemReport, err error) {
	body, err := os.ReadFile(file)
	if err != nil {
		return out, err
	}
	q := url.Values{"name": {filepath.Base(file)}, "reason": {reason}}
	if dry {
		q.Set("dry", "1")
	}
	a, reached, err := c.askServer(ctx, http.MethodPost, "/items?"+q.Encode(), bytes.NewReader(body))
	if reached || err != nil {
		return out, errors.Join(err, fill(&out, []byte(a.Value)))
	}
	r, err := Open(ctx, c, time.Now, Logger(c))
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	return r.importItems(ctx, filepath.Base(file), reason, dry, body)
}

func (r *Rooms) importItems(ctx context.Context, name, reason string, dry bool, body []byte) (out ItemReport, err error) {
	format, ok := sheet.FormatOf(name)
	if !ok {
		return out, errs.InvalidFields(errs.Field{Path: "file", Code: "format", ZH: "文件名应以 .xlsx、.yaml 或者 .json 结尾", EN: "The file's name ends in .xlsx, .yaml or .json"})
	}
	if !dry && reason == "" {
		return out, errs.InvalidFields(errs.Field{Path: "reason", Code: "required", ZH: "请用 --reason 写明导入的理由", EN: "Say why it is imported, with --reason"})
	}
	entries, err := sheet.Read(ctx, r.Catalog, format, body)
	if err != nil {
		return out, err
	}
	p, err := r.Catalog.Plan(ctx, actor.Platform(), catalog.PlanPublish, entries, nil)
	if err != nil {
		return out, err
	}
	out = ItemReport{New: p.Count(catalog.PlanNew), Changed: p.Count(catalog.PlanChanged), Same: p.Count(catalog.PlanSame), Rows: p.Count(catalog.PlanRefused)}
	for _, row := range p.Rows {
		for _, x := range row.Problems {
			if row.State != catalog.PlanRefused || !x.Error {
				continue
			}
			if len(out.Refused) == refusedMost {
				out.More++
				continue
			}
			out.Refused = append(out.Refused, Refusal{row.At + " " + row.Name + " " + row.Unit + ": " + x.Path, x.ZH, cmp.Or(x.EN, x.ZH)})
		}
	}
	if dry || out.Rows > 0 || out.New+out.Changed == 0 {
		return out, nil
	}
	out.Done = true
	return out, r.Catalog.CarryOut(ctx, actor.Platform(), p, catalog.Carrying{Subject: "import/" + name, Reason: reason})
}

// ExportItems writes the published lists into a file whose name says the format,
// and gives their number. It only reads, also beside a serving process.
func ExportItems(ctx context.Context, c Config, file string) (n int, err error) {
	format, ok := sheet.FormatOf(file)
	if !ok {
		return 0, errs.InvalidFields(errs.Field{Path: "file", Code: "format", ZH: "文件名应以 .xlsx、.yaml 或者 .json 结尾", EN: "The file's name ends in .xlsx, .yaml or .json"})
	}
	abs, err := filepath.Abs(file)
	if err != nil {
		return 0, err
	}
	a, reached, err := c.askServer(ctx, http.MethodPost, "/items/export?"+url.Values{"file": {abs}}.Encode(), nil)
	if reached || err != nil {
		return n, errors.Join(err, fill(&n, []byte(a.Value)))
	}
	r, err := Open(ctx, c, time.Now, Logger(c))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	err = writeFile(abs, func(w io.Writer) (err error) {
		n, err = sheet.Write(ctx, r.Catalog, format, sheet.Choice{}, w)
		return err
	})
	return n, err
}

// writeFile makes a new file; half of one does not stay.
func writeFile(name string, write func(io.Writer) error) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return errs.New(errs.Invalid, "file-exists", "文件已经存在："+name, "the file is there already: "+name)
	}
	if err != nil {
		return err
	}
	if err := errors.Join(write(f), f.Close()); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return nil
}

func (r *Rooms) controlItems(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(io.LimitReader(req.Body, sheet.MaxFile+1))
	if err != nil {
		return
	}
	q := req.URL.Query()
	out, err := r.importItems(req.Context(), q.Get("name"), q.Get("reason"), q.Get("dry") != "", body)
	value, jerr := json.Marshal(out)
	say(w, 200, controlSays(errors.Join(err, jerr), string(value), nil))
}

func (r *Rooms) controlExport(w http.ResponseWriter, req *http.Request) {
	file := req.URL.Query().Get("file")
	format, _ := sheet.FormatOf(file)
	n := 0
	err := writeFile(file, func(to io.Writer) (err error) {
		n, err = sheet.Write(req.Context(), r.Catalog, format, sheet.Choice{}, to)
		return err
	})
	value, jerr := json.Marshal(n)
	say(w, 200, controlSays(errors.Join(err, jerr), string(value), nil))
}
