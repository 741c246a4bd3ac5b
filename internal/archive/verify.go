package archive

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/sm"
)

// Options of Verify.
type Options struct {
	Known clock.Calendar // the reader's calendar, to compare that of the clocks with
	Keys  []string       // verifier keys that the reader trusts; none: those in the package are used, and named
}

// Report 校验结果 is what was looked at and what was found.
type Report struct {
	Case   string
	Title  string // of the item
	Checks []Check
	Clocks []ClockResult
}

// Check is one thing that was looked at.
type Check struct {
	ZH, EN  string
	Verdict Verdict
	Details []Detail // what is wrong, or what the reader should know
}

// Detail is one finding, in both languages.
type Detail struct{ ZH, EN string }

// Verdict of a check.
type Verdict string

// The verdicts.
const (
	Proven Verdict = "proven" // 已验证
	Wrong  Verdict = "wrong"  // 不符
	Open   Verdict = "open"   // 无法验证: something from outside is needed
)

// ClockResult is the proof of one limit with what follows from it.
type ClockResult struct {
	Name   string
	Proof  clock.Proof
	Differ []clock.Difference
}

// Sound reports whether nothing is wrong.
func (r Report) Sound() bool {
	return !slices.ContainsFunc(r.Checks, func(c Check) bool { return c.Verdict == Wrong })
}

// Verify checks a package from its bytes alone: its outside, the seal over the
// manifest, the hash of every entry, every clock, the log, and that the notices
// and events are those of the log. The error is for what is no package at all
// (ErrNotPackage) or cannot be read; what is wrong inside is in the report.
func Verify(r io.ReaderAt, size int64, o Options) (Report, error) {
	p, err := open(r, size)
	if err != nil {
		return Report{}, err
	}
	v := &verifier{reader: p, o: o}
	if err := v.load(); err != nil {
		return Report{}, err
	}
	v.report.Case, v.report.Title = v.c.No, v.c.Item.Name
	v.checkSeal()
	v.checkHashes()
	v.checkPage()
	v.checkClocks()
	v.checkLog()
	v.checkNotices()
	v.checkMaterials()
	return v.report, nil
}

type verifier struct {
	*reader
	o      Options
	report Report

	manifest           Manifest
	manifestText, seal []byte
	c                  Case
	caseText, logText  []byte
	log                Log
	proofs             [][]byte
	hashes             map[string]Entry // as they are
	logged             []audit.ProvenAct
}

func (v *verifier) load() (err error) {
	for _, e := range []struct {
		name string
		to   *[]byte
		into any
	}{{manifestEntry, &v.manifestText, &v.manifest}, {sealEntry, &v.seal, nil}, {caseEntry, &v.caseText, &v.c}, {logEntry, &v.logText, &v.log}} {
		if *e.to, err = v.text(e.name); err != nil {
			return err
		}
		if e.into == nil {
			continue
		}
		dec := json.NewDecoder(bytes.NewReader(*e.to))
		dec.DisallowUnknownFields()
		if err := dec.Decode(e.into); err != nil {
			return bad("%s: %v", e.name, err)
		}
		if _, err := dec.Token(); !errors.Is(err, io.EOF) {
			return bad("%s: something follows it", e.name)
		}
	}
	if v.manifest.Format != Format || v.c.Format != Format {
		return bad("the format is not %s", Format)
	}
	return nil
}

func (v *verifier) check(zh, en string, details ...Detail) {
	c := Check{ZH: zh, EN: en, Verdict: Proven, Details: details}
	if len(details) > 0 {
		c.Verdict = Wrong
	}
	if len(c.Details) > 20 {
		c.Details = append(c.Details[:20:20], Detail{fmt.Sprintf("……共 %d 处", len(details)), fmt.Sprintf("… %d in all", len(details))})
	}
	v.report.Checks = append(v.report.Checks, c)
}

func say(zh, en string, args ...any) Detail {
	return Detail{fmt.Sprintf(zh, args...), fmt.Sprintf(en, args...)}
}

// ParseKeys reads verifier keys in their text form, Ed25519 first.
func ParseKeys(texts []string) (k audit.Keys, err error) {
	for i, t := range texts {
		var n note.Verifier
		if i == 0 {
			n, err = note.NewVerifier(t)
		} else {
			n, err = sm.ParseSM2NoteVerifier(t)
		}
		if err != nil {
			return audit.Keys{}, err
		}
		k.Verifiers = append(k.Verifiers, n)
	}
	if len(k.Verifiers) == 0 {
		return k, errors.New("no key")
	}
	return k, nil
}

