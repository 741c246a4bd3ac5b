package casework

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/identity"
)

// fillFor completes the draft of a help.
func (c *city) fillFor(helper actor.Actor, x *Assist) *Draft {
	c.t.Helper()
	ctx := c.t.Context()
	d, err := c.Help(ctx, helper, x.ID)
	c.must(err)
	values := d.Data.Values
	values["online"] = false
	_, err = c.SaveDraft(ctx, helper, d.ID, 0, values, nil)
	c.must(err)
	for _, m := range []string{"m01", "m02"} {
		_, err = c.AttachFile(ctx, helper, d.ID, m, c.file(), m+".pdf")
		c.must(err)
	}
	_, err = c.SaveDelivery(ctx, helper, d.ID, 0, delivery("electronic"))
	c.must(err)
	d, err = c.Consent(ctx, helper, d.ID, 0)
	c.must(err)
	return d
}

// TestAssist: asked for by the person, taken by a clerk of another centre, filled
// in by him, confirmed by the person, corrected, and over when the matter is done.
func TestAssist(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		zhang, helper, other := c.person("zhang"), c.staff("lxclerk"), c.staff("clerk")
		unit := c.office("lx-zx")
		_, err := c.AskAssist(ctx, zhang, AssistAsk{ItemCode: c.codes[food], Unit: c.office("wx-spj").ID})
		c.field(err, "unit")
		_, err = c.AskAssist(ctx, zhang, AssistAsk{ItemCode: c.codes[food], Unit: unit.ID, Days: 999})
		c.field(err, "days")
		_, err = c.AskAssist(ctx, zhang, AssistAsk{ItemCode: c.codes[food], Unit: unit.ID, Acts: []Act{Decide}})
		c.field(err, "acts")
		if _, err = c.AskAssist(ctx, c.staff("rev"), AssistAsk{ItemCode: c.codes[food], Unit: unit.ID, Party: zhang.For}); !errors.Is(err, identity.ErrForbidden) {
			t.Errorf("who is no clerk: %v", err)
		}
		x, err := c.AskAssist(ctx, zhang, AssistAsk{ItemCode: c.codes[food], Unit: unit.ID, Wish: "不会填表", Acts: []Act{Resubmit}})
		c.must(err)

		// The helper is of a centre that does not receive the item: without help he may not.
		if _, err := c.StartDraft(ctx, helper, c.codes[food], zhang.For, nil); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("without help: %v", err)
		}
		if _, err := c.Help(ctx, helper, x.ID); !errors.Is(err, ErrNoAssist) {
			t.Errorf("before he took it: %v", err)
		}
		if _, err := c.TakeAssist(ctx, other, x.ID); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("taken by another centre: %v", err)
		}
		_, err = c.TakeAssist(ctx, helper, x.ID)
		c.must(err)
		if _, err = c.TakeAssist(ctx, helper, x.ID); !errors.Is(err, ErrAssistChanged) {
			t.Errorf("taken twice: %v", err)
		}
		d := c.fillFor(helper, x)
		if again, err := c.Help(ctx, helper, x.ID); err != nil || again.ID != d.ID {
			t.Errorf("another draft %v %v", again, err)
		}
		if _, err := c.Submit(ctx, helper, d.ID, SubmitInput{}); !errors.Is(err, ErrNotConfirmed) {
			t.Errorf("handed in without the person's word: %v", err)
		}
		v, err := c.AssistView(ctx, zhang, x.ID)
		c.must(err)
		if !v.Waits || v.Digest == "" || len(v.Summary) == 0 || len(v.Handed) != 2 {
			t.Errorf("the person sees %+v", v)
		}
		if _, err := c.ConfirmAssist(ctx, c.person("li"), x.ID, v.Digest); !errors.Is(err, ErrNoAssist) {
			t.Errorf("confirmed by somebody else: %v", err)
		}
		if _, err := c.ConfirmAssist(ctx, helper, x.ID, v.Digest); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("confirmed by the helper: %v", err)
		}
		_, err = c.ConfirmAssist(ctx, zhang, x.ID, v.Digest)
		c.must(err)
		_, err = c.SaveDelivery(ctx, helper, d.ID, 0, delivery("pickup")) // changed after the yes
		c.must(err)
		if _, err := c.Submit(ctx, helper, d.ID, SubmitInput{}); !errors.Is(err, ErrNotConfirmed) {
			t.Errorf("handed in something else: %v", err)
		}
		if _, err := c.ConfirmAssist(ctx, zhang, x.ID, v.Digest); !errors.Is(err, ErrAssistChanged) {
			t.Errorf("a yes to what is no longer: %v", err)
		}

		// At the desk: by a code sent to the person.
		if _, err := c.ConfirmByCode(ctx, helper, x.ID, "000000"); errs.KindOf(err) != errs.Invalid {
			t.Errorf("a code that was never sent: %v", err)
		}
		_, err = c.SendAssistCode(ctx, helper, x.ID)
		c.must(err)
		code := c.codeSent(zhang.For)
		for range codeTries - 1 {
			if _, err := c.ConfirmByCode(ctx, helper, x.ID, "x"); errs.KindOf(err) != errs.Invalid {
				t.Errorf("a wrong code: %v", err)
			}
		}
		_, err = c.ConfirmByCode(ctx, helper, x.ID, code)
		c.must(err)
		k, err := c.Submit(ctx, helper, d.ID, SubmitInput{})
		c.must(err)
		if k.Party.ID != zhang.For.ID || k.Filer.ID != helper.ID {
			t.Errorf("case of %+v by %+v", k.Party, k.Filer)
		}

		// A correction is handed in after the person's word too; what was not asked for may not be done.
		c.do(other, k.No, RequestCorrection, Input{Asks: []Ask{{Material: "m02", Line: "a"}}})
		c.view(helper, k.No)
		if _, err := c.Perform(ctx, helper, k.No, Withdraw, Input{}); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("withdrawn by a helper who was not asked to: %v", err)
		}
		if d, err = c.OpenCorrection(ctx, helper, k.No); err != nil {
			t.Fatal(err)
		}
		_, err = c.AttachFile(ctx, helper, d.ID, "m02", c.file(), "改.pdf")
		c.must(err)
		if _, err := c.Submit(ctx, helper, d.ID, SubmitInput{}); !errors.Is(err, ErrNotConfirmed) {
			t.Errorf("corrected without the person's word: %v", err)
		}
		v, err = c.AssistView(ctx, zhang, x.ID)
		c.must(err)
		_, err = c.ConfirmAssist(ctx, zhang, x.ID, v.Digest)
		c.must(err)
		_, err = c.Submit(ctx, helper, d.ID, SubmitInput{})
		c.must(err)

		// Done: the access ends by itself.
		c.do(other, k.No, Accept, Input{})
		c.do(c.staff("rev"), k.No, Review, Input{Agree: true, Opinion: "符合"})
		c.do(c.staff("dec"), k.No, Decide, Input{Grant: true})
		c.view(helper, k.No)
		c.do(other, k.No, HandOver, Input{Recipient: "张明远"})
		if _, err := c.View(ctx, helper, k.No); !errors.Is(err, ErrNoCase) {
			t.Errorf("the helper still reads the case: %v", err)
		}
		c.must(c.Tick(ctx))
		v, err = c.AssistView(ctx, zhang, x.ID)
		c.must(err)
		var acts []string
		for _, e := range v.Events {
			acts = append(acts, e.Act)
		}
		want := []string{"ask", "take", "draft", "confirm-online", "code", "confirm-code", "submit", "correct", "confirm-online", "submit", "end"}
		if v.State != AssistEnded || !slices.Equal(acts, want) {
			t.Errorf("%s %v, want %v", v.State, acts, want)
		}
		if n := c.count(`SELECT count(*) FROM audit_record WHERE act LIKE 'assist.%' AND outcome = 'done'`); n != int64(len(want)) {
			t.Errorf("%d records of %d acts", n, len(want))
		}
	})
}

