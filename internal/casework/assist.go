package casework

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/notify"
	"github.com/tongban/tongban/internal/sm"
)

// Assist 帮办代办 is help with one matter: asked for by the person, given by one
// clerk, free of charge, over when the matter is done or its last day has passed
// (第二十条、第二十四条: 自愿、无偿). It is the helper's mandate: nothing that it
// does not name can be done under it.
type Assist struct {
	ID        int64
	ItemID    int64
	ItemCode  string
	ItemName  string
	BasicCode string
	Party     actor.Party
	UnitID    int64 // centre or station that helps
	Helper    Filer // zero until somebody takes it
	State     AssistState
	Version   int64
	Acts      []Act  // what the helper may do once there is a case: correct, withdraw
	Until     string // last day
	DraftID   int64
	CaseNo    string
	AskedAt   time.Time
	BegunAt   time.Time
	EndedAt   time.Time
	EndReason string
	Data      AssistData
}

// AssistState says how far the help has come.
type AssistState string

// The states.
const (
	AssistAsked AssistState = "asked" // 已提出,待接单（窗口提出的待本人确认）
	AssistOpen  AssistState = "open"  // 帮办中
	AssistEnded AssistState = "ended" // 已结束
)

var assistWords = map[AssistState][2]string{AssistAsked: {"待开始", "Asked for"}, AssistOpen: {"帮办中", "Under way"}, AssistEnded: {"已结束", "Over"}}

// Words gives the state's name for people.
func (s AssistState) Words() (zh, en string) { w := assistWords[s]; return w[0], w[1] }

// AssistData is what of a help is sealed at rest.
type AssistData struct {
	Wish      string    `json:"wish,omitempty"`
	AtWindow  bool      `json:"atWindow,omitempty"` // a clerk wrote it down: the person has to say yes first
	Code      string    `json:"code,omitempty"`     // keyed hash of the code sent
	CodeAt    time.Time `json:"codeAt,omitzero"`
	CodeFor   string    `json:"codeFor,omitempty"` // hash of what it confirms
	Tries     int       `json:"tries,omitempty"`
	Confirmed string    `json:"confirmed,omitempty"` // hash of the draft that the person said yes to
	How       string    `json:"how,omitempty"`       // "online", "code", "paper"
	Paper     []int64   `json:"paper,omitempty"`     // signed sheets, in the files room
}

// AssistEvent is one line of what was done in somebody's name.
type AssistEvent struct {
	At   time.Time
	Act  string
	By   Filer
	Note string
}

// AssistView is a help as those concerned see it.
type AssistView struct {
	Assist
	Unit    identity.Unit
	Events  []AssistEvent
	Summary []form.Line // of the draft, for the person to read before saying yes
	Handed  []MaterialView
	Digest  string // names what is shown; a yes to something else does not count
	Waits   bool   // the person's word is asked for: to begin, or before submission
	Case    *Case  // once handed in
}

// AssistAsk is what somebody asks for.
type AssistAsk struct {
	ItemCode string
	Unit     int64       // centre or station that is to help
	Party    actor.Party // staff only: who stands at the window
	Wish     string
	Acts     []Act // of AssistActs
	Days     int   // calendar days from today, 0: DefaultAssistDays
	Once     Once
}

// AssistActs are what a person may leave to the helper besides filling in and
// handing in.
var AssistActs = []Act{Resubmit, Withdraw}

// How long help lasts.
const (
	DefaultAssistDays = 30
	maxAssistDays     = 180
	codeLife          = 10 * time.Minute
	codeTries         = 5
)

