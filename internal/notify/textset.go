package notify

import (
	"embed"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
)

//go:embed texts
var shipped embed.FS

// textFile is one file of texts: kind → language → part.
type textFile map[string]map[string]map[Part]Text

// textSet is all texts that hold now, compiled. It is read whole and not changed.
type textSet struct {
	texts map[textKey]*compiled
}

// layers puts the texts together: those that came with the platform, titles
// that rooms handed in, the city's folder. What the city wrote in the console
// comes on top, for every reading anew. Errors name the text.
func layers(titles map[string]string, folder, sign string) (map[textKey]*compiled, error) {
	out := map[textKey]*compiled{}
	for kind, title := range titles {
		if err := put(out, textKey{kind, "zh", Title}, Text{Body: title}, sign, "default"); err != nil {
			return nil, err
		}
	}
	b, err := shipped.ReadFile("texts/default.yaml")
	if err != nil {
		return nil, err
	}
	if err := putFile(out, "default.yaml", b, titles, sign, "default"); err != nil {
		return nil, err
	}
	if folder == "" {
		return out, nil
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("no *.yaml in %s", folder)
	}
	if err != nil {
		return nil, errTexts("读不到消息模板目录 "+folder, "cannot read the folder of message texts "+folder).Because(err)
	}
	slices.Sort(files)
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			return nil, errTexts("读不到消息模板 "+f, "cannot read the message texts "+f).Because(err)
		}
		if err := putFile(out, filepath.Base(f), b, titles, sign, "folder"); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func errTexts(zh, en string) *errs.Error { return errs.New(errs.Invalid, "message-texts", zh, en) }

func putFile(out map[textKey]*compiled, name string, b []byte, titles map[string]string, sign, from string) error {
	var file textFile
	if err := yaml.UnmarshalWithOptions(b, &file, yaml.Strict()); err != nil {
		return errTexts("消息模板 "+name+" 有误：\n"+yaml.FormatError(err, false, true), "the message texts "+name+" do not fit:\n"+yaml.FormatError(err, false, true))
	}
	for _, kind := range slices.Sorted(maps.Keys(file)) {
		if from != "default" && !knownKind(kind, titles) {
			return errTexts("消息模板 "+name+"：没有消息种类 "+kind, "message texts "+name+": there is no kind "+kind)
		}
		for lang, parts := range file[kind] {
			for part, t := range parts {
				if err := put(out, textKey{kind, lang, part}, t, sign, from); err != nil {
					return errTexts("消息模板 "+name+" 有误："+errs.Of(err).ZH, "message texts "+name+": "+errs.Of(err).EN)
				}
			}
		}
	}
	return nil
}

// ShippedKinds lists the kinds that the texts of the platform name; those below
// "case." are acts, which a test of casework checks.
func ShippedKinds() []string {
	var file textFile
	b, err := shipped.ReadFile("texts/default.yaml")
	if err == nil {
		err = yaml.Unmarshal(b, &file)
	}
	if err != nil {
		panic("notify: the shipped texts: " + err.Error())
	}
	return slices.Sorted(maps.Keys(file))
}

// knownKind: of the table, or one that a room gave a title.
func knownKind(kind string, titles map[string]string) bool {
	_, titled := titles[kind]
	return titled || slices.Contains(KindKeys(), kind)
}

func put(out map[textKey]*compiled, key textKey, t Text, sign, from string) error {
	c, bad := compile(key, t, sign)
	if len(bad) > 0 {
		var zh, en []string
		for _, f := range bad {
			zh, en = append(zh, f.ZH), append(en, f.EN)
		}
		return errTexts(key.String()+"："+strings.Join(zh, "；"), key.String()+": "+strings.Join(en, "; "))
	}
	c.from = from
	out[key] = c
	return nil
}

// find gives the text of a part, inherited where the kind has none of its own;
// a language without one falls back to Chinese.
func (s *textSet) find(kind, lang string, part Part) (*compiled, string) {
	for _, l := range slices.Compact([]string{lang, "zh"}) {
		for _, k := range chain(kind) {
			if c, ok := s.texts[textKey{k, l, part}]; ok {
				return c, k
			}
		}
	}
	return nil, ""
}

// titled gives the values with the title in a language, where a text has one.
func (s *textSet) titled(kind, lang string, values map[string]string) map[string]string {
	c, _ := s.find(kind, lang, Title)
	if c == nil {
		return values
	}
	out := maps.Clone(values)
	out["title"] = c.Body
	return out
}

// inApp says a message in the platform.
func (s *textSet) inApp(kind, lang string, values map[string]string) (subject, body string) {
	c, _ := s.find(kind, lang, InApp)
	subject, body, _ = c.render(s.titled(kind, lang, values))
	return subject, body
}

const (
	sqlTextVersion = `SELECT version FROM message_text_version WHERE id = 1`
	sqlBumpTexts   = `UPDATE message_text_version SET version = version + 1 WHERE id = 1`
	sqlCityTexts   = `SELECT kind, lang, part, subject, body, off FROM message_text t
		WHERE id = (SELECT max(id) FROM message_text u WHERE u.kind = t.kind AND u.lang = t.lang AND u.part = t.part)`
)

// textAge is for how long a change made on another node may stay unseen, in
// microseconds.
const textAge = 60_000_000

// loadTexts puts what the city wrote on top of the rest. One that does not fit
// any more, after an upgrade, is left out and said in the log.
func (s *Service) loadTexts(q db.Queryer, _ int64) (*textSet, error) {
	set := &textSet{maps.Clone(s.base)}
	type row struct {
		key textKey
		t   Text
		off bool
	}
	rows, err := db.All(q, func(r *db.Rows) (x row, err error) {
		return x, r.Scan(&x.key.Kind, &x.key.Lang, &x.key.Part, &x.t.Subject, &x.t.Body, &x.off)
	}, sqlCityTexts)
	if err != nil {
		return nil, err
	}
	for _, x := range rows {
		if x.off {
			continue
		}
		if err := put(set.texts, x.key, x.t, s.c.Sign, "city"); err != nil {
			s.c.Log.Warn("a message text of the city does not fit and is left out", "text", x.key.String(), "err", err)
		}
	}
	return set, nil
}