// codeSent reads the last code from the person's messages.
func (c *city) codeSent(p actor.Party) string {
	c.t.Helper()
	page, err := c.Notify.List(c.d.Read(c.t.Context()), p, 0, 5)
	c.must(err)
	for _, m := range page.Messages {
		if _, rest, found := strings.Cut(m.Body, "确认码："); found {
			return rest[:6]
		}
	}
	c.t.Fatal("no code was sent")
	return ""
}

// TestAssist_window: who stands at the window says so himself, by code or on paper;
// without it nothing begins, and a last day ends it with the draft.
func TestAssist_window(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		helper, zhang := c.staff("clerk"), c.person("zhang")
		x, err := c.AskAssist(ctx, helper, AssistAsk{ItemCode: c.codes[food], Party: zhang.For, Days: 3})
		c.must(err)
		if _, err := c.Help(ctx, helper, x.ID); !errors.Is(err, ErrAssistOver) {
			t.Errorf("begun without the person: %v", err)
		}
		if _, err := c.TakeAssist(ctx, c.staff("clerk2"), x.ID); !errors.Is(err, ErrAssistChanged) {
			t.Errorf("taken by another clerk: %v", err)
		}
		_, err = c.ConfirmOnPaper(ctx, helper, x.ID, c.file(), " ")
		c.field(err, "reason")
		_, err = c.ConfirmOnPaper(ctx, helper, x.ID, c.file(), "老人没有手机")
		c.must(err)
		d := c.fillFor(helper, x)
		if _, _, err := c.Draft(ctx, helper, d.ID); err != nil {
			t.Fatal(err)
		}
		c.clk.Add(4 * 24 * time.Hour)
		if _, _, err := c.Draft(ctx, helper, d.ID); !errors.Is(err, ErrNoDraft) {
			t.Errorf("the draft after the last day: %v", err)
		}
		if _, err := c.SendAssistCode(ctx, helper, x.ID); !errors.Is(err, ErrAssistOver) {
			t.Errorf("a code after the last day: %v", err)
		}
		c.must(c.Tick(ctx))
		if n := c.count(`SELECT count(*) FROM draft`); n != 0 {
			t.Errorf("%d drafts are left", n)
		}

		x, err = c.AskAssist(ctx, helper, AssistAsk{ItemCode: c.codes[food], Party: zhang.For})
		c.must(err)
		_, err = c.SendAssistCode(ctx, helper, x.ID)
		c.must(err)
		_, err = c.ConfirmByCode(ctx, helper, x.ID, c.codeSent(zhang.For))
		c.must(err)
		c.fillFor(helper, x)
		if _, err := c.EndAssist(ctx, c.person("li"), x.ID, ""); !errors.Is(err, ErrNoAssist) {
			t.Errorf("ended by somebody else: %v", err)
		}
		_, err = c.EndAssist(ctx, zhang, x.ID, "自己来办")
		c.must(err)
		if _, err := c.EndAssist(ctx, zhang, x.ID, ""); !errors.Is(err, ErrAssistOver) {
			t.Errorf("ended twice: %v", err)
		}
		if n := c.count(`SELECT count(*) FROM draft`); n != 0 {
			t.Errorf("%d drafts are left", n)
		}
	})
}