// Errors of help.
var (
	ErrNoAssist      = errs.New(errs.NotFound, "assist-not-found", "没有找到这项帮办。", "There is no such help.")
	ErrAssistOver    = errs.New(errs.Conflict, "assist-over", "这项帮办已经结束。", "This help is over.")
	ErrNotConfirmed  = errs.New(errs.Conflict, "not-confirmed", "提交之前须由申请人本人确认：网上确认、短信验证码，或者签字确认。内容有改动的须重新确认。", "The applicant confirms before it is handed in, and again after a change.")
	ErrNothingToSay  = errs.New(errs.Conflict, "nothing-to-confirm", "目前没有需要确认的内容。", "There is nothing to confirm now.")
	ErrAssistChanged = errs.New(errs.Conflict, "assist-changed", "内容已有变化，请重新核对后再确认。", "It has changed; look at it again.")
)

const (
	assistColumns = `id, item_id, item_code, item_name, basic_code, party_kind, party_id, party_name, unit_id, helper_id, helper_name, state, version, acts,
		until_day, draft_id, case_no, data, asked_at, begun_at, ended_at, end_reason`
	sqlAddAssist  = `INSERT INTO assist (` + assistColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)`
	sqlAssist     = `SELECT ` + assistColumns + ` FROM assist WHERE id = $1`
	sqlSaveAssist = `UPDATE assist SET helper_id = $3, helper_name = $4, state = $5, version = version + 1, draft_id = $6, case_no = $7, data = $8, begun_at = $9,
		ended_at = $10, end_reason = $11 WHERE id = $1 AND version = $2`
	sqlAssistsOfUnit   = `SELECT ` + assistColumns + ` FROM assist WHERE unit_id = $1 AND state = 'asked' ORDER BY id LIMIT 200`
	sqlAssistsOfHelper = `SELECT ` + assistColumns + ` FROM assist WHERE helper_id = $1 AND state = $2 ORDER BY id DESC LIMIT 200`
	sqlAssistsOfParty  = `SELECT ` + assistColumns + ` FROM assist WHERE party_kind = $1 AND party_id = $2 ORDER BY id DESC LIMIT 200`
	sqlAssistOfCase    = `SELECT ` + assistColumns + ` FROM assist WHERE case_no = $1 AND case_no <> '' AND helper_id = $2`
	// Over: the last day has passed, or the case is closed.
	sqlAssistsOver = `SELECT a.id FROM assist a LEFT JOIN cases c ON a.case_no <> '' AND c.no = a.case_no
		WHERE a.state = 'open' AND (a.until_day < $1 OR c.state = 'closed') ORDER BY a.id LIMIT 500`
	sqlAddAssistEvent = `INSERT INTO assist_event (id, assist_id, at, act, actor_kind, actor_id, actor_name, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	sqlAssistEvents   = `SELECT at, act, actor_kind, actor_id, actor_name, note FROM assist_event WHERE assist_id = $1 ORDER BY id LIMIT 500`
)

