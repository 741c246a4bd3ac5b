package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"sort"

	"github.com/goccy/go-yaml"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/channel"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/licence"
)

// Folder is an import folder as it was read: see sample/README.md.
type Folder struct {
	City      CityFile
	Divisions []identity.DivisionInput
	Units     []identity.UnitInput
	Persons   []identity.PersonInput
	Entities  []identity.EntityInput
	Mandates  []identity.MandateSeed
	Staff     []identity.StaffInput
	Windows   []channel.Window
	Branches  []channel.BranchInput
	Placed    []channel.PlacementInput
	Topics    []catalog.Topic
	Events    []catalog.Topic
	Catalogue []catalog.Basic
	Synonyms  []catalog.Synonym
	Elements  form.Elements
	Types     []licence.Type
	Licences  []LicenceFile
	Items     []ItemFile
	Featured  []catalog.ChoiceInput
	History   *HistoryPlan
}

// CityFile is city.yaml.
type CityFile struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	NameEN   string `json:"nameEn"`
	Platform string `json:"platform"`
	Demo     bool   `json:"demo"`
	Note     string `json:"note"`
}

// LicenceFile is a line of licences.yaml.
type LicenceFile struct {
	Type   string `json:"type"`
	Holder struct {
		Person string `json:"person"`
		Entity string `json:"entity"`
	} `json:"holder"`
	Number string            `json:"number"`
	Issued string            `json:"issued"`
	Until  string            `json:"until"`
	Issuer string            `json:"issuer"`
	Fields map[string]string `json:"fields"`
}

// ItemFile is one file below items/.
type ItemFile struct {
	Path string
	catalog.Def
}

// ReadFolder reads an import folder strictly: files that are not there are left
// out, keys that do not exist are errors that name the file and the place.
func ReadFolder(fsys fs.FS) (*Folder, error) {
	f := &Folder{}
	var all error
	for _, part := range []struct {
		name string
		to   any
	}{
		{"city.yaml", &f.City}, {"divisions.yaml", &f.Divisions}, {"units.yaml", &f.Units}, {"persons.yaml", &f.Persons},
		{"entities.yaml", &f.Entities}, {"mandates.yaml", &f.Mandates}, {"staff.yaml", &f.Staff}, {"windows.yaml", &f.Windows},
		{"branches.yaml", &f.Branches}, {"placements.yaml", &f.Placed}, {"topics.yaml", &f.Topics}, {"events.yaml", &f.Events}, {"catalogue.yaml", &f.Catalogue}, {"synonyms.yaml", &f.Synonyms}, {"elements.yaml", &f.Elements}, {"licence-types.yaml", &f.Types}, {"licences.yaml", &f.Licences},
		{"history.yaml", &f.History}, {"featured.yaml", &f.Featured},
	} {
		if err := readYAML(fsys, part.name, part.to); err != nil && !errors.Is(err, fs.ErrNotExist) {
			all = errors.Join(all, err)
		}
	}
	names, err := fs.Glob(fsys, "items/*.yaml")
	if err != nil {
		return nil, err
	}
	sort.Strings(names)
	for _, name := range names {
		it := ItemFile{Path: name}
		if err := readYAML(fsys, name, &it.Def); err != nil {
			all = errors.Join(all, err)
			continue
		}
		f.Items = append(f.Items, it)
	}
	if all != nil {
		return nil, errs.New(errs.Invalid, "import-folder", "导入文件有误：\n"+all.Error(), "the import folder does not fit:\n"+all.Error())
	}
	return f, nil
}

// readYAML decodes by way of JSON, so that a file has the same names as the API.
func readYAML(fsys fs.FS, name string, to any) error {
	b, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	j, err := yaml.YAMLToJSON(b)
	if err != nil {
		return fmt.Errorf("%s: %s", name, yaml.FormatError(err, false, true))
	}
	dec := json.NewDecoder(bytes.NewReader(j))
	dec.DisallowUnknownFields()
	if err := dec.Decode(to); err != nil {
		return fmt.Errorf("%s: %w", path.Base(name), err)
	}
	return nil
}

func withPassword(raw, password string) (string, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return "", errs.New(errs.Invalid, "config", "database 不是有效的地址", "database is no valid URL")
	}
	u.User = url.UserPassword(u.User.Username(), password)
	return u.String(), nil
}