// TestAssist_promise: what the helper promises in the person's name is shown to
// the person, whose word has to cover it; what follows is not the helper's.
func TestAssist_promise(t *testing.T) {
	inCity(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		boss, helper := c.applicant(tolerant), c.staff("lxclerk")
		x, err := c.AskAssist(ctx, boss, AssistAsk{ItemCode: c.codes[tolerant], Unit: c.office("lx-zx").ID, Acts: []Act{Resubmit}})
		c.must(err)
		_, err = c.TakeAssist(ctx, helper, x.ID)
		c.must(err)
		d := c.fillFor(helper, x)
		d, err = c.RemoveFile(ctx, helper, d.ID, "m02", d.Data.Handed("m02").Files[0].File)
		c.must(err)
		v, err := c.AssistView(ctx, boss, x.ID)
		c.must(err)
		if len(v.Promise) != 0 {
			t.Errorf("promised before anything was: %+v", v.Promise)
		}
		_, err = c.ConfirmAssist(ctx, boss, x.ID, v.Digest)
		c.must(err)
		d = c.sign(helper, d, later)
		if _, err := c.Submit(ctx, helper, d.ID, SubmitInput{}); !errors.Is(err, ErrNotConfirmed) {
			t.Errorf("promised without the person's word: %v", err)
		}
		v, err = c.AssistView(ctx, boss, x.ID)
		c.must(err)
		if len(v.Promise) != 1 || v.Promise[0].Kind != Later || len(v.Promise[0].Lines) != 1 {
			t.Errorf("the person reads %+v", v.Promise)
		}
		_, err = c.ConfirmAssist(ctx, boss, x.ID, v.Digest)
		c.must(err)
		k, err := c.Submit(ctx, helper, d.ID, SubmitInput{})
		c.must(err)
		c.do(c.staff("clerk"), k.No, Accept, Input{})
		if _, err := c.OpenCorrection(ctx, helper, k.No); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("the helper brings what follows without having been asked to: %v", err)
		}
		_, err = c.OpenCorrection(ctx, boss, k.No)
		c.must(err)
	})
}