// AskAssist 提出帮办 is done by the person online, or written down by a clerk for
// who stands at the window; then the person's own word is needed to begin.
func (s *Service) AskAssist(ctx context.Context, a actor.Actor, in AssistAsk) (x *Assist, err error) {
	defer errs.Wrap(&err, "ask for help")
	if err := s.Identity.Allow(ctx, a, identity.AssistAsk, identity.Target{}, "assist"); err != nil {
		return nil, err
	}
	it, v, err := s.Catalog.Guide(ctx, in.ItemCode)
	if err != nil {
		return nil, err
	}
	if it.State != catalog.InUse {
		return nil, catalog.ErrPaused
	}
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return nil, err
	}
	if a.Kind == actor.Person {
		in.Party = a.For
	} else if in.Unit == 0 {
		in.Unit = a.Unit
	}
	u, ok := dir.Unit(in.Unit)
	bad := textProblems("wish", in.Wish, maxShort*5)
	if !ok || u.Kind != "centre" && u.Kind != "station" {
		bad = append(bad, errs.Field{Path: "unit", Code: "reference", ZH: "请选择提供帮办代办的服务中心或者服务站", EN: "Choose a service centre or station"})
	}
	if in.Days == 0 {
		in.Days = DefaultAssistDays
	}
	if in.Days < 1 || in.Days > maxAssistDays {
		bad = append(bad, errs.Field{Path: "days", Code: "range", ZH: fmt.Sprintf("期限应为1至%d天", maxAssistDays), EN: fmt.Sprintf("Between 1 and %d days", maxAssistDays)})
	}
	for _, act := range in.Acts {
		if !slices.Contains(AssistActs, act) {
			bad = append(bad, errs.Field{Path: "acts", Code: "option", ZH: "不能委托这项操作", EN: "This cannot be left to a helper"})
		}
	}
	if len(bad) > 0 {
		return nil, errs.InvalidFields(bad...)
	}
	if err := fits(&v.Guide, in.Party); err != nil {
		return nil, err
	}
	info, err := s.Identity.Party(s.DB.Read(ctx), in.Party)
	if err != nil {
		return nil, err
	}
	in.Party.Name = info.Name
	err = s.DB.Write(ctx, "casework.assist-ask", func(tx *db.Tx) error {
		prior, err := tx.Claim(in.Once)
		if err != nil {
			return err
		}
		if prior != 0 {
			x, err = s.assist(tx, prior)
			return err
		}
		x = &Assist{ID: tx.NewID(), ItemID: it.ID, ItemCode: it.Code, ItemName: it.Name, BasicCode: v.Guide.Basics.BasicCode, Party: in.Party, UnitID: u.ID, State: AssistAsked, Version: 1,
			Acts: slices.Clone(in.Acts), Until: (clock.DateOf(tx.Now()) + clock.Date(in.Days)).String(), AskedAt: tx.Now(),
			Data: AssistData{Wish: strings.TrimSpace(in.Wish), AtWindow: a.Kind == actor.Staff}}
		if x.Data.AtWindow {
			x.Helper = Filer{a.Kind, a.ID, a.Name}
		}
		if err := s.addAssist(tx, x); err != nil {
			return err
		}
		tx.Record(in.Once, x.ID)
		return s.didAssist(tx, a, x, "ask", "")
	})
	return x, err
}

// TakeAssist 接单: a clerk of the unit that was asked becomes the helper.
func (s *Service) TakeAssist(ctx context.Context, a actor.Actor, id int64) (*Assist, error) {
	return s.changeAssist(ctx, a, id, identity.AssistTake, func(tx *db.Tx, x *Assist) error {
		if x.State != AssistAsked || x.Data.AtWindow || x.Helper.ID != 0 {
			return ErrAssistChanged
		}
		x.Helper, x.State, x.BegunAt = Filer{a.Kind, a.ID, a.Name}, AssistOpen, tx.Now()
		if err := s.didAssist(tx, a, x, "take", ""); err != nil {
			return err
		}
		return s.tellAssist(tx, x, "您的帮办代办已有人接单", "“"+x.ItemName+"”由"+a.Name+"为您帮办，不收费用。提交之前会请您本人确认。", "")
	})
}

// Help opens the draft that the helper fills in, or finds it again.
func (s *Service) Help(ctx context.Context, a actor.Actor, id int64) (d *Draft, err error) {
	defer errs.Wrap(&err, "help %d", id)
	x, err := s.helping(s.DB.Read(ctx), a, id)
	if err != nil {
		return nil, err
	}
	if x.CaseNo != "" {
		return nil, ErrNothingToSay
	}
	if x.DraftID != 0 {
		if d, _, err = s.Draft(ctx, a, x.DraftID); !errors.Is(err, ErrNoDraft) {
			return d, err
		}
	}
	if d, err = s.startDraft(ctx, a, x.ItemCode, x.Party, nil, nil, x.ID); err != nil {
		return nil, err
	}
	_, err = s.changeAssist(ctx, a, id, identity.AssistHelp, func(tx *db.Tx, x *Assist) error {
		x.DraftID = d.ID
		return s.didAssist(tx, a, x, "draft", "")
	})
	return d, err
}

