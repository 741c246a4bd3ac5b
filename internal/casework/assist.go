package casework

import (
	"context"
	"errors"
	"fmt"
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
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/notify"
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
	Promise []PromiseText // what is promised in the person's name
	Digest  string        // names what is shown; a yes to something else does not count
	Waits   bool          // the person's word is asked for: to begin, or before submission
	Case    *Case         // once handed in
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
		return s.tellAssist(tx, x, "assist", "您的帮办代办已有人接单", "“"+x.ItemName+"”由"+a.Name+"为您帮办，不收费用。提交之前会请您本人确认。", "")
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
	sum, err := draftDigest(d)
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
	return s.tellAssist(tx, x, "assist", "帮办代办已经结束", "“"+x.ItemName+"”的帮办代办已经结束，帮办人员不能再代您办理。您可以查看全过程做了什么。", "")
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

func (s *Service) tellAssist(tx *db.Tx, x *Assist, kind, subject, body, short string) error {
	_, err := s.Notify.Send(tx, notify.Message{To: x.Party, Kind: kind, Subject: subject, Body: body, Short: short, Link: "/my/assist/" + strconv.FormatInt(x.ID, 10)})
	return err
}
