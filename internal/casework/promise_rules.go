package casework

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/sm"
)

// Promise 承诺 is what an applicant signs with an application: materials that
// follow later (容缺受理), and proofs that the promise stands for (告知承诺).
type Promise struct {
	Later  []string  `json:"later,omitempty"`  // codes of tolerant materials that are not handed in yet
	Commit []string  `json:"commit,omitempty"` // keys of commitments chosen instead of proof
	Name   string    `json:"name,omitempty"`   // who signed
	Hash   string    `json:"hash,omitempty"`   // SM3 of the text that was shown, hex
	At     time.Time `json:"at,omitzero"`
}

// None reports whether nothing is promised.
func (p Promise) None() bool { return len(p.Later) == 0 && len(p.Commit) == 0 }

// PromiseKind tells what is promised.
type PromiseKind string

// Kinds of promise.
const (
	Later  PromiseKind = "later"      // 容缺后补
	Commit PromiseKind = "commitment" // 告知承诺
)

// PromiseState says what became of one promise.
type PromiseState string

// States of a promise. A material that may follow later goes from open to
// supplied or lapsed, and from lapsed still to supplied until it is decided.
const (
	PromiseOpen      PromiseState = "open"
	PromiseSupplied  PromiseState = "supplied"  // 已补齐
	PromiseLapsed    PromiseState = "lapsed"    // 逾期未补齐
	PromiseWithdrawn PromiseState = "withdrawn" // 承诺已撤回: the proof has to be handed in
	PromiseKept      PromiseState = "kept"      // 核查相符
	PromiseDiffers   PromiseState = "differs"   // 与承诺不符,限期整改
	PromiseBroken    PromiseState = "broken"    // 逾期未整改
	PromiseExcused   PromiseState = "excused"   // 决定维持
)

var promiseWords = map[PromiseState][2]string{
	PromiseOpen: {"已承诺", "Promised"}, PromiseSupplied: {"已补齐", "Handed in"}, PromiseLapsed: {"逾期未补齐", "Did not follow in time"},
	PromiseWithdrawn: {"承诺已撤回", "Promise withdrawn"}, PromiseKept: {"核查相符", "Checked: kept"}, PromiseDiffers: {"与承诺不符，限期整改", "Differs; to be put right"},
	PromiseBroken: {"承诺不实", "Not kept"}, PromiseExcused: {"核查后维持决定", "Decision upheld after the check"},
}

// Words gives the state's name for people.
func (s PromiseState) Words() (zh, en string) { w := promiseWords[s]; return w[0], w[1] }

// PromiseText 承诺书 is the whole text that an applicant reads and signs.
type PromiseText struct {
	Kind  PromiseKind `json:"kind"`
	Title string      `json:"title"`
	Item  string      `json:"item"`
	Body  []string    `json:"body"`
	Lines []DocLine   `json:"lines"` // one entry for each thing promised, and what belongs to it
}

// promiseTexts writes what is signed for these materials and commitments, in the
// guide's order. What the guide does not have is left out.
func promiseTexts(g *catalog.Guide, p Promise) []PromiseText {
	var out []PromiseText
	item := "“" + g.Basics.Name + "”"
	if len(p.Later) > 0 {
		s := g.SupplementLimit()
		t := PromiseText{Kind: Later, Title: "容缺受理承诺书", Item: g.Basics.Name, Body: []string{
			fmt.Sprintf("本人（单位）申请%s，主要材料已经提交，下列材料尚未提交，申请先行受理。", item),
			fmt.Sprintf("本人（单位）承诺自受理之日起%s内补齐下列材料。", supplementWords(s)),
			supplementLate(s),
			"办理单位在补齐之前不作出准予的决定；因不可抗力不能按期补齐的，可以向窗口申请延长。",
		}}
		for _, m := range g.Materials {
			if slices.Contains(p.Later, m.Code) {
				t.Lines = append(t.Lines, DocLine{m.Name, m.Standard})
			}
		}
		out = append(out, t)
	}
	if len(p.Commit) > 0 {
		t := PromiseText{Kind: Commit, Title: "告知承诺书", Item: g.Basics.Name, Body: []string{
			fmt.Sprintf("办理%s，下列证明可以提交，也可以由申请人书面承诺代替，由申请人自愿选择。", item),
			"本人（单位）已经知晓下列全部告知内容，承诺所述情况真实，符合要求，愿意承担不实承诺、违反承诺的法律责任。",
			"作出决定以前可以撤回承诺，改为提交证明。",
		}}
		for _, c := range g.Commitments {
			if !slices.Contains(p.Commit, c.Key) {
				continue
			}
			t.Lines = append(t.Lines, DocLine{"承诺事项：" + c.Name, c.Text}, DocLine{"应当履行的义务", strings.Join(c.Duties, "；")},
				DocLine{"事后核查", fmt.Sprintf("%s 作出决定后%d个工作日内核查。", c.Check, c.Days)},
				DocLine{"与承诺不符的", fmt.Sprintf("限%d个工作日内整改。%s", c.Rectify, c.Consequence)}, DocLine{"依据", c.Basis})
			if c.Excluded != "" {
				t.Lines = append(t.Lines, DocLine{"不适用告知承诺的", c.Excluded})
			}
		}
		out = append(out, t)
	}
	return out
}

// promiseHash is the SM3, in hex, of the texts as they are shown.
func promiseHash(texts []PromiseText) string {
	b, err := json.Marshal(texts)
	if err != nil {
		panic("casework: strings did not marshal: " + err.Error())
	}
	sum := sm.SM3(b)
	return hex.EncodeToString(sum[:])
}

