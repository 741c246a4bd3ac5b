package archive

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/sm"
)

// sealed are the keys of a platform.
func sealed(t testing.TB, name string) sm.NoteSet {
	t.Helper()
	ring, err := sm.LoadOrCreate(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	set, err := ring.Note(name)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

var began = time.Date(2026, 3, 2, 9, 0, 0, 123456000, clock.Shanghai())

// logOf is a log with other records around that of the case.
func logOf(t testing.TB, set sm.NoteSet, notice, sum string) Log {
	t.Helper()
	body := fmt.Sprintf(`{"v":1,"id":1,"at":%d,"act":"case.submit","subject":"case/NO1","unit":3,"outcome":"done","actor":{"kind":"person","id":1},"detail":{"document":%q,"sm3":%q},"personal":"x"}`, began.UnixMicro(), notice, sum)
	var hashes []tlog.Hash
	read := tlog.HashReaderFunc(func(at []int64) (out []tlog.Hash, err error) {
		for _, i := range at {
			out = append(out, hashes[i])
		}
		return out, nil
	})
	var leaf [32]byte
	for i := range int64(37) {
		l := sm.SM3([]byte(fmt.Sprint("other", i)))
		if i == 21 {
			l = sm.SM3([]byte(body))
			leaf = l
		}
		more, err := tlog.StoredHashes(i, l[:], read)
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, more...)
	}
	root, err := tlog.TreeHash(37, read)
	if err != nil {
		t.Fatal(err)
	}
	proof, err := tlog.ProveRecord(37, 21, read)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := note.Sign(&note.Note{Text: fmt.Sprintf("%s\n37\n%s\ntime 2026-03-02T01:00:01Z\nbefore none\n", set.Signers[0].Name(), root)}, set.Signers...)
	if err != nil {
		t.Fatal(err)
	}
	return Log{Origin: set.Signers[0].Name(), Keys: set.Texts, Extract: audit.Extract{Checkpoint: string(signed),
		Records: []audit.Proven{{Position: 21, Leaf: hex.EncodeToString(leaf[:]), Body: body, Proof: proof}}}}
}

func holidays(t testing.TB) clock.Calendar {
	t.Helper()
	day := func(d int) clock.NamedDay { return clock.NamedDay{Date: clock.DateFrom(2026, 4, d), Name: "清明节"} }
	cal, err := clock.New(clock.Spec{Edition: "test", Years: []clock.Year{{Year: 2026, Source: "测试", Off: []clock.NamedDay{day(4), day(5), day(6)}}}})
	if err != nil {
		t.Fatal(err)
	}
	return cal
}

func memory(path, s string) Content {
	return Content{path, func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(s)), nil }}
}

// sample is a package of a case that never was.
func sample(t testing.TB, set sm.NoteSet) Package {
	t.Helper()
	const content, file = `{"kind":"receipt"}`, "%PDF-1.4 材料"
	sum := sm.SM3Hex([]byte(content))
	timer := clock.Timer{Limit: clock.Limit{N: 20, Unit: clock.WorkingDays, Article: "行政许可法第四十二条第一款"}, Start: began,
		Suspensions: []clock.Suspension{{From: began.Add(8 * 24 * time.Hour), To: began.Add(22 * 24 * time.Hour), Article: "行政许可法第四十五条", Reason: "专家评审"}}}
	p := timer.Prove(holidays(t), began.Add(45*24*time.Hour))
	p.Case, p.Name = "NO1", "法定办理期限"
	return Package{
		Case: Case{Format: Format, No: "NO1", Platform: "https://tongban.example", Item: ItemRef{Code: "I1", Name: "演示事项", GuideNo: 1}, Applicant: "演示申请人", Submitted: began, Closed: began, As: began,
			State: Word{"closed", "已办结"}, Outcome: Word{"granted", "准予"},
			Form: []Answer{{Label: "名称", Text: "<script>alert(1)</script>"}}, Delivery: []Answer{}, Tasks: []Task{},
			Materials: []Material{{Code: "m01", Name: "平面图", Files: []FileRef{{Path: "materials/m01/01-图.pdf", Name: "图.pdf", Type: "application/pdf", Size: int64(len(file)), SM3: sm.SM3Hex([]byte(file)), At: began}}}},
			Events:    []Event{{At: began, Act: "submit", Name: "提交申请", To: "submitted", Notice: "字第1号", Logged: true}},
			Notices:   []Notice{{Kind: "receipt", Title: "收件凭证", Number: "字第1号", At: began, SM3: sum, Path: "notices/01.json", Print: "notices/01.html"}},
			Clocks:    []ClockRef{{Path: "clocks/01.json", Name: "法定办理期限", Due: p.Result.Due.String()}}},
		Clocks: []clock.Proof{p}, Log: logOf(t, set, "字第1号", sum),
		Notices: []Content{memory("notices/01.json", content)}, Prints: []Content{memory("notices/01.html", "<p>凭证")}, Files: []Content{memory("materials/m01/01-图.pdf", file)},
	}
}