// keys are those to check with: the reader's, or those of the package.
func (v *verifier) keys() (audit.Keys, error) {
	if len(v.o.Keys) > 0 {
		return ParseKeys(v.o.Keys)
	}
	if len(v.log.Keys) > 50 {
		return audit.Keys{}, errors.New("too many keys")
	}
	return ParseKeys(v.log.Keys)
}

// checkSeal proves the signature over the manifest.
func (v *verifier) checkSeal() {
	var found []Detail
	k, err := v.keys()
	if err == nil {
		_, err = note.Open(v.seal, note.VerifierList(k.Verifiers[0]))
	}
	switch {
	case err != nil:
		found = append(found, say("封签无法通过验签：%v", "the seal does not verify: %v", err))
	case !strings.HasPrefix(string(v.seal), sealText(v.manifest.Case, v.manifestText)+"\n") || v.manifest.Case != v.c.No:
		found = append(found, say("封签签的不是这份清单", "the seal is of another manifest"))
	}
	v.check("封签：清单由平台签名", "seal: the platform signed the manifest", found...)
	if len(found) == 0 && len(v.o.Keys) == 0 {
		v.report.Checks = append(v.report.Checks, Check{ZH: "签名公钥的归属", EN: "whose key it is", Verdict: Open, Details: []Detail{
			say("公钥取自档案包：%s。请与该市公布的公钥核对，或者用 --key 指定。", "the key is the package's own: %s; compare it with the one the city publishes, or give it with --key", v.log.Keys[0])}})
	}
}

// checkHashes reads every entry once.
func (v *verifier) checkHashes() {
	var found []Detail
	v.hashes = map[string]Entry{}
	var listed []string
	for _, e := range v.manifest.Files {
		listed = append(listed, e.Path)
	}
	listed = append(listed, manifestEntry, sealEntry)
	if !slices.Equal(listed, v.names) {
		for _, n := range v.names {
			if !slices.Contains(listed, n) {
				found = append(found, say("%s 不在清单中", "%s is not in the manifest", n))
			}
		}
		for _, n := range listed {
			if _, ok := v.files[n]; !ok {
				found = append(found, say("%s 在清单中，但是包里没有", "%s is in the manifest and not in the package", n))
			}
		}
		if len(found) == 0 {
			found = append(found, say("文件的次序与清单不同", "the entries are in another order than in the manifest"))
		}
	}
	for _, e := range v.manifest.Files {
		f, ok := v.files[e.Path]
		if !ok {
			continue
		}
		r, err := f.Open()
		if err != nil {
			found = append(found, say("%s 无法读取：%v", "%s cannot be read: %v", e.Path, err))
			continue
		}
		sm3, sha := sm.NewSM3(), sha256.New()
		n, err := io.Copy(io.MultiWriter(sm3, sha), r)
		err = errors.Join(err, r.Close())
		is := Entry{e.Path, n, hex.EncodeToString(sm3.Sum(nil)), hex.EncodeToString(sha.Sum(nil))}
		v.hashes[e.Path] = is
		if err != nil || is != e {
			found = append(found, say("%s 被改动：哈希或者大小与清单不符", "%s was changed: its hash or size differs from the manifest", e.Path))
		}
	}
	v.check(fmt.Sprintf("文件完整：%d 个文件的 SM3 和 SHA-256", len(v.manifest.Files)), fmt.Sprintf("files: SM3 and SHA-256 of %d entries", len(v.manifest.Files)), found...)
}

// checkPage proves that the page shows what the files say.
func (v *verifier) checkPage() {
	var found []Detail
	for _, c := range v.c.Clocks {
		b, err := v.text(c.Path)
		if err != nil {
			b = nil // told by checkClocks
		}
		v.proofs = append(v.proofs, b)
	}
	b, err := v.text(dataEntry)
	if err != nil || !bytes.Equal(b, data(v.caseText, v.proofs, v.logText)) {
		found = append(found, say("网页数据 data.js 与各文件的内容不同", "the page's data.js differs from the files"))
	}
	v.check("网页显示的内容与文件一致", "the page shows what the files say", found...)
}