// helping finds a help that lasts and is the actor's.
func (s *Service) helping(q db.Queryer, a actor.Actor, id int64) (*Assist, error) {
	x, err := s.assist(q, id)
	if err != nil {
		return nil, err
	}
	if err := identity.Decide(a, identity.AssistHelp, identity.Target{HelperID: x.Helper.ID}); err != nil {
		return nil, ErrNoAssist
	}
	if !x.lasts(s.DB.Now()) {
		return nil, ErrAssistOver
	}
	return x, nil
}

func (x *Assist) lasts(now time.Time) bool {
	return x.State == AssistOpen && clock.DateOf(now).String() <= x.Until
}

// helps lets a helper see the case that came of his help, while that lasts.
func (s *Service) helps(q db.Queryer, a actor.Actor, c *Case) error {
	list, err := db.All(q, s.scanAssist, sqlAssistOfCase, c.No, a.ID)
	if err != nil {
		return err
	}
	for _, x := range list {
		if x.lasts(s.DB.Now()) && c.State != Closed {
			c.helper, c.may, c.assist = a.ID, x.Acts, x.ID
		}
	}
	return nil
}

// confirmed checks that the person said yes to just this draft; it gives the
// helper, 0 for a draft that is nobody's help.
func (s *Service) confirmed(tx *db.Tx, a actor.Actor, d *Draft) (int64, error) {
	if d.Data.Assist == 0 {
		return 0, nil
	}
	x, err := s.helping(tx, a, d.Data.Assist)
	if err != nil {
		return 0, err
	}
	sum, err := digest(d)
	if err != nil {
		return 0, err
	}
	if x.Data.Confirmed != sum {
		return 0, ErrNotConfirmed
	}
	return x.Helper.ID, nil
}

// assisted ties the case to the help that it came of.
func (s *Service) assisted(tx *db.Tx, a actor.Actor, d *Draft, c *Case) error {
	if d.Data.Assist == 0 {
		return nil
	}
	x, err := s.assist(tx, d.Data.Assist)
	if err != nil {
		return err
	}
	x.CaseNo, x.DraftID = c.No, 0
	if err := s.saveAssist(tx, x); err != nil {
		return err
	}
	return s.didAssist(tx, a, x, "submit", c.No)
}

// corrects ties a correction that the helper opened to his help.
func (s *Service) corrects(tx *db.Tx, a actor.Actor, id, draft int64) error {
	x, err := s.assist(tx, id)
	if err != nil {
		return err
	}
	x.DraftID = draft
	if err := s.saveAssist(tx, x); err != nil {
		return err
	}
	return s.didAssist(tx, a, x, "correct", "")
}

// digest names the content of a draft: answers, materials, delivery.
func digest(d *Draft) (string, error) {
	b, err := json.Marshal(struct {
		Version   int64
		Values    form.Values
		Materials []Handed
		Delivery  Delivery
	}{d.VersionID, d.Data.Values, d.Data.Materials, d.Data.Delivery})
	if err != nil {
		return "", err
	}
	sum := sm.SM3(b)
	return hex.EncodeToString(sum[:]), nil
}

// word is what the person's yes would be to now: to begin, or to the draft.
func (s *Service) word(q db.Queryer, x *Assist) (string, *Draft, error) {
	switch {
	case x.State == AssistAsked && x.Data.AtWindow:
		return "begin", nil, nil
	case x.State != AssistOpen || x.DraftID == 0:
		return "", nil, nil
	}
	rows, err := q.Query(sqlDraft, x.DraftID)
	if err != nil || !rows.Next() {
		return "", nil, err
	}
	d, err := s.scanDraft(rows)
	if err != nil {
		return "", nil, err
	}
	sum, err := digest(d)
	return sum, d, err
}

// ConfirmAssist is the person's own yes online, to what he was shown.
func (s *Service) ConfirmAssist(ctx context.Context, a actor.Actor, id int64, shown string) (*Assist, error) {
	return s.changeAssist(ctx, a, id, identity.AssistConfirm, func(tx *db.Tx, x *Assist) error {
		what, _, err := s.word(tx, x)
		if err != nil {
			return err
		}
		if what == "" {
			return ErrNothingToSay
		}
		if what != shown {
			return ErrAssistChanged
		}
		return s.yes(tx, a, x, what, "online")
	})
}