func written(t testing.TB, p Package, set sm.NoteSet) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, p, set.Signers[0]); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func verify(t testing.TB, pkg []byte, keys ...string) (Report, error) {
	return Verify(bytes.NewReader(pkg), int64(len(pkg)), Options{Known: holidays(t), Keys: keys})
}

func TestWrite(t *testing.T) {
	set := sealed(t, "test.tongban")
	p := sample(t, set)
	one, two := written(t, p, set), written(t, p, set)
	if !bytes.Equal(one, two) {
		t.Error("the same package gives other bytes")
	}
	r, err := verify(t, one, set.Texts...)
	if err != nil || !r.Sound() || r.Case != "NO1" || len(r.Clocks) != 1 {
		t.Fatalf("%+v %v", r, err)
	}
	for _, c := range r.Checks {
		if c.Verdict != Proven || c.ZH == "" || c.EN == "" {
			t.Errorf("%+v", c)
		}
	}
	r, err = verify(t, one) // with the keys of the package: whose they are stays open
	if err != nil || !r.Sound() || !slices.ContainsFunc(r.Checks, func(c Check) bool { return c.Verdict == Open }) {
		t.Errorf("%+v %v", r, err)
	}
	if r, err = verify(t, one, sealed(t, "test.tongban").Texts...); err != nil || r.Sound() {
		t.Errorf("with another platform's keys: %v", err)
	}
	for name, change := range map[string]func(*Package){
		"leaves":  func(p *Package) { p.Files[0].Path = "../x" },
		"twice":   func(p *Package) { p.Files[0].Path = "Notices/01.json"; p.Notices[0].Path = "notices/01.json" },
		"nowhere": func(p *Package) { p.Files[0].Path = "bin/x" },
		"gone": func(p *Package) {
			p.Files[0].Open = func() (io.ReadCloser, error) { return nil, errors.New("gone") }
		},
	} {
		p := sample(t, set)
		change(&p)
		if err := Write(io.Discard, p, set.Signers[0]); err == nil {
			t.Errorf("%s: written", name)
		}
	}
}