// checkClocks reckons every limit again.
func (v *verifier) checkClocks() {
	var found, notes []Detail
	for i, ref := range v.c.Clocks {
		p, err := clock.ParseProof(v.proofs[i])
		if err != nil {
			found = append(found, say("%s：无法读取：%v", "%s cannot be read: %v", ref.Path, err))
			continue
		}
		res := ClockResult{Name: ref.Name, Proof: p, Differ: p.Check()}
		for _, d := range res.Differ {
			found = append(found, say("%[1]s（%[2]s）%[3]s：%[4]s", "%[1]s (%[2]s) %[3]s: %[5]s", ref.Name, ref.Path, d.Path, d.ZH, d.EN))
		}
		due := ""
		if p.Result.Due != nil {
			due = p.Result.Due.String()
		}
		if due != ref.Due || p.Case != v.c.No || p.Name != ref.Name {
			found = append(found, say("%s（%s）与办件记录不符", "%s (%s) is not the one the case names", ref.Name, ref.Path))
		}
		differ, unknown := p.Against(v.o.Known)
		for _, d := range differ {
			found = append(found, say("%[1]s：%[2]s", "%[1]s: %[3]s", ref.Name, d.ZH, d.EN))
		}
		for _, y := range unknown {
			n := say("本程序没有 %d 年的放假安排，该年按档案所附日历计算", "this program has no holiday notice of %d; the package's own is used", y)
			if !slices.Contains(notes, n) {
				notes = append(notes, n)
			}
		}
		v.report.Clocks = append(v.report.Clocks, res)
	}
	v.check(fmt.Sprintf("期限：重新计算 %d 项", len(v.c.Clocks)), fmt.Sprintf("limits: %d reckoned again", len(v.c.Clocks)), found...)
	if len(notes) > 0 {
		v.report.Checks = append(v.report.Checks, Check{"放假安排", "holiday notices", Open, notes})
	}
}

// checkLog proves the records and that the case's events are among them.
func (v *verifier) checkLog() {
	var found []Detail
	k, err := v.keys()
	if err == nil {
		_, v.logged, err = v.log.Check(k)
	}
	if err != nil {
		found = append(found, say("审计日志证明不成立：%v", "the proof of the log fails: %v", err))
	}
	for _, a := range v.logged {
		if a.Subject != "case/"+v.c.No {
			found = append(found, say("日志记录说的是另一个对象：%s", "a record is about something else: %s", a.Subject))
		}
	}
	for _, e := range v.c.Events {
		if err == nil && e.Logged && v.record(e) < 0 {
			found = append(found, say("%s 的“%s”在日志中没有记录", "nothing in the log says “%[2]s” at %[1]s", e.At.In(clock.Shanghai()).Format("2006-01-02 15:04:05"), e.Name))
		}
	}
	v.check(fmt.Sprintf("审计日志：%d 条记录在签名的检查点之内，办理过程与之一致", len(v.log.Records)),
		fmt.Sprintf("audit log: %d records lie within a signed checkpoint and the events agree", len(v.log.Records)), found...)
}

// record is the place of an event's record, -1 if there is none.
func (v *verifier) record(e Event) int {
	return slices.IndexFunc(v.logged, func(a audit.ProvenAct) bool {
		return a.Act == "case."+e.Act && a.Outcome == "done" && a.At.UnixMicro() == e.At.UnixMicro()
	})
}

// checkNotices proves that each notice is the one fixed in its act.
func (v *verifier) checkNotices() {
	var found []Detail
	bound := 0
	for _, n := range v.c.Notices {
		if is, ok := v.hashes[n.Path]; !ok || is.SM3 != n.SM3 {
			found = append(found, say("%s %s 的内容不是作出时固定的内容", "%s %s is not as it was fixed in its act", n.Title, n.Number))
		}
		if n.Print != "" {
			if _, ok := v.hashes[n.Print]; !ok {
				found = append(found, say("缺少 %s", "%s is missing", n.Print))
			}
		}
		for _, a := range v.logged {
			if a.Detail["document"] == n.Number {
				if bound++; a.Detail["sm3"] != n.SM3 {
					found = append(found, say("%s %s 与审计日志固定的 SM3 不符", "%s %s has another SM3 than the log fixed", n.Title, n.Number))
				}
			}
		}
	}
	v.check(fmt.Sprintf("文书：%d 份与作出时固定的 SM3 一致，其中 %d 份的 SM3 写在审计日志中", len(v.c.Notices), bound),
		fmt.Sprintf("notices: %d are as their acts fixed them, the SM3 of %d stands in the log", len(v.c.Notices), bound), found...)
}

// checkMaterials proves that the materials are those that were stored.
func (v *verifier) checkMaterials() {
	var found []Detail
	n := 0
	for _, m := range v.c.Materials {
		for _, f := range m.Files {
			n++
			if is, ok := v.hashes[f.Path]; !ok || is.SM3 != f.SM3 || is.Size != f.Size {
				found = append(found, say("%s 的 %s 不是收到时的内容", "%[2]s of %[1]s is not as it was received", m.Name, f.Name))
			}
		}
	}
	v.check(fmt.Sprintf("材料：%d 个文件与收到时一致", n), fmt.Sprintf("materials: %d files are as they were received", n), found...)
}