// SendAssistCode sends the person a code, to be read out to the helper.
func (s *Service) SendAssistCode(ctx context.Context, a actor.Actor, id int64) (*Assist, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return nil, err
	}
	code := fmt.Sprintf("%06d", n)
	return s.changeAssist(ctx, a, id, identity.AssistHelp, func(tx *db.Tx, x *Assist) error {
		what, _, err := s.word(tx, x)
		if err != nil {
			return err
		}
		if what == "" {
			return ErrNothingToSay
		}
		info, err := s.Identity.Party(tx, x.Party)
		if err != nil {
			return err
		}
		if info.Phone == "" {
			return errs.New(errs.Conflict, "no-phone", "申请人没有登记手机号码，请由本人网上确认或者签字确认。", "No phone is registered; let the person confirm online or sign.")
		}
		x.Data.Code, x.Data.CodeAt, x.Data.CodeFor, x.Data.Tries = s.codeHash(x.ID, code), tx.Now(), what, 0
		words := "请您核对后把确认码告诉帮办人员。"
		if what == "begin" {
			words = "同意由" + a.Name + "为您免费帮办的，把确认码告诉帮办人员。"
		}
		if err := s.didAssist(tx, a, x, "code", ""); err != nil {
			return err
		}
		return s.tellAssist(tx, x, "帮办代办确认码", "“"+x.ItemName+"”的确认码："+code+"，十分钟内有效。"+words+"不是您本人在办理的，请不要告诉任何人。", "【政务服务】帮办代办确认码 "+code+"，十分钟内有效，请核对后再告诉帮办人员。")
	})
}

func (s *Service) codeHash(id int64, code string) string {
	return s.Vault.Index("casework/assist-code", strconv.FormatInt(id, 10)+" "+code)
}

// ConfirmByCode takes the code that the person read out. Five wrong ones end it.
func (s *Service) ConfirmByCode(ctx context.Context, a actor.Actor, id int64, code string) (_ *Assist, err error) {
	wrong := errs.InvalidFields(errs.Field{Path: "code", Code: "wrong", ZH: "确认码不正确或者已经失效，请核对或者重新发送", EN: "The code is wrong or no longer good"})
	var refused error
	x, err := s.changeAssist(ctx, a, id, identity.AssistHelp, func(tx *db.Tx, x *Assist) error {
		refused = nil
		what, _, err := s.word(tx, x)
		switch {
		case err != nil:
			return err
		case what == "":
			return ErrNothingToSay
		case x.Data.Code == "" || tx.Now().Sub(x.Data.CodeAt) > codeLife || x.Data.Tries >= codeTries:
			return wrong
		case x.Data.CodeFor != what:
			return ErrAssistChanged
		case !sameText(x.Data.Code, s.codeHash(x.ID, strings.TrimSpace(code))):
			x.Data.Tries++ // kept: guessing has an end
			refused = wrong
			return nil
		}
		return s.yes(tx, a, x, what, "code")
	})
	if err == nil && refused != nil {
		return nil, refused
	}
	return x, err
}

// ConfirmOnPaper keeps the sheet that the person signed, where neither phone nor
// account can be used; reason says why.
func (s *Service) ConfirmOnPaper(ctx context.Context, a actor.Actor, id int64, sheet files.Ref, reason string) (*Assist, error) {
	if reason = strings.TrimSpace(reason); reason == "" || len([]rune(reason)) > maxShort {
		return nil, missing("reason", "请写明为什么不能网上或者用短信确认，不超过200字", "Say why neither online nor by code, in 200 characters")
	}
	if sheet.ID == 0 {
		return nil, missing("file", "请上传申请人签字的确认书", "Upload the signed sheet")
	}
	return s.changeAssist(ctx, a, id, identity.AssistHelp, func(tx *db.Tx, x *Assist) error {
		what, _, err := s.word(tx, x)
		if err != nil {
			return err
		}
		if what == "" {
			return ErrNothingToSay
		}
		s.Files.Attach(tx, sheet.ID)
		x.Data.Paper = append(x.Data.Paper, sheet.ID)
		return s.yes(tx, a, x, what, "paper", reason)
	})
}