func supplementWords(s catalog.Supplement) string {
	if s.Unit == "day" {
		return fmt.Sprintf("%d日", s.Days)
	}
	return fmt.Sprintf("%d个工作日", s.Days)
}

// supplementLate says what follows if the materials do not, as it is signed.
func supplementLate(s catalog.Supplement) string {
	words := "逾期未补齐的，按已经提交的材料作出决定。"
	if s.Late == catalog.LateWithdrawn {
		words = "逾期未补齐的，视为撤回申请，终止办理。"
	}
	if s.Note != "" {
		words += sentence(s.Note)
	}
	return words
}

// missingLater lists the tolerant materials that these answers ask for, that are
// not handed in, and for which no promise stands.
func missingLater(d *Draft, g *catalog.Guide, values form.Values) (out []catalog.Material) {
	for _, m := range g.Asked(values) {
		if g.Tolerates(m) && d.Data.Handed(m.Code).Empty() && !committed(g, d.Data.Promise, m.Code) {
			out = append(out, m)
		}
	}
	return out
}

// committed reports whether a chosen commitment stands for a material.
func committed(g *catalog.Guide, p Promise, material string) bool {
	return slices.ContainsFunc(p.Commit, func(key string) bool {
		c, ok := g.Commitment(key)
		return ok && c.Material == material
	})
}

// promiseProblems tells what keeps a draft from being handed in for want of a
// promise, or because the signed one no longer says what is handed in.
func promiseProblems(d *Draft, g *catalog.Guide, values form.Values) (out []errs.Field) {
	p := d.Data.Promise
	var missing []string
	for _, m := range missingLater(d, g, values) {
		missing = append(missing, m.Code)
		if !slices.Contains(p.Later, m.Code) {
			out = append(out, errs.Field{Path: "materials/" + m.Code, Code: "promise",
				ZH: "请提交“" + m.Name + "”，或者签署容缺承诺、以后补交", EN: "Hand in " + orElse(m.NameEN, m.Name) + ", or sign that it follows later"})
		}
	}
	if d.CaseNo != "" || p.None() { // signed before, with the application
		return out
	}
	again := slices.ContainsFunc(p.Later, func(code string) bool { return !slices.Contains(missing, code) })
	for _, key := range p.Commit {
		c, ok := g.Commitment(key)
		again = again || !ok || !c.Offered(values) || c.Material != "" && !d.Data.Handed(c.Material).Empty()
	}
	if again {
		out = append(out, errs.Field{Path: "signature", Code: "sign-again", ZH: "提交的内容有变化，与签署的承诺书不一致，请重新签署或者取消承诺",
			EN: "What is handed in is no longer what the promise says; sign again or take the promise back"})
	}
	return out
}

// promiseChoice checks what somebody wants to promise.
func promiseChoice(d *Draft, g *catalog.Guide, values form.Values, p Promise) (out []errs.Field) {
	bad := func(path, code, zh, en string) { out = append(out, errs.Field{Path: path, Code: code, ZH: zh, EN: en}) }
	asked := g.Asked(values)
	for _, code := range p.Later {
		i := slices.IndexFunc(asked, func(m catalog.Material) bool { return m.Code == code && g.Tolerates(m) })
		switch {
		case i < 0:
			bad("later", "not-tolerant", "这项材料不能容缺后补", "This document cannot follow later")
		case !d.Data.Handed(code).Empty():
			bad("later", "handed-in", "“"+asked[i].Name+"”已经提交，不需要承诺", "It is handed in already")
		case committed(g, p, code):
			bad("later", "twice", "“"+asked[i].Name+"”已经选择告知承诺", "A commitment stands for it already")
		}
	}
	for _, key := range p.Commit {
		c, ok := g.Commitment(key)
		switch {
		case !ok:
			bad("commit", "unknown", "办事指南中没有这项告知承诺", "The guide has no such commitment")
		case !c.Offered(values):
			bad("commit", "not-offered", "按您填写的情况，“"+c.Name+"”不适用告知承诺，请提交证明", "With these answers the promise is not offered; prove it")
		case c.Material != "" && !d.Data.Handed(c.Material).Empty():
			bad("commit", "handed-in", "“"+c.Name+"”的证明已经提交，不需要承诺", "It is proven already")
		}
	}
	return out
}

var (
	errBrokenBefore = errs.Field{Path: "commit", Code: "broken-before", ZH: "申请人有承诺不实的记录，信用修复以前不适用告知承诺，请提交证明",
		EN: "The applicant broke a promise before; prove it instead"}
	errPromiseText = errs.Field{Path: "hash", Code: "other-text", ZH: "承诺书的内容有变化，请重新阅读后签署", EN: "The text has changed; read it again before you sign"}
)

// ErrToBeSupplied refuses a grant while a promised material is missing.
var ErrToBeSupplied = errs.New(errs.Conflict, "to-be-supplied", "容缺的材料还没有补齐，不能作出准予的决定。", "What was to follow is still missing; it cannot be granted yet.")

// promisedAsks: whoever promised to bring something later is not asked for it.
func promisedAsks(asks []Ask, list []promise) (out []errs.Field) {
	for i, a := range asks {
		if slices.ContainsFunc(list, func(p promise) bool { return p.Kind == Later && p.State == PromiseOpen && p.Key == a.Material }) {
			out = append(out, errs.Field{Path: fmt.Sprintf("asks/%d", i), Code: "promised", ZH: "申请人已经承诺以后补齐这项材料，不能再要求补正",
				EN: "The applicant promised to bring this later; it cannot be asked for now"})
		}
	}
	return out
}
