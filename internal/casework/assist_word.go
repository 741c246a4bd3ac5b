package casework

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/identity"
	"github.com/tongban/tongban/internal/sm"
)

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
		return s.tellAssist(tx, x, "assist.code", "帮办代办确认码", "“"+x.ItemName+"”的确认码："+code+"，十分钟内有效。"+words+"不是您本人在办理的，请不要告诉任何人。", "【政务服务】帮办代办确认码 "+code+"，十分钟内有效，请核对后再告诉帮办人员。")
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

// draftDigest names the content of a draft: answers, materials, what is promised,
// delivery.
func draftDigest(d *Draft) (string, error) {
	b, err := json.Marshal(struct {
		Version   int64
		Values    form.Values
		Materials []Handed
		Promise   Promise
		Delivery  Delivery
	}{d.VersionID, d.Data.Values, d.Data.Materials, d.Data.Promise, d.Data.Delivery})
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
	sum, err := draftDigest(d)
	return sum, d, err
}