// yes keeps the person's word.
func (s *Service) yes(tx *db.Tx, a actor.Actor, x *Assist, what, how string, note ...string) error {
	x.Data.Code, x.Data.How = "", how
	if what == "begin" {
		x.State, x.BegunAt = AssistOpen, tx.Now()
		return s.didAssist(tx, a, x, "begin-"+how, strings.Join(note, " "))
	}
	x.Data.Confirmed = what
	return s.didAssist(tx, a, x, "confirm-"+how, strings.Join(note, " "))
}

// EndAssist ends the help: the person when he likes, the helper when he cannot go
// on. What was filled in and not handed in is deleted.
func (s *Service) EndAssist(ctx context.Context, a actor.Actor, id int64, reason string) (*Assist, error) {
	if bad := textProblems("reason", reason, maxShort); bad != nil {
		return nil, errs.InvalidFields(bad...)
	}
	return s.changeAssist(ctx, a, id, identity.AssistEnd, func(tx *db.Tx, x *Assist) error {
		if x.State == AssistEnded {
			return ErrAssistOver
		}
		return s.endAssist(tx, a, x, strings.TrimSpace(reason))
	})
}

func (s *Service) endAssist(tx *db.Tx, a actor.Actor, x *Assist, reason string) error {
	x.State, x.EndedAt, x.EndReason, x.Data.Code = AssistEnded, tx.Now(), reason, ""
	if x.DraftID != 0 {
		rows, err := tx.Query(sqlDraft, x.DraftID)
		if err != nil {
			return err
		}
		if rows.Next() {
			d, err := s.scanDraft(rows)
			if err != nil {
				return err
			}
			if err := s.letGo(tx, d); err != nil {
				return err
			}
			tx.QueueOne(ErrDraftChanged, sqlDropDraft, d.ID, d.Version)
		}
		x.DraftID = 0
	}
	if err := s.didAssist(tx, a, x, "end", reason); err != nil {
		return err
	}
	return s.tellAssist(tx, x, "帮办代办已经结束", "“"+x.ItemName+"”的帮办代办已经结束，帮办人员不能再代您办理。您可以查看全过程做了什么。", "")
}

// endAssists ends what is over by itself: the last day has passed, or the matter
// is done.
func (s *Service) endAssists(ctx context.Context) error {
	list, err := db.All(s.DB.Read(ctx), func(r *db.Rows) (id int64, err error) { return id, r.Scan(&id) }, sqlAssistsOver, clock.DateOf(s.DB.Now()).String())
	if err != nil {
		return err
	}
	for _, id := range list {
		if _, err := s.EndAssist(ctx, actor.Platform(), id, "事项已办结或者期限已到"); err != nil && !errors.Is(err, ErrAssistOver) {
			return err
		}
	}
	return nil
}

// Assists lists those of the person for whom the actor acts, or for staff what
// waits in a unit and what they have in hand, the latest first.
func (s *Service) Assists(ctx context.Context, a actor.Actor, unit identity.Unit) (asked, mine []Assist, err error) {
	defer errs.Wrap(&err, "helps")
	rd := s.DB.Read(ctx)
	if a.Kind == actor.Person {
		if err := s.Identity.Allow(ctx, a, identity.ApplicantEnter, identity.Target{}, "assist"); err != nil {
			return nil, nil, err
		}
		mine, err = db.All(rd, s.scanAssist, sqlAssistsOfParty, string(a.For.Kind), a.For.ID)
		return nil, mine, err
	}
	if err := s.Identity.Allow(ctx, a, identity.AssistTake, identity.Target{UnitPath: unit.Path}, unitSubject(unit.ID)); err != nil {
		return nil, nil, err
	}
	if asked, err = db.All(rd, s.scanAssist, sqlAssistsOfUnit, unit.ID); err != nil {
		return nil, nil, err
	}
	asked = slices.DeleteFunc(asked, func(x Assist) bool { return x.Helper.ID != 0 && x.Helper.ID != a.ID })
	mine, err = db.All(rd, s.scanAssist, sqlAssistsOfHelper, a.ID, string(AssistOpen))
	return asked, mine, err
}