// TestVerify_every_byte: no byte of any file can be changed, in any way that
// leaves a ZIP.
func TestVerify_every_byte(t *testing.T) {
	set := sealed(t, "test.tongban")
	pkg := written(t, sample(t, set), set)
	z, err := zip.NewReader(bytes.NewReader(pkg), int64(len(pkg)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		at, err := f.DataOffset()
		if err != nil {
			t.Fatal(err)
		}
		step := int64(1)
		if f.Name == pageEntry || f.Name == scriptEntry || f.Name == dataEntry {
			step = 401 // one hash like any other
		}
		for i := int64(0); i < int64(f.UncompressedSize64); i += step {
			changed := slices.Clone(pkg)
			changed[at+i] ^= 1 << (i % 7)
			mend(changed, f, at)
			if r, err := verify(t, changed, set.Texts...); err == nil && r.Sound() {
				t.Fatalf("%s: byte %d", f.Name, i)
			}
		}
	}
}

func crc(b []byte) uint32 { return crc32.ChecksumIEEE(b) }

// mend puts the entry's CRC right, so that only the hashes can tell.
func mend(pkg []byte, f *zip.File, at int64) {
	sum := crc(pkg[at : at+int64(f.UncompressedSize64)])
	binary.LittleEndian.PutUint32(pkg[at+int64(f.UncompressedSize64)+4:], sum) // the descriptor behind it
	name := append([]byte(nil), f.Name...)
	for i := len(pkg) - 46 - len(name); i > 0; i-- {
		if bytes.HasPrefix(pkg[i:], []byte("PK\x01\x02")) && bytes.HasPrefix(pkg[i+46:], name) && int(binary.LittleEndian.Uint16(pkg[i+28:])) == len(name) {
			binary.LittleEndian.PutUint32(pkg[i+16:], sum)
			return
		}
	}
}

// TestVerify_forged: whoever has no key, or not all that is needed, is found
// out even when everything else is made to fit.
func TestVerify_forged(t *testing.T) {
	set := sealed(t, "test.tongban")
	for name, change := range map[string]func(*Package){
		"a wrong date":     func(p *Package) { *p.Clocks[0].Result.Due++; p.Case.Clocks[0].Due = p.Clocks[0].Result.Due.String() },
		"a day more":       func(p *Package) { p.Clocks[0].Limit.Days++ },
		"another date":     func(p *Package) { p.Case.Clocks[0].Due = "2026-12-31" },
		"another case":     func(p *Package) { p.Clocks[0].Case = "NO2" },
		"an invented rest": func(p *Package) { p.Clocks[0].Calendar.Years[0].Off = p.Clocks[0].Calendar.Years[0].Off[1:] },
		"a notice":         func(p *Package) { p.Notices[0] = memory("notices/01.json", `{"kind":"refusal"}`) },
		"a notice and its hash": func(p *Package) {
			p.Notices[0] = memory("notices/01.json", `{"kind":"refusal"}`)
			p.Case.Notices[0].SM3 = sm.SM3Hex([]byte(`{"kind":"refusal"}`))
		},
		"a material": func(p *Package) { p.Files[0] = memory(p.Files[0].Path, "other") },
		"an event":   func(p *Package) { p.Case.Events[0].At = p.Case.Events[0].At.Add(time.Microsecond) },
		"an act":     func(p *Package) { p.Case.Events[0].Act = "withdraw" },
		"a record": func(p *Package) {
			p.Log.Records[0].Body = strings.Replace(p.Log.Records[0].Body, "submit", "accept", 1)
		},
		"a position": func(p *Package) { p.Log.Records[0].Position = 20 },
		"checkpoint": func(p *Package) { p.Log.Checkpoint = strings.Replace(p.Log.Checkpoint, "\n37\n", "\n38\n", 1) },
		"no print":   func(p *Package) { p.Case.Notices[0].Print = "notices/02.html" },
	} {
		p := sample(t, set)
		change(&p)
		r, err := verify(t, written(t, p, set), set.Texts...)
		if err != nil || r.Sound() {
			t.Errorf("%s: %v, sound %v", name, err, r.Sound())
		}
	}
}

type raw struct {
	name   string
	body   []byte
	method uint16
}

func zipOf(t testing.TB, list ...raw) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range list {
		w, err := z.CreateHeader(&zip.FileHeader{Name: e.name, Method: e.method})
		if err == nil {
			_, err = w.Write(e.body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestWrite_bounds: what Verify would refuse is not written.
func TestWrite_bounds(t *testing.T) {
	set := sealed(t, "test.tongban")
	p := sample(t, set)
	file := p.Files[0]
	for len(p.Files) < maxFiles {
		f := file
		f.Path = fmt.Sprintf("materials/more/%d.txt", len(p.Files))
		p.Files = append(p.Files, f)
	}
	if err := Write(io.Discard, p, set.Signers[0]); !errors.Is(err, ErrTooLarge) {
		t.Errorf("%d files: %v", len(p.Files), err)
	}
	p = sample(t, set)
	p.Case.Applicant = strings.Repeat("长", maxText/3+1)
	if err := Write(io.Discard, p, set.Signers[0]); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a long text: %v", err)
	}
}

// TestVerify_hostile: what is no package is refused with an error that says
// why, and costs next to nothing.
func TestVerify_hostile(t *testing.T) {
	set := sealed(t, "test.tongban")
	good := written(t, sample(t, set), set)
	many := make([]raw, maxFiles+1)
	for i := range many {
		many[i] = raw{name: fmt.Sprintf("materials/%d", i)}
	}
	huge := slices.Clone(good)
	for i := bytes.Index(huge, []byte("PK\x01\x02")); i >= 0 && i < len(huge)-46; i++ { // every entry says that it is enormous
		if bytes.HasPrefix(huge[i:], []byte("PK\x01\x02")) {
			binary.LittleEndian.PutUint32(huge[i+20:], 0xfffffff0)
			binary.LittleEndian.PutUint32(huge[i+24:], 0xfffffff0)
		}
	}
	deep := append([]byte(`{"format":`), bytes.Repeat([]byte("["), 20_000_000)...)
	for name, pkg := range map[string][]byte{
		"nothing": nil, "short": []byte("PK"), "no ZIP": bytes.Repeat([]byte("x"), 1000), "cut": good[:len(good)-30], "followed": append(slices.Clone(good), 'x'),
		"traversal": zipOf(t, raw{name: "../manifest.json"}), "backslashes": zipOf(t, raw{name: `..\x`}), "absolute": zipOf(t, raw{name: "/etc/passwd"}), "drive": zipOf(t, raw{name: "C:/x"}),
		"somewhere": zipOf(t, raw{name: "bin/x"}), "folder": zipOf(t, raw{name: "notices/"}), "twice": zipOf(t, raw{name: "case.json"}, raw{name: "case.json"}), "twice in other case": zipOf(t, raw{name: "notices/A"}, raw{name: "notices/a"}),
		"packed": zipOf(t, raw{"case.json", make([]byte, 1<<20), zip.Deflate}), "many": zipOf(t, many...), "huge": huge,
		"not all": zipOf(t, raw{name: "case.json"}), "no JSON": zipOf(t, raw{name: "manifest.json", body: []byte("x")}, raw{name: "manifest.sig"}, raw{name: "case.json"}, raw{name: "log.json"}),
		"deep":           zipOf(t, raw{name: "manifest.json", body: deep}, raw{name: "manifest.sig"}, raw{name: "case.json"}, raw{name: "log.json"}),
		"text too large": zipOf(t, raw{name: "manifest.json", body: make([]byte, maxText+1)}),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := verify(t, pkg)
		runtime.ReadMemStats(&after)
		if !errors.Is(err, ErrNotPackage) {
			t.Errorf("%s: %v", name, err)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 128<<20 {
			t.Errorf("%s: %d MB allocated", name, n>>20)
		}
	}
	if _, err := Verify(bytes.NewReader(good), MaxSize+1, Options{}); !errors.Is(err, ErrNotPackage) {
		t.Error(err)
	}
}

func FuzzVerify(f *testing.F) {
	set := sealed(f, "test.tongban")
	good := written(f, sample(f, set), set)
	f.Add(good)
	f.Add(zipOf(f, raw{name: "case.json", body: []byte("{}")}, raw{name: "log.json", body: []byte(`{"checkpoint":"","records":[{"proof":[]}]}`)},
		raw{name: "manifest.json", body: []byte(`{"format":"` + Format + `"}`)}, raw{name: "manifest.sig"}))
	known := holidays(f)
	sum := sha256.Sum256(good)
	f.Fuzz(func(t *testing.T, pkg []byte) {
		r, err := Verify(bytes.NewReader(pkg), int64(len(pkg)), Options{Known: known, Keys: set.Texts})
		if err != nil {
			if !errors.Is(err, ErrNotPackage) {
				t.Fatal(err)
			}
			return
		}
		if r.Sound() && sha256.Sum256(pkg) != sum && r.Case != "NO1" {
			t.Fatal("a package that nobody sealed is sound")
		}
	})
}