// AssistView shows a help to those concerned, with what was done in the person's name.
func (s *Service) AssistView(ctx context.Context, a actor.Actor, id int64) (v *AssistView, err error) {
	defer errs.Wrap(&err, "help %d", id)
	rd := s.DB.Read(ctx)
	x, err := s.assist(rd, id)
	if err != nil {
		return nil, err
	}
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return nil, err
	}
	if err := identity.Decide(a, identity.AssistRead, assistTarget(x, dir)); err != nil {
		s.Identity.Refused(ctx, a, identity.AssistRead, assistSubject(id), err)
		if errs.KindOf(err) == errs.Unauthenticated {
			return nil, err
		}
		return nil, ErrNoAssist
	}
	v = &AssistView{Assist: *x}
	v.Unit, _ = dir.Unit(x.UnitID)
	if v.Events, err = db.All(rd, s.scanAssistEvent, sqlAssistEvents, id); err != nil {
		return nil, err
	}
	what, d, err := s.word(rd, x)
	if err != nil {
		return nil, err
	}
	v.Digest, v.Waits = what, what != "" && what != x.Data.Confirmed
	if d != nil && (a.Kind == actor.Person || a.ID == x.Helper.ID) {
		ver, err := s.Catalog.ByVersion(ctx, d.VersionID)
		if err != nil {
			return nil, err
		}
		values := ver.Form().Normalise(d.Data.Values)
		v.Summary = ver.Form().Summary(values)
		for _, m := range ver.Guide.Asked(values) {
			v.Handed = append(v.Handed, MaterialView{Material: m, Handed: d.Data.Handed(m.Code)})
		}
	}
	if x.CaseNo != "" {
		v.Case, err = s.scanCase(rd.QueryRow(sqlCaseByNo, x.CaseNo))
	}
	return v, err
}

func assistTarget(x *Assist, dir *identity.Directory) identity.Target {
	return identity.Target{Owner: x.Party, Applicant: x.Party, UnitPath: dir.Path(x.UnitID), HelperID: x.Helper.ID}
}

func assistSubject(id int64) string { return "assist/" + strconv.FormatInt(id, 10) }

// changeAssist loads a help, asks whether the actor may, changes and stores it.
func (s *Service) changeAssist(ctx context.Context, a actor.Actor, id int64, act identity.Act, change func(*db.Tx, *Assist) error) (x *Assist, err error) {
	defer errs.Wrap(&err, "%s %d", act, id)
	dir, err := s.Identity.Directory(ctx)
	if err != nil {
		return nil, err
	}
	var refused error
	err = s.DB.Write(ctx, "casework."+string(act), func(tx *db.Tx) (err error) {
		if x, err = s.assist(tx, id); err != nil {
			return err
		}
		if refused = identity.Decide(a, act, assistTarget(x, dir)); refused != nil {
			return refused
		}
		if act != identity.AssistEnd && (x.State == AssistEnded || x.State == AssistOpen && !x.lasts(tx.Now())) {
			return ErrAssistOver
		}
		if err := change(tx, x); err != nil {
			return err
		}
		return s.saveAssist(tx, x)
	})
	if refused != nil {
		s.Identity.Refused(ctx, a, act, assistSubject(id), refused)
		if errs.KindOf(refused) == errs.NotFound {
			return nil, ErrNoAssist
		}
	}
	if err != nil {
		return nil, err
	}
	return x, nil
}

// didAssist writes what was done, for the person to read, and for the log.
func (s *Service) didAssist(tx *db.Tx, a actor.Actor, x *Assist, act, note string) error {
	sealed, err := s.sealText("assist-note", note)
	if err != nil {
		return err
	}
	tx.Queue(sqlAddAssistEvent, tx.NewID(), x.ID, tx.NowMicros(), act, string(a.Kind), a.ID, a.Name, sealed)
	return audit.Append(tx, audit.Record{Actor: a, Act: "assist." + act, Subject: assistSubject(x.ID), Unit: x.UnitID, Outcome: "done"})
}

func (s *Service) tellAssist(tx *db.Tx, x *Assist, subject, body, short string) error {
	_, err := s.Notify.Send(tx, notify.Message{To: x.Party, Kind: "assist", Subject: subject, Body: body, Short: short, Link: "/my/assist/" + strconv.FormatInt(x.ID, 10)})
	return err
}

func (s *Service) addAssist(tx *db.Tx, x *Assist) error {
	sealed, err := s.seal("assist", x.Data)
	if err != nil {
		return err
	}
	tx.Queue(sqlAddAssist, x.ID, x.ItemID, x.ItemCode, x.ItemName, x.BasicCode, string(x.Party.Kind), x.Party.ID, x.Party.Name, x.UnitID, x.Helper.ID, x.Helper.Name, string(x.State), x.Version,
		text(x.Acts), x.Until, x.DraftID, x.CaseNo, sealed, micros(x.AskedAt), micros(x.BegunAt), micros(x.EndedAt), x.EndReason)
	return nil
}

func (s *Service) saveAssist(tx *db.Tx, x *Assist) error {
	sealed, err := s.seal("assist", x.Data)
	if err != nil {
		return err
	}
	tx.QueueOne(ErrAssistChanged, sqlSaveAssist, x.ID, x.Version, x.Helper.ID, x.Helper.Name, string(x.State), x.DraftID, x.CaseNo, sealed, micros(x.BegunAt), micros(x.EndedAt), x.EndReason)
	x.Version++
	return nil
}

func (s *Service) assist(q db.Queryer, id int64) (*Assist, error) {
	list, err := db.All(q, s.scanAssist, sqlAssist, id)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, ErrNoAssist
	}
	return &list[0], nil
}

func (s *Service) scanAssist(r *db.Rows) (x Assist, err error) {
	var kind, acts string
	var sealed []byte
	var asked, begun, ended int64
	if err = r.Scan(&x.ID, &x.ItemID, &x.ItemCode, &x.ItemName, &x.BasicCode, &kind, &x.Party.ID, &x.Party.Name, &x.UnitID, &x.Helper.ID, &x.Helper.Name, &x.State, &x.Version, &acts,
		&x.Until, &x.DraftID, &x.CaseNo, &sealed, &asked, &begun, &ended, &x.EndReason); err != nil {
		return x, err
	}
	x.Party.Kind = actor.PartyKind(kind)
	if x.Helper.ID != 0 {
		x.Helper.Kind = actor.Staff
	}
	x.AskedAt = db.Time(asked)
	if begun != 0 {
		x.BegunAt = db.Time(begun)
	}
	if ended != 0 {
		x.EndedAt = db.Time(ended)
	}
	if err = json.Unmarshal([]byte(acts), &x.Acts); err != nil {
		return x, err
	}
	return x, s.openJSON("assist", sealed, &x.Data)
}

func (s *Service) scanAssistEvent(r *db.Rows) (e AssistEvent, err error) {
	var at int64
	var kind string
	var note []byte
	if err = r.Scan(&at, &e.Act, &kind, &e.By.ID, &e.By.Name, &note); err != nil {
		return e, err
	}
	e.At, e.By.Kind = db.Time(at), actor.Kind(kind)
	e.Note, err = s.openText("assist-note", note)
	return e, err
}
